import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppEnv } from '../access.ts';
import { type AccessContext, auditChange } from '../access-context.ts';
import { AccessError } from '../errors.ts';
import { db } from '../store/tables.ts';
import { PROBLEMS } from './schemas.ts';
import { HospitalSettings, NO_HOSPITAL_SETTINGS, NO_VIEWER_SETTINGS, ViewerSettings } from './setting-schemas.ts';

const Revision = z.number().int().min(0).openapi({ description: 'counts the changes; a change names the one it was made from' });
const Changed = z.object({ revision: Revision });

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
const body = <T extends z.ZodType>(settings: T) => ({
  body: { required: true, content: { 'application/json': { schema: z.strictObject({ revision: Revision, settings }) } } },
});

const STALE = 'The settings were changed elsewhere in the meantime. Read them again.';

/** How a person works with the viewer, and what holds for the hospital. */
export function addSettingRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  addReadOwn(app, context);
  addPutOwn(app, context);
  addReadHospital(app, context);
  addPutHospital(app, context);
}

function addReadOwn(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/settings/viewer',
    tags: ['settings'],
    summary: 'One’s own settings of the viewer: keys, hanging protocols',
    middleware: context.guards.signedIn(),
    responses: { 200: json('The settings', z.object({ revision: Revision, settings: ViewerSettings })) },
  });
  app.openapi(route, async (c) => {
    const { kind, id } = c.get('subject');
    const query = db.selectFrom('account_setting').select(['revision', 'document']).where('name', '=', 'viewer');
    const [row] = kind === 'user' ? await context.database.read(query.where('account_id', '=', id)) : [];
    c.header('cache-control', 'no-store');
    return c.json({ revision: row?.revision ?? 0, settings: ViewerSettings.parse(documentOf(row) ?? NO_VIEWER_SETTINGS) }, 200);
  });
}

function addPutOwn(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/settings/viewer',
    tags: ['settings'],
    summary: 'Change one’s own settings of the viewer',
    middleware: context.guards.signedIn(),
    request: body(ViewerSettings),
    responses: { 200: json('Changed', Changed), 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const { revision, settings } = c.req.valid('json');
    const { kind, id: accountId } = c.get('subject');
    if (kind !== 'user') {
      throw new AccessError('invalid-request', 'A token has no settings of its own.');
    }
    const put = { name: 'viewer', revision, document: JSON.stringify(settings), now: context.clock() };
    const next = await context.database.write('putAccountSetting', { ...put, accountId });
    return await answer(context, c, 'settings.own', next);
  });
}

function addReadHospital(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/settings/hospital',
    tags: ['settings'],
    summary: 'What holds for every screen of the hospital',
    middleware: context.guards.signedIn(),
    responses: { 200: json('The settings', z.object({ revision: Revision, settings: HospitalSettings })) },
  });
  app.openapi(route, async (c) => {
    const [row] = await context.database.read(
      db.selectFrom('hospital_setting').select(['revision', 'document']).where('name', '=', 'viewer'),
    );
    c.header('cache-control', 'no-store');
    const settings = HospitalSettings.parse(documentOf(row) ?? NO_HOSPITAL_SETTINGS);
    return c.json({ revision: row?.revision ?? 0, settings }, 200);
  });
}

function addPutHospital(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/settings/hospital',
    tags: ['settings'],
    summary: 'Change what holds for every screen of the hospital',
    middleware: context.guards.right('administer'),
    request: body(HospitalSettings),
    responses: { 200: json('Changed', Changed), 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const { revision, settings } = c.req.valid('json');
    const put = { name: 'viewer', revision, document: JSON.stringify(settings), now: context.clock() };
    const next = await context.database.write('putHospitalSetting', { ...put, by: c.get('subject').name });
    const detail = `lockAfterMinutes=${settings.lockAfterMinutes} displaysDeclared=${settings.displaysDeclared} hangings=${settings.hangings.length}`;
    return await answer(context, c, 'settings.hospital', next, detail);
  });
}

/** @throws AccessError `taken` when another change came first */
async function answer(
  context: AccessContext,
  c: Context<AppEnv>,
  action: string,
  revision: number | undefined,
  detail = '',
): Promise<ReturnType<typeof changed>> {
  if (revision === undefined) {
    throw new AccessError('taken', STALE);
  }
  await auditChange(context, c, action, detail);
  return changed(c, revision);
}

function changed(c: Context<AppEnv>, revision: number) {
  return c.json({ revision }, 200);
}

function documentOf(row: { readonly document: string } | undefined): unknown {
  return row === undefined ? undefined : JSON.parse(row.document);
}
