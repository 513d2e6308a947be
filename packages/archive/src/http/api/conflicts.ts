import { type AppEnv, authorize, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { ConflictDetail, ConflictEntry } from '../../core/model.ts';
import type { HttpContext } from '../context.ts';
import { PROBLEMS } from './schemas.ts';

const Conflict = z
  .object({
    id: z.string(),
    kind: z.enum(['different', 'foreign']),
    studyInstanceUid: z.string(),
    seriesInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    facility: z.string(),
    fromFacility: z.string(),
    from: z.string(),
    receivedAt: z.string(),
    resolved: z.enum(['existing', 'new']).nullable(),
    resolvedBy: z.string().nullable(),
  })
  .openapi('Conflict');
const Difference = z.object({
  tag: z.string(),
  keyword: z.string(),
  existing: z.string().nullable(),
  new: z.string().nullable(),
});
const Detail = Conflict.extend({ differences: z.array(Difference), truncated: z.boolean() }).openapi('ConflictDetail');
const Id = z.object({ id: z.string().min(1).max(100) });

/** Objects kept aside because another one has their UID, for a person to decide. */
export function addConflictRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addList(app, context);
  addDetail(app, context);
  addResolve(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/conflicts',
    tags: ['conflicts'],
    summary: 'Open conflicts, newest first',
    middleware: context.access.guard('edit'),
    request: {
      query: z.object({
        limit: z.coerce.number().int().min(1).max(200).default(50),
        after: z.string().max(1000).optional(),
      }),
    },
    responses: {
      200: {
        description: 'A page',
        content: { 'application/json': { schema: z.object({ conflicts: z.array(Conflict), next: z.string().nullable() }) } },
      },
    },
  });
  app.openapi(route, async (c) => {
    const { limit, after } = c.req.valid('query');
    const page = await context.core.conflicts({ limit, ...(after === undefined ? {} : { after }) }, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ conflicts: page.conflicts.map(present), next: page.next }, 200);
  });
}

function addDetail(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/conflicts/{id}',
    tags: ['conflicts'],
    summary: 'One conflict with the attributes that differ',
    middleware: context.access.guard('edit'),
    request: { params: Id },
    responses: { 200: { description: 'The conflict', content: { 'application/json': { schema: Detail } } }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const conflict = await context.core.conflict(c.req.valid('param').id, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(presentDetail(conflict), 200);
  });
}

function addResolve(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/conflicts/{id}/resolve',
    tags: ['conflicts'],
    summary: 'Decide which object is shown; the other stays kept aside',
    middleware: context.access.guard('edit'),
    request: {
      params: Id,
      body: { required: true, content: { 'application/json': { schema: z.object({ keep: z.enum(['existing', 'new']) }) } } },
    },
    responses: {
      200: { description: 'Decided', content: { 'application/json': { schema: Conflict } } },
      404: PROBLEMS[404],
      409: PROBLEMS[409],
    },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { id } = c.req.valid('param');
    const { keep } = c.req.valid('json');
    const { facility, studyInstanceUid, sopInstanceUid } = await context.core.conflict(id, scopeOf(subject));
    if (!authorize(subject, 'edit', { facility }).allowed) {
      throw new ArchiveError('not-found', 'There is no such conflict among those of your facility.');
    }
    const resolved = await context.core.resolveConflict(id, keep, subject.name, scopeOf(subject));
    const address = c.env.remoteAddress;
    const detail = `${keep} object of ${sopInstanceUid}`;
    await context.access.audit({
      action: 'conflict.resolve',
      outcome: 'success',
      subject,
      address,
      facility,
      studyInstanceUid,
      detail,
    });
    return c.json(present(resolved), 200);
  });
}

function present(conflict: ConflictEntry): z.infer<typeof Conflict> {
  const { id, kind, studyInstanceUid, seriesInstanceUid, sopInstanceUid, facility, fromFacility, from } = conflict;
  const { receivedAt, resolved, resolvedBy } = conflict;
  return {
    id,
    kind,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    facility,
    fromFacility,
    from,
    receivedAt,
    resolved,
    resolvedBy,
  };
}

function presentDetail(conflict: ConflictDetail): z.infer<typeof Detail> {
  const differences = conflict.differences.map((difference) => ({ ...difference }));
  return { ...present(conflict), differences, truncated: conflict.truncated };
}
