import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { ORDER_STATES, type Order, type OrderQuery, type OrderState } from '../../core/orders/model.ts';
import { localTime } from '../../core/orders/values.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { givenTexts } from './given-texts.ts';
import { OrderSchema } from './order-answer.ts';
import { ChangedOrder, NewOrder, wishedOrder } from './order-body.ts';
import { PROBLEMS } from './schemas.ts';

const PATH = '/api/orders/{accessionNumber}';

const Key = z.object({ accessionNumber: z.string().min(1).max(64).normalize('NFC') });
const Facility = z.string().max(64).optional().openapi({ description: 'whose order; needed when several have the number' });

/** A parameter that may be repeated, or hold several values separated by commas. */
const List = z.union([z.string().max(1000), z.array(z.string().max(1000)).max(50)]).optional();
const Moment = z
  .string()
  .max(40)
  .refine(
    (text) => text === '' || localTime(text) !== undefined,
    'is not a day (YYYY-MM-DD) or a local time (YYYY-MM-DDTHH:MM:SS)',
  )
  .optional();
const Text = z.string().max(200).normalize('NFC').trim().optional();

const Query = z.object({
  accessionNumber: Text,
  patientId: Text,
  studyInstanceUid: Text,
  name: Text.openapi({ description: 'words of the patient’s name, without accents too; beginnings are enough' }),
  modality: List.openapi({ description: 'of a step; several separated by commas', example: 'CT,MR' }),
  station: List.openapi({ description: 'AE title of a step; `CT01,` also finds steps that any machine may do', example: 'CT01' }),
  from: Moment.openapi({ description: 'a step starts then or later; local to the facility', example: '2026-03-01' }),
  to: Moment.openapi({ description: 'a step starts then or earlier; a day is meant whole' }),
  state: List.openapi({ description: 'of the order; several separated by commas', example: 'SCHEDULED,IN_PROGRESS' }),
  facility: Facility,
  sort: z.enum(['start', '-start']).default('-start').openapi({ description: 'by the start of the step that matches' }),
  limit: z.coerce.number().int().min(1).max(ARCHIVE_LIMITS.orderPage).default(100),
  after: z.string().max(100).optional().openapi({ description: '`next` of the page before' }),
});

/** Orders: what is to be examined, and what became of it. */
export function addOrderRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addList(app, context);
  addCreate(app, context);
  addRead(app, context);
  addReplace(app, context);
  addCancel(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/orders',
    tags: ['orders'],
    summary: 'Orders, by the start of their steps',
    middleware: context.access.guard('view'),
    request: { query: Query },
    responses: {
      200: {
        description: 'A page',
        content: {
          'application/json': { schema: z.object({ orders: z.array(OrderSchema).readonly(), next: z.string().nullable() }) },
        },
      },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const page = await context.core.orders.list(toQuery(c.req.valid('query')), scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ orders: page.orders, next: page.next }, 200);
  });
}

function addCreate(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/orders',
    tags: ['orders'],
    summary: 'Order an examination',
    middleware: context.access.guard('edit'),
    request: { body: { required: true, content: { 'application/json': { schema: NewOrder } } } },
    responses: {
      201: { description: 'The order as stored', content: { 'application/json': { schema: OrderSchema } } },
      400: PROBLEMS[400],
      409: PROBLEMS[409],
    },
  });
  app.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const order = await context.core.orders.add(wishedOrder(body), body.facility ?? undefined, scopeOf(c.get('subject')));
    await auditOrder(c, context, 'order.create', order);
    c.header('location', `/api/orders/${encodeURIComponent(order.accessionNumber)}`);
    tag(c, order);
    return c.json(order, 201);
  });
}

function addRead(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: PATH,
    tags: ['orders'],
    summary: 'One order',
    middleware: context.access.guard('view'),
    request: { params: Key, query: z.object({ facility: Facility }) },
    responses: {
      200: { description: 'The order', content: { 'application/json': { schema: OrderSchema } } },
      404: PROBLEMS[404],
      409: PROBLEMS[409],
    },
  });
  app.openapi(route, async (c) => {
    const { accessionNumber } = c.req.valid('param');
    const subject = c.get('subject');
    const order = await context.core.orders.get(accessionNumber, c.req.valid('query').facility, scopeOf(subject));
    context.access.auditView(subject, order.studyInstanceUid, order.facility, c.env.remoteAddress);
    tag(c, order);
    return c.json(order, 200);
  });
}

