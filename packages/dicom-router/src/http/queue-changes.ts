import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { RouterError } from '../errors.ts';
import type { Removed } from '../records/deliveries.ts';
import { auditChange, problemAnswer } from './problems.ts';
import { knownDestination } from './queues.ts';
import type { RouterContext } from './router-context.ts';

const destination = z.object({ destination: z.string() });

/** What a person does to a queue. */
export function addQueueChangeRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addRetry(app, context);
  addRemove(app, context);
  addPause(app, context);
}

function addRetry(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const schema = z.object({ retried: z.number() });
  const body = z.strictObject({ id: z.number().int().optional(), state: z.literal('aside').optional() }).openapi({
    description: 'With an id that one; with a state all that were set aside; else all that are not done, but what is held',
  });
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
    const { id: queue } = knownDestination(context, c.req.valid('param').destination);
    const { id, state } = c.req.valid('json');
    const retried = await context.deliveries.retry(queue, {
      ...(id === undefined ? {} : { id }),
      onlyAside: state === 'aside',
    });
    await auditChange(context, c, 'queue.retry', queue);
    return c.json({ retried }, 200);
  });
}

function addRemove(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const body = z
    .strictObject({
      id: z.number().int().optional(),
      studyInstanceUid: z
        .string()
        .regex(/^[0-9.]{1,64}$/)
        .optional(),
      state: z.literal('aside').optional(),
    })
    .openapi({ description: 'One delivery, those of a study, or all that were set aside: exactly one of them' });
  const route = createRoute({
    method: 'post',
    path: '/api/queues/{destination}/remove',
    tags: ['queues'],
    summary: 'Take deliveries out of a queue: what was not sent will not be; the images stay in the archive',
    middleware: context.access.guard('administer'),
    request: { params: destination, body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: {
      200: {
        description: 'How many were taken out',
        content: { 'application/json': { schema: z.object({ removed: z.number() }) } },
      },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const { id: queue } = knownDestination(context, c.req.valid('param').destination);
    const { id, studyInstanceUid, state } = c.req.valid('json');
    const named = [id, studyInstanceUid, state].filter((field) => field !== undefined);
    if (named.length !== 1) {
      throw new RouterError('invalid-request', 'name exactly one: id, studyInstanceUid, or state with aside');
    }
    const removed: Removed = { id, studyInstanceUid };
    const studies = await context.deliveries.remove(queue, removed);
    const { kind, id: who, name } = c.get('subject');
    for (const study of studies) {
      await context.access.audit({
        action: 'queue.remove',
        outcome: 'success',
        subject: { kind, id: who, name },
        address: c.env.remoteAddress,
        studyInstanceUid: study.studyInstanceUid,
        detail: `${study.instances} instances that were to go to ${queue}`,
      });
    }
    return c.json({ removed: studies.reduce((sum, { instances }) => sum + instances, 0) }, 200);
  });
}

function addPause(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const body = z.strictObject({ paused: z.boolean() });
  const route = createRoute({
    method: 'post',
    path: '/api/queues/{destination}/pause',
    tags: ['queues'],
    summary: 'Send nothing for now, or go on; the queue stays',
    middleware: context.access.guard('administer'),
    request: { params: destination, body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: {
      200: { description: 'So it is', content: { 'application/json': { schema: body } } },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const known = knownDestination(context, c.req.valid('param').destination);
    const { paused } = c.req.valid('json');
    if (known.enabled === paused) {
      await context.deliveries.put({ ...known, enabled: !paused });
      await auditChange(context, c, paused ? 'queue.pause' : 'queue.resume', known.id);
    }
    return c.json({ paused }, 200);
  });
}
