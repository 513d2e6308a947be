import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { triedOf, tryDestination } from '../doctor/test-destination.ts';
import { RouterError } from '../errors.ts';
import {
  DestinationAddition,
  DestinationChange,
  DestinationId,
  DestinationSchema,
  ListedDestination,
  presentDestination,
  readDestination,
} from './destination-schema.ts';
import { auditChange, problemAnswer } from './problems.ts';
import { knownDestination } from './queues.ts';
import type { RouterContext } from './router-context.ts';
import { presentOutcome, TestOutcomeSchema } from './test-outcome.ts';

const id = z.object({ id: DestinationId });

export function addDestinationRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addCreate(app, context);
  addChange(app, context);
  addDelete(app, context);
  addTest(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, { access, destinations, rules }: RouterContext): void {
  const schema = z.object({ destinations: z.array(ListedDestination) });
  const route = createRoute({
    method: 'get',
    path: '/api/destinations',
    tags: ['destinations'],
    summary: 'What gets what is stored here: DICOM nodes, web servers, other facilities, folders',
    middleware: access.guard('administer'),
    responses: { 200: { description: 'All of them', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, (c) => {
    const listed = destinations.list().map((destination) => ({
      ...presentDestination(destination),
      fixed: destinations.isFixed(destination.id),
      rules: rules.rulesFor(destination.id),
    }));
    return c.json({ destinations: listed }, 200);
  });
}

function addCreate(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/destinations',
    tags: ['destinations'],
    summary: 'Add a destination',
    middleware: context.access.guard('administer'),
    request: { body: { required: true, content: { 'application/json': { schema: DestinationAddition } } } },
    responses: {
      201: { description: 'Added', content: { 'application/json': { schema: DestinationSchema } } },
      409: problemAnswer('The id is taken, or there are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const { id, ...sent } = c.req.valid('json');
    const destination = readDestination(id, sent, undefined);
    if (context.destinations.find(destination.id) !== undefined) {
      throw new RouterError('conflict', `there is a destination ${destination.id} already`);
    }
    await context.deliveries.put(destination);
    await auditChange(context, c, 'destination.add', destination.id);
    return c.json(presentDestination(destination), 201);
  });
}

function addChange(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/destinations/{id}',
    tags: ['destinations'],
    summary: 'Change a destination; its queue stays',
    middleware: context.access.guard('administer'),
    request: { params: id, body: { required: true, content: { 'application/json': { schema: DestinationChange } } } },
    responses: {
      200: { description: 'Changed', content: { 'application/json': { schema: DestinationSchema } } },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const known = knownDestination(context, id);
    const destination = readDestination(id, c.req.valid('json'), known);
    await context.deliveries.put(destination);
    await auditChange(context, c, 'destination.change', destination.id);
    return c.json(presentDestination(destination), 200);
  });
}

function addDelete(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/destinations/{id}',
    tags: ['destinations'],
    summary: 'Remove a destination whose queue is empty',
    middleware: context.access.guard('administer'),
    request: { params: id },
    responses: {
      204: { description: 'Removed' },
      404: problemAnswer('There is no such destination'),
      409: problemAnswer('Deliveries are still open, or a routing rule sends there'),
    },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const rules = context.rules.rulesFor(id).map((rule) => `"${rule}"`);
    if (rules.length > 0) {
      const names = rules.length === 1 ? `rule ${rules.join()} sends` : `rules ${rules.join(', ')} send`;
      throw new RouterError('conflict', `the routing ${names} to ${id}: change the rules first`);
    }
    await context.deliveries.delete(id);
    await auditChange(context, c, 'destination.delete', id);
    return c.body(null, 204);
  });
}

function addTest(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/destinations/{id}/test',
    tags: ['destinations'],
    summary: 'See whether a destination would take images now: C-ECHO, a request, a file that is removed again; no image is sent',
    middleware: context.access.guard('administer'),
    request: { params: id },
    responses: {
      200: { description: 'What came of it', content: { 'application/json': { schema: TestOutcomeSchema } } },
      404: problemAnswer('There is no such destination'),
    },
  });
  app.openapi(route, async (c) => {
    const destination = knownDestination(context, c.req.valid('param').id);
    const outcome = await tryDestination(context, destination, c.req.raw.signal);
    await auditChange(context, c, 'destination.test', destination.id);
    return c.json(presentOutcome(outcome, triedOf(destination), context.own()), 200);
  });
}
