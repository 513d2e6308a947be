import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { RouterError } from '../errors.ts';
import { db } from '../records/tables.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';

const State = z.enum(['queued', 'sending', 'done', 'aside']);
const QueueSchema = z
  .object({ destination: z.string(), queued: z.number(), sending: z.number(), done: z.number(), aside: z.number() })
  .openapi('Queue', { description: '`aside` waits for a person' });
const DeliverySchema = z
  .object({
    id: z.number(),
    studyInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    state: State,
    attempts: z.number(),
    problem: z.string().nullable(),
    createdAt: z.string(),
    nextAttempt: z.string(),
    commitment: z
      .enum(['wanted', 'asked', 'confirmed', 'refused', 'unanswered'])
      .nullable()
      .openapi({ description: 'What the receiver says of keeping it safe; null where it is not asked' }),
  })
  .openapi('Delivery');

const destination = z.object({ destination: z.string() });

export function addQueueRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addQueues(app, context);
  addDeliveries(app, context);
  addRetry(app, context);
}

function addQueues(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const schema = z.object({ queues: z.array(QueueSchema) });
  const route = createRoute({
    method: 'get',
    path: '/api/queues',
    tags: ['queues'],
    summary: 'How many deliveries each destination has in which state',
    middleware: context.access.guard('administer'),
    responses: { 200: { description: 'One queue a destination', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const rows = await context.database.read(
      db
        .selectFrom('delivery')
        .select((column) => ['destination', 'state', column.fn.countAll<number>().as('count')])
        .groupBy(['destination', 'state']),
    );
    const queues = context.destinations.list().map(({ id }) => {
      const queue = { destination: id, queued: 0, sending: 0, done: 0, aside: 0 };
      for (const row of rows.filter((candidate) => candidate.destination === id)) {
        queue[row.state] = row.count;
      }
      return queue;
    });
    return c.json({ queues }, 200);
  });
}

function addDeliveries(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const query = z.object({
    state: State.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    after: z.coerce.number().int().optional().openapi({ description: '`next` of the page before' }),
  });
  const schema = z.object({ deliveries: z.array(DeliverySchema), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/queues/{destination}',
    tags: ['queues'],
    summary: 'The deliveries of a destination, the newest first',
    middleware: context.access.guard('administer'),
    request: { params: destination, query },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema } } },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const { destination } = c.req.valid('param');
    const { state, limit, after } = c.req.valid('query');
    knownDestination(context, destination);
    let page = db.selectFrom('delivery').selectAll().where('destination', '=', destination);
    page = state === undefined ? page : page.where('state', '=', state);
    page = after === undefined ? page : page.where('id', '<', after);
    const rows = await context.database.read(page.orderBy('id', 'desc').limit(limit));
    const deliveries = rows.map((row) => ({
      id: row.id,
      studyInstanceUid: row.study_instance_uid,
      sopInstanceUid: row.sop_instance_uid,
      state: row.state,
      attempts: row.attempts,
      problem: row.problem,
      createdAt: new Date(row.created_at).toISOString(),
      nextAttempt: new Date(row.next_attempt).toISOString(),
      commitment: row.commitment,
    }));
    return c.json({ deliveries, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }, 200);
  });
}

function addRetry(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const schema = z.object({ retried: z.number() });
  const body = z
    .strictObject({ id: z.number().int().optional() })
    .openapi({ description: 'Without an id: all that are not done' });
  const route = createRoute({
    method: 'post',
    path: '/api/queues/{destination}/retry',
    tags: ['queues'],
    summary: 'Try deliveries again now, those set aside too',
    middleware: context.access.guard('administer'),
    request: { params: destination, body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: {
      200: { description: 'How many are tried again', content: { 'application/json': { schema } } },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const { destination } = c.req.valid('param');
    const { id } = c.req.valid('json');
    knownDestination(context, destination);
    const retried = await context.deliveries.retry(destination, id === undefined ? {} : { id });
    await auditChange(context, c, 'queue.retry', destination);
    return c.json({ retried }, 200);
  });
}

function knownDestination({ destinations }: RouterContext, id: string): void {
  if (destinations.find(id) === undefined) {
    throw new RouterError('not-found', `there is no destination ${id}`);
  }
}
