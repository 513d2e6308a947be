import { type AppEnv, authorize, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { REJECTION_CODES, RETENTION_EXPIRED, type RejectedInstance, type Rejection } from '../../core/rejections/model.ts';
import { REJECTED_PAGE } from '../../core/rejections/rejection-desk.ts';
import { rejectionEvent } from '../../core/rejections/rejection-event.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { respond } from '../respond.ts';
import { noteView } from '../wado/note-view.ts';
import { PROBLEMS } from './schemas.ts';

const Uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');
const CODES = ['113001', '113037', '113038', '113039'] as const satisfies readonly (keyof typeof REJECTION_CODES)[];

const RejectBody = z.object({
  code: z.enum(CODES).openapi({
    description: `DCM code of PS3.16 CID 7011: ${CODES.map((code) => `${code} ${REJECTION_CODES[code]}`).join(', ')}`,
  }),
  reason: z.string().max(1000).default('').openapi({ description: 'In words; kept in the journal' }),
  series: z.array(Uid).max(1000).optional().openapi({ description: 'Only these series' }),
  instances: z.array(Uid).max(1000).optional().openapi({ description: 'Only these instances, with those of `series`' }),
});

const RejectionAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(['rejected', 'deleted']),
    studyInstanceUid: z.string(),
    facility: z.string(),
    code: z.enum(CODES).nullable(),
    reason: z.string(),
    patientId: z.string(),
    patientName: z.string(),
    instances: z.number(),
    bytes: z.number(),
    by: z.string(),
    at: z.string(),
    state: z.enum(['hiding', 'hidden', 'restoring', 'restored', 'removing', 'removed']),
    removeAfter: z.string().openapi({ description: 'When the objects are removed for good, unless restored before' }),
    endedBy: z.string().nullable().openapi({ description: 'Who restored or removed them; null where their time was over' }),
    endedAt: z.string().nullable(),
    noteUid: z.string().nullable().openapi({ description: 'SOP Instance UID of the rejection note that asked for it' }),
  })
  .openapi('Rejection');

const RejectionList = z.object({ rejections: z.array(RejectionAnswer).readonly(), next: z.string().nullable() });

const RejectedList = z.object({
  instances: z
    .array(z.object({ seriesInstanceUid: z.string(), sopInstanceUid: z.string(), sopClassUid: z.string(), bytes: z.number() }))
    .readonly(),
  next: z.string().nullable(),
});

const RejectionId = z.object({ id: z.uuid() });
const StudyParam = z.object({ study: Uid });
const InstanceParam = z.object({ id: z.uuid(), instance: Uid });
const RejectionsQuery = z.object({
  study: Uid.optional(),
  state: z.enum(['hiding', 'hidden', 'restoring', 'restored', 'removing', 'removed']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(200).optional(),
});

/** What was rejected or deleted: who may edit sees it, and can bring it back. */
export function addRejectionRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addReject(app, context);
  addList(app, context);
  addDetail(app, context);
  addInstances(app, context);
  addFile(app, context);
  addEnd(app, context, 'restore');
  addEnd(app, context, 'remove');
}

const one = { 'application/json': { schema: RejectionAnswer } };

function addReject(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/studies/{study}/reject',
    tags: ['rejections'],
    summary: 'Take a study, series or instances out of sight, with a reason of PS3.16 CID 7011',
    description: 'They are kept, and can be restored, until `removeAfter`. Code 113039 needs the right to delete.',
    middleware: context.access.guard('edit'),
    request: { params: StudyParam, body: { required: true, content: { 'application/json': { schema: RejectBody } } } },
    responses: {
      201: { description: 'What is hidden now; Location', content: one },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { study } = c.req.valid('param');
    const { code, reason, series, instances } = c.req.valid('json');
    if (code === RETENTION_EXPIRED) {
      await mayDelete(c, context, study);
    }
    const target = { studyInstanceUid: study, series, instances };
    const given = { kind: 'rejected', code, reason, by: subject.name } as const;
    const rejection = await context.core.rejections.reject(target, given, scopeOf(subject));
    await auditRejection(c, context, rejection, 'study.reject');
    return c.json(presentRejection(rejection), 201, { location: `/api/rejections/${rejection.id}`, 'cache-control': 'no-store' });
  });
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/rejections',
    tags: ['rejections'],
    summary: 'What was rejected and deleted, newest first: the journal',
    middleware: context.access.guard('edit'),
    request: { query: RejectionsQuery },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: RejectionList } } },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const { study, state, limit, after } = c.req.valid('query');
    const page = await context.core.rejections.list({ studyInstanceUid: study, state, limit, after }, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ rejections: page.rejections.map(presentRejection), next: page.next }, 200);
  });
}

