import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Contacts } from '../doctor/contacts.ts';
import { tryEcho, trySending } from '../doctor/test-call.ts';
import { RouterError } from '../errors.ts';
import type { AeConfig } from '../router.ts';
import { CharacterSetSchema, TlsSchema, WorklistSchema } from './ae-schema.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { AeTitle, compact, Host, Port } from './schemas.ts';
import { presentOutcome, TestOutcomeSchema } from './test-outcome.ts';

const AeChange = z.strictObject({
  host: Host.optional(),
  port: Port.optional(),
  may: z.array(z.enum(['echo', 'store', 'query', 'retrieve'])).max(4),
  facility: z.string().min(1).max(64),
  tls: TlsSchema.optional(),
  charsetIn: CharacterSetSchema.optional(),
  asciiNames: z.boolean().optional(),
  onConflict: z.enum(['ask', 'keepFirst', 'keepLast']).optional(),
  worklist: WorklistSchema.optional(),
  urgent: z
    .boolean()
    .optional()
    .openapi({ description: 'Its images are emergencies: they are taken while the disk has no room for others' }),
  quiet: z.boolean().optional().openapi({ description: 'Nobody is told when it falls silent' }),
});
const AeSchema = AeChange.extend({ title: AeTitle }).openapi('ApplicationEntity');
/** A machine with what was seen of it. */
const ListedAe = AeSchema.extend({
  lastSeen: z.string().nullable().openapi({ description: 'when it called last; null: not since that is remembered' }),
  lastAddress: z.string().nullable(),
  silent: z
    .object({ since: z.string(), hours: z.number() })
    .nullable()
    .openapi({ description: 'it did not call in so many hours in which it usually does' }),
}).openapi('ListedApplicationEntity');

const title = z.object({ title: AeTitle });

export function addAeRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addCreate(app, context);
  addChange(app, context);
  addDelete(app, context);
  addTests(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, { access, aes, clock, contacts }: RouterContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/aes',
    tags: ['application entities'],
    summary: 'Application entities that are known by name',
    middleware: access.guard('administer'),
    responses: {
      200: { description: 'All of them', content: { 'application/json': { schema: z.object({ aes: z.array(ListedAe) }) } } },
    },
  });
  app.openapi(route, (c) => {
    const now = clock.now();
    return c.json({ aes: aes.list().map((ae) => ({ ...ae, may: [...ae.may], ...seen(contacts, ae, now) })) }, 200);
  });
}

function seen(contacts: Contacts, { title, quiet }: AeConfig, now: number) {
  const contact = contacts.find(title);
  const silence = quiet === true ? undefined : contacts.silence(title, now);
  return {
    lastSeen: contact === undefined ? null : new Date(contact.lastAt).toISOString(),
    lastAddress: contact?.address ?? null,
    silent: silence === undefined ? null : { since: new Date(silence.lastAt).toISOString(), hours: silence.missedHours },
  };
}

function addCreate(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/aes',
    tags: ['application entities'],
    summary: 'List an application entity',
    middleware: context.access.guard('administer'),
    request: { body: { required: true, content: { 'application/json': { schema: AeSchema } } } },
    responses: {
      201: { description: 'Listed', content: { 'application/json': { schema: AeSchema } } },
      400: problemAnswer('The facility is not known'),
      409: problemAnswer('The title is listed already, or there are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const ae = c.req.valid('json');
    if (context.aes.find(ae.title) !== undefined) {
      throw new RouterError('conflict', `${ae.title} is listed already`);
    }
    await putAe(context, ae);
    await auditChange(context, c, 'ae.add', ae.title);
    return c.json(ae, 201);
  });
}