function addReplace(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'put',
    path: PATH,
    tags: ['orders'],
    summary: 'Replace an order; what a machine has used already stays as it is',
    middleware: context.access.guard('edit'),
    request: {
      params: Key,
      query: z.object({
        facility: Facility,
        restore: z.enum(['true', 'false']).default('false').openapi({ description: 'true: also when it is cancelled' }),
      }),
      body: { required: true, content: { 'application/json': { schema: ChangedOrder } } },
    },
    responses: {
      200: { description: 'The order as stored', content: { 'application/json': { schema: OrderSchema } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      409: PROBLEMS[409],
      412: PROBLEMS[412],
    },
  });
  app.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const { facility, restore } = c.req.valid('query');
    const wish = { ...wishedOrder(body), ...(body.facility ? { facility: body.facility } : {}) };
    const options = {
      ...(facility === undefined ? {} : { facility }),
      ...(typeof body.version === 'number' ? { version: body.version } : {}),
      ...ifMatch(c),
      restore: restore === 'true',
    };
    const { accessionNumber } = c.req.valid('param');
    const order = await context.core.orders.replace(accessionNumber, wish, options, scopeOf(c.get('subject')));
    await auditOrder(c, context, 'order.change', order);
    tag(c, order);
    return c.json(order, 200);
  });
}

function addCancel(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'delete',
    path: PATH,
    tags: ['orders'],
    summary: 'Cancel an order; it stays on record',
    middleware: context.access.guard('edit'),
    request: { params: Key, query: z.object({ facility: Facility }) },
    responses: {
      200: { description: 'The order, cancelled', content: { 'application/json': { schema: OrderSchema } } },
      404: PROBLEMS[404],
      409: PROBLEMS[409],
      412: PROBLEMS[412],
    },
  });
  app.openapi(route, async (c) => {
    const { facility } = c.req.valid('query');
    const options = { ...(facility === undefined ? {} : { facility }), ...ifMatch(c) };
    const order = await context.core.orders.cancel(c.req.valid('param').accessionNumber, options, scopeOf(c.get('subject')));
    await auditOrder(c, context, 'order.cancel', order);
    tag(c, order);
    return c.json(order, 200);
  });
}

function toQuery(query: z.infer<typeof Query>): OrderQuery {
  const { modality, station, state, from, to, sort, limit, ...texts } = query;
  const first = localTime(from ?? '');
  const last = localTime(to ?? '', 'last');
  const stations = listOf(station);
  return {
    ...givenTexts(texts),
    modalities: listOf(modality).filter((value) => value !== ''),
    // An empty one beside others means steps without a station.
    stations: stations.every((value) => value === '') ? [] : stations,
    states: listOf(state)
      .filter((value) => value !== '')
      .map(stateOf),
    ...(first === undefined ? {} : { from: first }),
    ...(last === undefined ? {} : { to: last }),
    sort,
    limit,
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  const texts = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  return [...new Set(texts.flatMap((text) => text.split(',')).map((text) => text.trim()))];
}

function stateOf(text: string): OrderState {
  const state = ORDER_STATES.find((known) => known === text);
  if (state === undefined) {
    throw new ArchiveError(
      'invalid-request',
      `state: ${JSON.stringify(text.slice(0, 40))} is none of ${ORDER_STATES.join(', ')}`,
    );
  }
  return state;
}

/** The version an If-Match header names; a star is any. RFC 9110 13.1.1. */
function ifMatch(c: RequestContext): { readonly ifMatch?: number } {
  const header = c.req.header('if-match')?.trim() ?? '*';
  if (header === '*') {
    return {};
  }
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  // What is no version of ours matches none.
  return { ifMatch: version === undefined ? -1 : Number(version) };
}

function tag(c: RequestContext, order: Order): void {
  c.header('etag', `"${order.version}"`);
  c.header('cache-control', 'no-store');
}

async function auditOrder(c: RequestContext, context: HttpContext, action: string, order: Order): Promise<void> {
  const { facility, studyInstanceUid, accessionNumber, state } = order;
  const subject = c.get('subject');
  const address = c.env.remoteAddress;
  const detail = `${accessionNumber}: ${state}`;
  await context.access.audit({ action, outcome: 'success', subject, address, facility, studyInstanceUid, detail });
}
