import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { db } from '../records/tables.ts';
import type { RouterContext } from './router-context.ts';

const AssociationSchema = z
  .object({
    id: z.number(),
    association: z.string().openapi({ description: 'its short name: the field `association` of the log lines about it' }),
    at: z.string(),
    callingAe: z.string(),
    calledAe: z.string(),
    address: z.string(),
    outcome: z.string().openapi({ description: 'released, aborted or refused' }),
    detail: z.string().openapi({ description: 'why, when it was not released' }),
    stored: z.number(),
    failed: z.number(),
    milliseconds: z.number(),
  })
  .openapi('Association');

/** What machines that cannot send are looked up in: who called, from where, and what came of it. */
export function addAssociationRoutes(app: OpenAPIHono<AppEnv>, { access, database, journal }: RouterContext): void {
  const query = z.object({
    callingAe: z.string().optional(),
    outcome: z.enum(['released', 'aborted', 'refused']).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    after: z.coerce.number().int().optional().openapi({ description: '`next` of the page before' }),
  });
  const schema = z.object({ associations: z.array(AssociationSchema), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/associations',
    tags: ['associations'],
    summary: 'Recent associations, refused ones with the reason; the newest first',
    middleware: access.guard('administer'),
    request: { query },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const { callingAe, outcome, limit, after } = c.req.valid('query');
    await journal.flush();
    let page = db.selectFrom('association').selectAll();
    page = callingAe === undefined ? page : page.where('calling_ae', '=', callingAe);
    page = outcome === undefined ? page : page.where('outcome', '=', outcome);
    page = after === undefined ? page : page.where('id', '<', after);
    const rows = await database.read(page.orderBy('id', 'desc').limit(limit));
    const associations = rows.map((row) => ({
      id: row.id,
      association: row.association,
      at: new Date(row.at).toISOString(),
      callingAe: row.calling_ae,
      calledAe: row.called_ae,
      address: row.address,
      outcome: row.outcome,
      detail: row.detail,
      stored: row.stored,
      failed: row.failed,
      milliseconds: row.duration_ms,
    }));
    return c.json({ associations, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }, 200);
  });
}
