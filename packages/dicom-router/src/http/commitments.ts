import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { describeFailure } from '../commitment/sop-class.ts';
import { RouterError } from '../errors.ts';
import { db, type Tables } from '../records/tables.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';

const State = z.enum(['asked', 'checked', 'reported', 'aside']);
const CommitmentSchema = z
  .object({
    id: z.number(),
    transactionUid: z.string(),
    aeTitle: z.string(),
    facility: z.string(),
    state: State,
    asked: z.number().openapi({ description: 'Instances it names' }),
    granted: z.number().nullable().openapi({ description: 'Of these the archive keeps; null while that is not looked up' }),
    refused: z.number().nullable(),
    attempts: z.number().openapi({ description: 'Tries to look it up, or to report it' }),
    problem: z.string().nullable(),
    askedAt: z.string(),
    checkedAt: z.string().nullable(),
    reportedAt: z.string().nullable(),
    nextAttempt: z.string().nullable(),
  })
  .openapi('Commitment', {
    description:
      '`asked`: to be looked up; `checked`: to be reported; `reported`: the peer took the report; `aside`: waits for a person',
  });
const RefusedSchema = z.object({ sopInstanceUid: z.string(), sopClassUid: z.string(), reason: z.string() });
const RequestSchema = z
  .object({
    id: z.number(),
    destination: z.string(),
    transactionUid: z.string(),
    state: z.enum(['asking', 'asked', 'answered', 'unanswered']),
    instances: z.number(),
    refused: z.number(),
    problem: z.string().nullable(),
    askedAt: z.string(),
    answeredAt: z.string().nullable(),
  })
  .openapi('CommitmentRequest');

const PAGE = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  after: z.coerce.number().int().optional().openapi({ description: '`next` of the page before' }),
};
const id = z.object({ id: z.coerce.number().int() });

/** Storage commitment: what peers asked of us, and what we asked destinations for. */
export function addCommitmentRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addOne(app, context);
  addRetry(app, context);
  addRequests(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, { access, database }: RouterContext): void {
  const query = z.object({ state: State.optional(), aeTitle: z.string().max(16).optional(), ...PAGE });
  const schema = z.object({ commitments: z.array(CommitmentSchema), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/commitments',
    tags: ['storage commitment'],
    summary: 'Safekeeping that was asked of us, the newest first',
    middleware: access.guard('administer'),
    request: { query },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const { state, aeTitle, limit, after } = c.req.valid('query');
    let page = db.selectFrom('commitment').selectAll();
    page = state === undefined ? page : page.where('state', '=', state);
    page = aeTitle === undefined ? page : page.where('ae_title', '=', aeTitle);
    page = after === undefined ? page : page.where('id', '<', after);
    const rows = await database.read(page.orderBy('id', 'desc').limit(limit));
    return c.json({ commitments: rows.map(present), next: nextOf(rows, limit) }, 200);
  });
}

function addOne(app: OpenAPIHono<AppEnv>, { access, database }: RouterContext): void {
  const query = z.object({
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    after: z.coerce.number().int().optional().openapi({ description: '`next` of the page before' }),
  });
  const schema = CommitmentSchema.extend({ refusedInstances: z.array(RefusedSchema), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/commitments/{id}',
    tags: ['storage commitment'],
    summary: 'One request, with the instances that are not kept here',
    middleware: access.guard('administer'),
    request: { params: id, query },
    responses: {
      200: { description: 'The request', content: { 'application/json': { schema } } },
      404: problemAnswer('There is no such request'),
    },
  });
  app.openapi(route, async (c) => {
    const { id: wanted } = c.req.valid('param');
    const { limit, after = -1 } = c.req.valid('query');
    const [row] = await database.read(db.selectFrom('commitment').selectAll().where('id', '=', wanted));
    if (row === undefined) {
      throw notFound(wanted);
    }
    const refused = await database.read(
      db
        .selectFrom('commitment_instance')
        .select(['position', 'sop_class_uid', 'sop_instance_uid', 'failure'])
        .where('commitment', '=', wanted)
        .where('failure', 'is not', null)
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit),
    );
    const refusedInstances = refused.map((instance) => ({
      sopInstanceUid: instance.sop_instance_uid,
      sopClassUid: instance.sop_class_uid,
      reason: describeFailure(instance.failure ?? 0),
    }));
    const next = refused.length < limit ? null : (refused.at(-1)?.position ?? null);
    return c.json({ ...present(row), refusedInstances, next }, 200);
  });
}

function addRetry(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/commitments/{id}/retry',
    tags: ['storage commitment'],
    summary: 'Look a request up again, and report it now',
    middleware: context.access.guard('administer'),
    request: { params: id },
    responses: {
      204: { description: 'It is under way' },
      404: problemAnswer('There is no such request'),
      409: problemAnswer('The report was taken: the machine may ask anew'),
    },
  });
  app.openapi(route, async (c) => {
    const { id: wanted } = c.req.valid('param');
    const outcome = await context.commitment.commitments.retry(wanted);
    if (outcome === 'absent') {
      throw notFound(wanted);
    }
    if (outcome === 'reported') {
      throw new RouterError('conflict', `the report on request ${wanted} was taken: the machine may ask anew`);
    }
    await auditChange(context, c, 'commitment.retry', String(wanted));
    return c.body(null, 204);
  });
}

function addRequests(app: OpenAPIHono<AppEnv>, { access, database }: RouterContext): void {
  const query = z.object({ destination: z.string().max(64).optional(), ...PAGE });
  const schema = z.object({ requests: z.array(RequestSchema), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/commitment-requests',
    tags: ['storage commitment'],
    summary: 'Safekeeping that destinations were asked for, the newest first',
    middleware: access.guard('administer'),
    request: { query },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const { destination, limit, after } = c.req.valid('query');
    let page = db.selectFrom('commitment_request').selectAll();
    page = destination === undefined ? page : page.where('destination', '=', destination);
    page = after === undefined ? page : page.where('id', '<', after);
    const rows = await database.read(page.orderBy('id', 'desc').limit(limit));
    const requests = rows.map((row) => ({
      id: row.id,
      destination: row.destination,
      transactionUid: row.transaction_uid,
      state: row.state,
      instances: row.instances,
      refused: row.refused,
      problem: row.problem,
      askedAt: new Date(row.asked_at).toISOString(),
      answeredAt: timeOf(row.answered_at),
    }));
    return c.json({ requests, next: nextOf(rows, limit) }, 200);
  });
}

type CommitmentRow = Omit<Tables['commitment'], 'id'> & { readonly id: number };

function present(row: CommitmentRow): z.infer<typeof CommitmentSchema> {
  const isChecked = row.checked_at !== null;
  return {
    id: row.id,
    transactionUid: row.transaction_uid,
    aeTitle: row.ae_title,
    facility: row.facility,
    state: row.state,
    asked: row.instances,
    granted: isChecked ? row.instances - row.refused : null,
    refused: isChecked ? row.refused : null,
    attempts: row.attempts,
    problem: row.problem,
    askedAt: new Date(row.asked_at).toISOString(),
    checkedAt: timeOf(row.checked_at),
    reportedAt: timeOf(row.reported_at),
    nextAttempt: row.state === 'reported' || row.state === 'aside' ? null : timeOf(row.next_attempt),
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function nextOf(rows: readonly { readonly id: number }[], limit: number): number | null {
  return rows.length < limit ? null : (rows.at(-1)?.id ?? null);
}

function notFound(wanted: number): RouterError {
  return new RouterError('not-found', `there is no request for storage commitment ${wanted}`);
}
