import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { db, type Tables } from '../records/tables.ts';
import type { RouterContext } from './router-context.ts';

interface AssociationView {
  readonly id: number;
  readonly association: string;
  readonly at: string;
  readonly callingAe: string;
  readonly calledAe: string;
  readonly address: string;
  readonly outcome: string;
  readonly detail: string;
  readonly stored: number;
  readonly failed: number;
  readonly milliseconds: number;
  readonly direction: 'in' | 'out';
  readonly port: number | null;
  readonly tls: boolean;
  readonly purpose: string;
  readonly destination: string | null;
  readonly problem: number | null;
}

/** A line of the log. */
export const AssociationSchema: z.ZodType<AssociationView> = z
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
    direction: z.enum(['in', 'out']).openapi({ description: 'who asked for it: they, or we' }),
    port: z.number().nullable(),
    tls: z.boolean(),
    purpose: z.string(),
    destination: z.string().nullable(),
    problem: z.number().nullable().openapi({ description: 'what went wrong first: /api/association-problems/{id}' }),
  })
  .openapi('Association');

/** What machines that cannot send are looked up in: who called, from where, and what came of it. */
export function addAssociationRoutes(app: OpenAPIHono<AppEnv>, { access, database, journal }: RouterContext): void {
  const query = z.object({
    callingAe: z.string().optional(),
    calledAe: z.string().optional(),
    direction: z.enum(['in', 'out']).optional(),
    outcome: z.enum(['released', 'aborted', 'refused']).optional(),
    since: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
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
    const { callingAe, calledAe, direction, outcome, since, until, limit, after } = c.req.valid('query');
    await journal.flush();
    let page = db.selectFrom('association').selectAll();
    page = callingAe === undefined ? page : page.where('calling_ae', '=', callingAe);
    page = calledAe === undefined ? page : page.where('called_ae', '=', calledAe);
    page = direction === undefined ? page : page.where('direction', '=', direction);
    page = since === undefined ? page : page.where('at', '>=', Date.parse(since));
    page = until === undefined ? page : page.where('at', '<', Date.parse(until));
    page = outcome === undefined ? page : page.where('outcome', '=', outcome);
    page = after === undefined ? page : page.where('id', '<', after);
    const rows = await database.read(page.orderBy('id', 'desc').limit(limit));
    const associations = rows.map(presentAssociation);
    return c.json({ associations, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }, 200);
  });
}

type Row = { readonly [K in keyof Tables['association']]: K extends 'id' ? number : Tables['association'][K] };

export function presentAssociation(row: Row): AssociationView {
  return {
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
    direction: row.direction,
    port: row.port,
    tls: row.secure === 1,
    purpose: row.purpose,
    destination: row.destination,
    problem: row.trouble,
  };
}