function addDetail(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/rejections/{id}',
    tags: ['rejections'],
    summary: 'One of them',
    middleware: context.access.guard('edit'),
    request: { params: RejectionId },
    responses: { 200: { description: 'The rejection', content: one }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const rejection = await context.core.rejections.find(c.req.valid('param').id, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(presentRejection(rejection), 200);
  });
}

function addInstances(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/rejections/{id}/instances',
    tags: ['rejections'],
    summary: 'Its instances',
    middleware: context.access.guard('edit'),
    request: { params: RejectionId, query: z.object({ after: z.string().max(500).default('') }) },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: RejectedList } } },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const instances = await context.core.rejections.instances(id, c.req.valid('query').after, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(presentRejected(instances, REJECTED_PAGE), 200);
  });
}

function addFile(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/rejections/{id}/instances/{instance}',
    tags: ['rejections'],
    summary: 'One hidden instance, as the file that was sent',
    middleware: context.access.guard('edit'),
    request: { params: InstanceParam },
    responses: {
      200: { description: 'A DICOM file', content: { 'application/dicom': { schema: z.any() } } },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { id, instance } = c.req.valid('param');
    const scope = scopeOf(c.get('subject'));
    const rejection = await context.core.rejections.find(id, scope);
    const found = await context.core.rejections.read(id, instance, scope);
    noteView(c, context, rejection);
    return await respond(c, found.body, {
      'content-type': 'application/dicom',
      'content-length': String(found.instance.size),
      'content-disposition': `attachment; filename="${instance}.dcm"`,
      'cache-control': 'no-store',
    });
  });
}

function addEnd(app: OpenAPIHono<AppEnv>, context: HttpContext, what: 'restore' | 'remove'): void {
  const route = createRoute({
    method: 'post',
    path: `/api/rejections/{id}/${what}`,
    tags: ['rejections'],
    summary: what === 'restore' ? 'Show it again' : 'Remove the objects for good, before their time',
    description: what === 'restore' ? 'Of what was deleted, and of 113039, needs the right to delete.' : 'The journal stays.',
    middleware: context.access.guard(what === 'restore' ? 'edit' : 'delete'),
    request: { params: RejectionId },
    responses: { 200: { description: 'Done', content: one }, 404: PROBLEMS[404], 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const scope = scopeOf(subject);
    const { id } = c.req.valid('param');
    const before = await context.core.rejections.find(id, scope);
    if (before.kind === 'deleted' || before.code === RETENTION_EXPIRED) {
      await mayDelete(c, context, before.studyInstanceUid);
    }
    const desk = context.core.rejections;
    const rejection = await (what === 'restore' ? desk.restore(id, subject.name, scope) : desk.remove(id, subject.name, scope));
    await auditRejection(c, context, rejection, what === 'restore' ? 'study.restore' : 'study.remove');
    c.header('cache-control', 'no-store');
    return c.json(presentRejection(rejection), 200);
  });
}

/** @throws ArchiveError `not-allowed` */
async function mayDelete(c: RequestContext, context: HttpContext, studyInstanceUid: string): Promise<void> {
  const subject = c.get('subject');
  if (!authorize(subject, 'delete').allowed) {
    const address = c.env.remoteAddress;
    await context.access.audit({ action: 'study.delete', outcome: 'refused', subject, address, studyInstanceUid });
    throw new ArchiveError('not-allowed', 'This needs the right to delete.');
  }
}

export async function auditRejection(
  c: RequestContext,
  context: HttpContext,
  rejection: Rejection,
  action: string,
): Promise<void> {
  const who = { subject: c.get('subject'), address: c.env.remoteAddress };
  await context.access.audit({ ...who, ...rejectionEvent(rejection, action) });
}

function presentRejection(rejection: Rejection): z.infer<typeof RejectionAnswer> {
  return { ...rejection };
}

function presentRejected(instances: readonly RejectedInstance[], page: number): z.infer<typeof RejectedList> {
  return {
    instances: instances.map(({ seriesInstanceUid, sopInstanceUid, sopClassUid, size }) => ({
      seriesInstanceUid,
      sopInstanceUid,
      sopClassUid,
      bytes: size,
    })),
    next: instances.length < page ? null : (instances.at(-1)?.objectKey ?? null),
  };
}
