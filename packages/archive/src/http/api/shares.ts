import { type AppEnv, authorize, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { NewShare, Share } from '../../core/model.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { PROBLEMS } from './schemas.ts';

const StudyPath = z.object({ study: z.string().regex(/^[0-9.]{1,64}$/, 'not a UID') });
const Facility = z.string().min(1).max(64);
const NewShareSchema = z.object({
  facility: Facility,
  basis: z.enum(['transfer', 'consultation', 'emergency', 'patient-request', 'authority']),
  evidence: z.string().normalize('NFC').trim().min(1).max(1000).openapi({ description: 'what the basis rests on, in words' }),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
const ShareSchema = NewShareSchema.extend({
  studyInstanceUid: z.string(),
  by: z.string(),
  createdAt: z.string(),
}).openapi('Share');

const PATH = '/api/studies/{study}/shares';

/** Which other facilities may see a study, and on what ground. Only who owns the study decides, and only they see it. */
export function addShareRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addList(app, context);
  addCreate(app, context);
  addRemove(app, context);
}

/**
 * The study must be the subject's own: one that was only shared with them is not theirs to pass on.
 * @throws ArchiveError `not-found`
 */
async function ownStudy(
  c: RequestContext,
  context: HttpContext,
  studyInstanceUid: string,
): Promise<{ readonly facility: string }> {
  const subject = c.get('subject');
  const { facility } = await context.core.resource(studyInstanceUid, scopeOf(subject));
  if (!authorize(subject, 'share', { facility }).allowed) {
    throw new ArchiveError('not-found', 'There is no such study among those of your facility.');
  }
  return { facility };
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: PATH,
    tags: ['studies'],
    summary: 'With which facilities a study is shared',
    middleware: context.access.guard('share'),
    request: { params: StudyPath },
    responses: {
      200: {
        description: 'Shares in force',
        content: { 'application/json': { schema: z.object({ shares: z.array(ShareSchema) }) } },
      },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { study } = c.req.valid('param');
    await ownStudy(c, context, study);
    const shares = await context.core.shares(study, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ shares: shares.map(present) }, 200);
  });
}

function addCreate(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: PATH,
    tags: ['studies'],
    summary: 'Share a study with a facility',
    middleware: context.access.guard('share'),
    request: { params: StudyPath, body: { required: true, content: { 'application/json': { schema: NewShareSchema } } } },
    responses: {
      201: { description: 'Shared', content: { 'application/json': { schema: ShareSchema } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { study } = c.req.valid('param');
    const own = await ownStudy(c, context, study);
    const wish = newShare(c, context, c.req.valid('json'));
    const share = await context.core.share(study, wish, scopeOf(c.get('subject')));
    await auditShare(c, context, 'study.share', { ...own, study }, `with ${wish.facility}: ${wish.basis}, ${wish.evidence}`);
    c.header('location', `/api/studies/${study}/shares/${encodeURIComponent(share.facility)}`);
    return c.json(present(share), 201);
  });
}

function newShare(c: RequestContext, context: HttpContext, wish: z.infer<typeof NewShareSchema>): NewShare {
  if (!context.access.facilities().some(({ id }) => id === wish.facility)) {
    throw new ArchiveError('invalid-request', 'facility: there is no such facility.');
  }
  const { expiresAt, ...rest } = wish;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()) {
    throw new ArchiveError('invalid-request', 'expiresAt: lies in the past.');
  }
  const end = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
  return { ...rest, ...end, by: c.get('subject').name };
}

function addRemove(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'delete',
    path: `${PATH}/{facility}`,
    tags: ['studies'],
    summary: 'Take a share back',
    middleware: context.access.guard('share'),
    request: { params: StudyPath.extend({ facility: Facility }) },
    responses: { 204: { description: 'Taken back' }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const { study, facility } = c.req.valid('param');
    const own = await ownStudy(c, context, study);
    await context.core.unshare(study, facility, c.get('subject').name, scopeOf(c.get('subject')));
    await auditShare(c, context, 'study.unshare', { ...own, study }, `with ${facility}`);
    return c.body(null, 204);
  });
}

async function auditShare(
  c: RequestContext,
  context: HttpContext,
  action: string,
  { facility, study }: { readonly facility: string; readonly study: string },
  detail: string,
): Promise<void> {
  const address = c.env.remoteAddress;
  const subject = c.get('subject');
  await context.access.audit({ action, outcome: 'success', subject, address, facility, studyInstanceUid: study, detail });
}

function present(share: Share): z.infer<typeof ShareSchema> {
  return { ...share };
}
