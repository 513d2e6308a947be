import { type Access, type AppEnv, createApi, type Log, type Problem } from '@filmless/access';
import type { Copies } from '@filmless/archive';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { GATEWAY_LIMITS } from '../limits.ts';
import { AwayError } from './ask.ts';
import type { Gateway } from './gateway.ts';
import type { LocalCopies } from './local-copies.ts';

interface GatewayRoutes {
  readonly url: string;
  /** None where the centre is a DICOMweb service alone. */
  readonly gateway: Gateway | undefined;
  /** None before the router is there. */
  readonly copies: () => LocalCopies | undefined;
  readonly removed: Copies['removed'];
  readonly access: Pick<Access, 'guard'>;
  readonly log: Log;
}

const Total = z
  .object({ studies: z.number(), instances: z.number(), bytes: z.number(), at: z.string().nullable() })
  .openapi('RemovedCopies');

const Standing = z
  .object({
    centre: z.string(),
    reachedAt: z.string().nullable().openapi({ description: 'when it answered last; null: not since the start' }),
    problem: z.string().nullable().openapi({ description: 'why it does not answer now' }),
    ordersAsOf: z.string().nullable().openapi({ description: 'of when the worklist is' }),
    copies: z
      .object({
        keptMs: z.number().openapi({ description: 'how long images stay here that the centre has, while there is room' }),
        room: z.object({ free: z.number(), total: z.number() }).nullable().openapi({ description: 'bytes of the disk' }),
        short: z.boolean().openapi({ description: 'they go sooner, for want of room' }),
        unconfirmed: z.number().openapi({ description: 'old studies that stay, as the centre has not all of them' }),
        removed: Total,
      })
      .nullable(),
  })
  .openapi('Gateway');

const Removed = z
  .object({
    studyInstanceUid: z.string(),
    facility: z.string(),
    instances: z.number(),
    bytes: z.number(),
    at: z.string(),
  })
  .openapi('RemovedStudy');

const Page = z.object({ removed: z.array(Removed).readonly(), next: z.string().nullable() });

/** How the gateway of a site stands to its centre, and what was removed here. */
export function gatewayRoutes(routes: GatewayRoutes): OpenAPIHono<AppEnv> {
  const app = createApi(routes.log, problemOf);
  addStanding(app, routes);
  addRemoved(app, routes);
  addRemoveNow(app, routes);
  return app;
}

function addStanding(app: OpenAPIHono<AppEnv>, { url, gateway, copies, removed, access }: GatewayRoutes): void {
  const route = createRoute({
    method: 'get',
    path: '/api/gateway',
    tags: ['gateway'],
    summary: 'How the gateway of a remote site stands to its centre',
    middleware: access.guard('view'),
    responses: { 200: { description: 'Now', content: { 'application/json': { schema: Standing } } } },
  });
  const none = { reachedAt: null, problem: null, ordersAsOf: null };
  app.openapi(route, async (c) => {
    const standing = copies()?.standing;
    c.header('cache-control', 'no-store');
    return c.json(
      {
        centre: url,
        ...(gateway?.standing ?? none),
        copies: standing === undefined ? null : { ...standing, removed: await removed.total() },
      },
      200,
    );
  });
}

function addRemoved(app: OpenAPIHono<AppEnv>, { removed, access }: GatewayRoutes): void {
  const limit = z.coerce.number().int().min(1).max(GATEWAY_LIMITS.removedPage).default(GATEWAY_LIMITS.removedPage);
  const after = z
    .string()
    .regex(/^[0-9TZ:.-]{1,40}~[0-9.]{1,64}$/, 'not a cursor of this list')
    .optional();
  const route = createRoute({
    method: 'get',
    path: '/api/gateway/removed',
    tags: ['gateway'],
    summary: 'Studies whose copies were removed here, the last first',
    middleware: access.guard('administer'),
    request: { query: z.object({ limit, after: after.openapi({ description: '`next` of the page before' }) }) },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema: Page } } } },
  });
  app.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const [at = '', studyInstanceUid = ''] = query.after?.split('~') ?? [];
    const found = await removed.list(query.limit + 1, query.after === undefined ? undefined : { at, studyInstanceUid });
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const next = found.length > query.limit && last !== undefined ? `${last.at}~${last.studyInstanceUid}` : null;
    c.header('cache-control', 'no-store');
    return c.json({ removed: shown, next }, 200);
  });
}

function addRemoveNow(app: OpenAPIHono<AppEnv>, { copies, access }: GatewayRoutes): void {
  const route = createRoute({
    method: 'post',
    path: '/api/gateway/removed',
    tags: ['gateway'],
    summary: 'Look now for copies that may go',
    description: 'The same that is done every ten minutes. 503 while the centre does not answer: nothing goes unasked.',
    middleware: access.guard('administer'),
    responses: {
      200: {
        description: 'How many studies were removed',
        content: { 'application/json': { schema: z.object({ studies: z.number() }) } },
      },
      503: { description: 'The centre does not answer' },
    },
  });
  app.openapi(route, async (c) => c.json({ studies: (await copies()?.removeNow()) ?? 0 }, 200));
}

function problemOf(error: Error): Problem | undefined {
  return error instanceof AwayError
    ? { status: 503, title: 'The centre does not answer', detail: error.message, headers: { 'retry-after': '60' } }
    : undefined;
}
