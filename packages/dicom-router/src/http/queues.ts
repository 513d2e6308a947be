import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { RouterError } from '../errors.ts';
import { classAt, describeLegal, rankOf } from '../records/deliveries.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import { problemAnswer } from './problems.ts';
import { type QueueOverview, queueOverviews } from './queue-overview.ts';
import type { RouterContext } from './router-context.ts';

const State = z.enum(['queued', 'sending', 'done', 'aside']);
const Class = z.enum(DELIVERY_CLASSES);
const QueueSchema: z.ZodType<QueueOverview> = z
  .object({
    destination: z.string(),
    queued: z.number(),
    sending: z.number(),
    done: z.number(),
    aside: z.number().openapi({ description: 'Waits for a person' }),
    paused: z.boolean(),
    problem: z.string().nullable().openapi({ description: 'Why nothing can be sent at the moment' }),
    nextTry: z.string().nullable().openapi({ description: 'When it is tried again, while there is a problem' }),
    bytesWaiting: z.number(),
    bytesPerSecond: z
      .number()
      .nullable()
      .openapi({ description: 'What the line is given now; without a bound what went out lately' }),
    classes: z.array(
      z.object({
        class: Class,
        waiting: z.number(),
        bytes: z.number(),
        arrives: z.string().nullable().openapi({ description: 'When all of it will have arrived, as far as can be foretold' }),
      }),
    ),
    problems: z
      .array(z.object({ problem: z.string(), deliveries: z.number() }))
      .openapi({ description: 'Why deliveries were set aside, the most frequent first' }),
  })
  .openapi('Queue');
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
    class: Class,
    rule: z.string().openapi({ description: 'Name of the rule that sends it; empty where the destination itself asks for it' }),
    heldUntil: z.string().nullable(),
    legalBasis: z.string().nullable().openapi({ description: 'Why another facility may have it, and the evidence' }),
    bytes: z.number().nullable(),
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
}

function addQueues(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const schema = z.object({ queues: z.array(QueueSchema) });
  const route = createRoute({
    method: 'get',
    path: '/api/queues',
    tags: ['queues'],
    summary: 'How each queue stands: deliveries by state and class, problems, when what waits will have arrived',
    middleware: context.access.guard('administer'),
    responses: { 200: { description: 'One queue a destination', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const queues = [...(await queueOverviews(context, context.clock.now()))];
    return c.json({ queues }, 200);
  });
}

function addDeliveries(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const query = z.object({
    state: State.optional(),
    class: Class.optional(),
    studyInstanceUid: z.string().max(64).optional(),
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
    const { state, class: priority, studyInstanceUid: study, limit, after } = c.req.valid('query');
    knownDestination(context, destination);
    let page = db.selectFrom('delivery').selectAll().where('destination', '=', destination);
    page = state === undefined ? page : page.where('state', '=', state);
    page = priority === undefined ? page : page.where('class', '=', rankOf(priority));
    page = study === undefined ? page : page.where('study_instance_uid', '=', study);
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
      class: classAt(row.class),
      rule: row.rule,
      heldUntil: row.not_before === null ? null : new Date(row.not_before).toISOString(),
      legalBasis: row.legal === null ? null : describeLegal(row.legal),
      bytes: row.bytes,
      commitment: row.commitment,
    }));
    return c.json({ deliveries, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }, 200);
  });
}

/** @throws RouterError `not-found` */
export function knownDestination({ destinations }: RouterContext, id: string): Destination {
  const known = destinations.find(id);
  if (known === undefined) {
    throw new RouterError('not-found', `there is no destination ${id}`);
  }
  return known;
}