/** Lists what was not listed: whoever brings a whole list need not ask first. */
function addChange(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const answer = (description: string) => ({ description, content: { 'application/json': { schema: AeSchema } } });
  const route = createRoute({
    method: 'put',
    path: '/api/aes/{title}',
    tags: ['application entities'],
    summary: 'Say what an application entity may do, and where it is',
    middleware: context.access.guard('administer'),
    request: { params: title, body: { required: true, content: { 'application/json': { schema: AeChange } } } },
    responses: {
      200: answer('Changed'),
      201: answer('Listed'),
      400: problemAnswer('The facility is not known'),
      409: problemAnswer('There are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const ae = { title: c.req.valid('param').title, ...c.req.valid('json') };
    const listed = context.aes.find(ae.title) !== undefined;
    await putAe(context, ae);
    await auditChange(context, c, listed ? 'ae.change' : 'ae.add', ae.title);
    return listed ? c.json(ae, 200) : c.json(ae, 201);
  });
}

/** @throws RouterError `invalid-request`, `limit-exceeded` */
async function putAe({ access, aes }: RouterContext, ae: z.infer<typeof AeSchema>): Promise<void> {
  if (!access.facilities().some(({ id }) => id === ae.facility)) {
    throw new RouterError('invalid-request', `facility: there is no facility ${JSON.stringify(ae.facility)}`);
  }
  await aes.put(compact(ae));
}

function addDelete(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/aes/{title}',
    tags: ['application entities'],
    summary: 'Take an application entity off the list',
    middleware: context.access.guard('administer'),
    request: { params: title },
    responses: { 204: { description: 'Off the list' }, 404: problemAnswer('The title is not listed') },
  });
  app.openapi(route, async (c) => {
    const { title } = c.req.valid('param');
    knownAe(context, title);
    await context.aes.delete(title);
    await auditChange(context, c, 'ae.delete', title);
    return c.body(null, 204);
  });
}

function addTests(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const tests = [
    ['echo', 'Ask an application entity whether it is there (C-ECHO)', tryEcho],
    ['test-image', 'Send an application entity a small image that is no patient’s (C-STORE)', trySending],
  ] as const;
  for (const [name, summary, perform] of tests) {
    const route = createRoute({
      method: 'post',
      path: `/api/aes/{title}/${name}`,
      tags: ['application entities'],
      summary,
      middleware: context.access.guard('administer'),
      request: { params: title },
      responses: {
        200: { description: 'What came of it', content: { 'application/json': { schema: TestOutcomeSchema } } },
        400: problemAnswer('Host or port of the entity are not known'),
        404: problemAnswer('The title is not listed'),
      },
    });
    app.openapi(route, async (c) => {
      const ae = knownAe(context, c.req.valid('param').title);
      const outcome = await perform(context, ae, c.req.raw.signal);
      if (name === 'test-image') {
        await auditChange(context, c, 'ae.test-image', ae.title);
      }
      return c.json(presentOutcome(outcome, ae, context.own()), 200);
    });
    addTestOfAddress(app, context, name, summary, perform);
  }
}

/** The same of a node that is not listed, before it is. */
function addTestOfAddress(
  app: OpenAPIHono<AppEnv>,
  context: RouterContext,
  name: 'echo' | 'test-image',
  summary: string,
  perform: typeof tryEcho,
): void {
  const body = z.strictObject({ title: AeTitle, host: Host, port: Port, tls: TlsSchema.optional() });
  const route = createRoute({
    method: 'post',
    path: `/api/${name}`,
    tags: ['application entities'],
    summary: `${summary}, at an address that is not listed`,
    middleware: context.access.guard('administer'),
    request: { body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: { 200: { description: 'What came of it', content: { 'application/json': { schema: TestOutcomeSchema } } } },
  });
  app.openapi(route, async (c) => {
    const tried = c.req.valid('json');
    const outcome = await perform(context, tried, c.req.raw.signal);
    await auditChange(context, c, `ae.${name}`, `${tried.title} at ${tried.host}:${tried.port}`);
    return c.json(presentOutcome(outcome, tried, context.own()), 200);
  });
}

function knownAe({ aes }: RouterContext, wanted: string): AeConfig {
  const ae = aes.find(wanted);
  if (ae === undefined) {
    throw new RouterError('not-found', `${wanted} is not listed`);
  }
  return ae;
}
