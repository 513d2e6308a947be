import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../access.ts';
import type { AccessContext } from '../access-context.ts';
import { type AuditFilter, auditPage } from '../audit/audit-query.ts';
import { ACCESS_LIMITS } from '../limits.ts';

const Time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);
const Query = z.object({
  study: z.string().max(64).optional(),
  subject: z.string().max(200).optional().openapi({ description: 'id or name of a user, token or application entity' }),
  from: Time.optional(),
  to: Time.optional().openapi({ description: 'until, not including' }),
  limit: z.coerce.number().int().min(1).max(ACCESS_LIMITS.auditPage).default(100),
  after: z.coerce.number().int().positive().optional().openapi({ description: '`next` of the page before' }),
});
const Line = z
  .object({
    id: z.number(),
    at: z.string(),
    action: z.string(),
    outcome: z.string(),
    subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
    address: z.string().nullable(),
    facility: z.string().nullable(),
    studyInstanceUid: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .openapi('AuditLine');

function toFilter(query: z.infer<typeof Query>): AuditFilter {
  return {
    limit: query.limit,
    study: query.study,
    subject: query.subject,
    from: query.from === undefined ? undefined : Date.parse(query.from),
    to: query.to === undefined ? undefined : Date.parse(query.to),
    after: query.after,
  };
}

/** Newest first, in pages by key: new lines do not move what is being read. */
export function addAuditRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/audit',
    tags: ['audit'],
    summary: 'The audit trail: who did or saw what, when, from where',
    middleware: context.guards.right('administer'),
    request: { query: Query },
    responses: {
      200: {
        description: 'A page, newest first',
        content: { 'application/json': { schema: z.object({ lines: z.array(Line), next: z.string().nullable() }) } },
      },
    },
  });
  app.openapi(route, async (c) => {
    await context.flushViews();
    const page = await auditPage(context.database, toFilter(c.req.valid('query')));
    return c.json({ lines: [...page.lines], next: page.next }, 200);
  });
}
