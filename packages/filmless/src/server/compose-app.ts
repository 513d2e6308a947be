import type { Log } from '@filmless/access';
import { type AppEnv, createApi, notFound, type OpenedAccess, problem } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SERVER_LIMITS } from '../limits.ts';
import { gatherProblems, type NamedSource } from './health.ts';
import { hostCheck } from './host-check.ts';
import type { HttpCounts } from './http-counts.ts';
import { metricsText, type ProcessFigures, storesSeenBy } from './metrics.ts';
import { securityHeaders } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

export interface AppParts {
  readonly access: OpenedAccess;
  /** Applications of archive and router. */
  readonly mounted: readonly OpenAPIHono<AppEnv>[];
  readonly sources: readonly NamedSource[];
  readonly viewer: StaticFiles;
  readonly counts: HttpCounts;
  readonly figures: (problems: number) => ProcessFigures;
  /** C-STORE outcomes, counted. */
  readonly stores: ReadonlyMap<string, number>;
  /** The local authority's certificate, if there is one. */
  readonly localAuthority: () => string | undefined;
  readonly log: Log;
  readonly version: string;
  /** Answer under any name: with TLS, or behind a reverse proxy. */
  readonly anyHostName: boolean;
  readonly strictTransport: boolean;
}

/** Where the viewer's own router decides what is shown. */
const PAGES: readonly string[] = ['/', '/setup', '/view', '/login', '/admin', '/admin/*'];

/** Under these nothing is a page. */
const SERVICES: readonly string[] = ['/api', '/dicom-web', '/fhir'];

/** The one application of the process: every part's routes, the viewer's files, health and figures. */
export function composeApp(parts: AppParts): OpenAPIHono<AppEnv> {
  const app = createApi(parts.log);
  app.use('*', parts.counts.middleware());
  app.use('*', securityHeaders({ strictTransport: parts.strictTransport }));
  app.use('*', hostCheck(parts.anyHostName));
  app.use('/api/*', apiBody());
  app.route('/', parts.access.app);
  for (const mounted of parts.mounted) {
    app.route('/', mounted);
  }
  addHealth(app, parts);
  addDocument(app, parts);
  addViewer(app, parts);
  return app;
}

/** NOTE: Hono's limit cannot copy the server's own kind of request, which it does when no length is given. */
function apiBody(): MiddlewareHandler<AppEnv> {
  const limit = bodyLimit({ maxSize: SERVER_LIMITS.apiBody, onError: tooLarge });
  return async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) {
      return problem(c, 411, 'Length required', 'A body under /api comes with its Content-Length.');
    }
    return c.req.header('content-length') === undefined ? await next() : await limit(c, next);
  };
}

function tooLarge(c: Context): Response {
  return problem(c, 413, 'Too large', `A body under /api has at most ${SERVER_LIMITS.apiBody} bytes.`);
}

function addHealth(app: OpenAPIHono<AppEnv>, { access, sources, counts, figures, stores, localAuthority }: AppParts): void {
  app.get('/healthz', access.open('a process that answers is alive'), (c) => c.json({ status: 'ok' }));
  app.get('/readyz', access.open('for load balancers; names no patient'), async (c) => {
    const problems = await gatherProblems(sources);
    return c.json({ ready: problems.length === 0, problems }, problems.length === 0 ? 200 : 503);
  });
  app.get('/metrics', access.signedIn(), async (c) => {
    const problems = await gatherProblems(sources);
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(metricsText(figures(problems.length), counts, storesSeenBy(c.get('subject'), stores)));
  });
  app.get('/ca.crt', access.open('a workstation needs it before it can trust us'), (c) => {
    const certificate = localAuthority();
    if (certificate === undefined) {
      return problem(c, 404, 'Not found', 'This server has no certificate authority of its own.');
    }
    c.header('content-type', 'application/x-x509-ca-cert');
    c.header('content-disposition', 'attachment; filename="filmless-ca.crt"');
    return c.body(certificate);
  });
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
