import type { Log } from '@filmless/access';
import { type AppEnv, createApi, notFound, problem } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SERVER_LIMITS } from '../limits.ts';
import { compressedJson } from './compressed-json.ts';
import { hostCheck } from './host-check.ts';
import { addOperation, type OperationParts } from './operation-routes.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

export interface AppParts extends OperationParts {
  /** Applications of archive and router. */
  readonly mounted: readonly OpenAPIHono<AppEnv>[];
  readonly viewer: StaticFiles;
  readonly log: Log;
  readonly version: string;
  /** Answer under any name: with TLS, or behind a reverse proxy. */
  readonly anyHostName: boolean;
  readonly strictTransport: boolean;
  /** Hears what browsers say of their clocks at sign-in. */
  readonly clientTime: MiddlewareHandler<AppEnv>;
}

/** Where the viewer's own router decides what is shown. */
const PAGES: readonly string[] = ['/', '/setup', '/view', '/login', '/orders', '/orders/*', '/import', '/admin', '/admin/*'];

/** Under these nothing is a page. */
const SERVICES: readonly string[] = ['/api', '/dicom-web', '/fhir'];

/** The one application of the process: every part's routes, the viewer's files, health and figures. */
export function composeApp(parts: AppParts): OpenAPIHono<AppEnv> {
  const app = createApi(parts.log);
  app.use('*', requestLog(parts.log, parts.metrics.http));
  app.use('*', securityHeaders({ strictTransport: parts.strictTransport }));
  app.use('*', hostCheck(parts.anyHostName));
  app.use('*', compressedJson());
  app.use('/api/*', apiBody());
  app.use('/api/session', parts.clientTime);
  app.route('/', parts.access.app);
  for (const mounted of parts.mounted) {
    app.route('/', mounted);
  }
  addOperation(app, parts);
  addDocument(app, parts);
  addViewer(app, parts);
  return app;
}

const BOUNDED_THEMSELVES =
  /^\/api\/(?:performed-steps\/|uploads\/|imports\/[^/]+\/instances$|(?:studies|orders)\/[^/]+\/documents$)/;

/** NOTE: Hono's limit cannot copy the server's own kind of request, which it does when no length is given. */
function apiBody(): MiddlewareHandler<AppEnv> {
  const limit = bodyLimit({ maxSize: SERVER_LIMITS.apiBody, onError: tooLarge });
  return async (c, next) => {
    // Data sets of machines, instances and pieces of them, documents, which the routes themselves bound.
    if (BOUNDED_THEMSELVES.test(c.req.path)) {
      return await next();
    }
    if (c.req.header('transfer-encoding') !== undefined) {
      return problem(c, 411, 'Length required', 'A body under /api comes with its Content-Length.');
    }
    return c.req.header('content-length') === undefined ? await next() : await limit(c, next);
  };
}

function tooLarge(c: Context): Response {
  return problem(c, 413, 'Too large', `A body under /api has at most ${SERVER_LIMITS.apiBody} bytes.`);
}

function addDocument(app: OpenAPIHono<AppEnv>, { access, version }: AppParts): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'basic', { type: 'http', scheme: 'basic' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'filmless' });
  app.get('/api/openapi.json', access.signedIn(), (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Filmless', version },
        security: [{ session: [] }, { token: [] }, { basic: [] }],
      }),
    ),
  );
}

function addViewer(app: OpenAPIHono<AppEnv>, { access, viewer }: AppParts): void {
  const why = 'the application itself holds no data';
  for (const service of SERVICES) {
    // For what no route above has answered: whoever is not signed in does not learn which routes there are.
    app.use(`${service}/*`, access.signedIn());
  }
  const page = (c: Context<AppEnv>) => serveFile(c, viewer, '/index.html');
  for (const path of PAGES) {
    app.get(path, access.open(why), page);
  }
  app.get('/*', access.open(why), (c) => serveFile(c, viewer, c.req.path));
}

async function serveFile(c: Context<AppEnv>, viewer: StaticFiles, pathname: string): Promise<Response> {
  if (SERVICES.some((service) => pathname === service || pathname.startsWith(`${service}/`))) {
    return await notFound(c);
  }
  const answer = await viewer.answer({
    pathname,
    acceptEncoding: c.req.header('accept-encoding') ?? '',
    ifNoneMatch: c.req.header('if-none-match'),
  });
  if (answer !== undefined) {
    return answer;
  }
  return viewer.isEmpty
    ? problem(c, 503, 'Viewer not built', 'The viewer has not been built. Start Filmless with: npm start')
    : await notFound(c);
}
