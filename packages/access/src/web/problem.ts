import { DatabaseError, type DatabaseErrorCode } from '@filmless/database';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from '../access.ts';
import { AccessError, type AccessErrorCode } from '../errors.ts';
import type { Log } from '../model.ts';

/** An answer that says what went wrong: `application/problem+json`. RFC 9457. */
export interface Problem {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the answer, for a program to decide by. RFC 9457 3.2. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export function problem(
  c: Pick<Context, 'body'>,
  status: ContentfulStatusCode,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Response {
  return c.body(JSON.stringify({ ...members, title, status, detail }), status, {
    ...headers,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
}

const ACCESS_STATUS: Readonly<Record<AccessErrorCode, readonly [ContentfulStatusCode, string]>> = {
  'invalid-request': [400, 'Invalid request'],
  'invalid-credentials': [401, 'Not signed in'],
  'weak-password': [422, 'Password refused'],
  'not-found': [404, 'Not found'],
  taken: [409, 'Already in use'],
  'last-administrator': [409, 'Last administrator'],
  'too-many-attempts': [429, 'Too many attempts'],
  busy: [503, 'Busy'],
  'foreign-request': [403, 'Request from elsewhere'],
  'link-used': [403, 'Link not valid'],
};

const DATABASE_STATUS: Partial<Record<DatabaseErrorCode, Problem>> = {
  full: { status: 507, title: 'Storage full', detail: 'The disk of the server is full. Tell the administrator.' },
  io: { status: 503, title: 'Storage failing', detail: 'The disk of the server does not work. Tell the administrator.' },
  busy: { status: 503, title: 'Busy', detail: 'The database is busy. Try again in a moment.', headers: { 'retry-after': '2' } },
  away: {
    status: 503,
    title: 'Database not reachable',
    detail: 'The database server cannot be reached now. Try again in a moment.',
    headers: { 'retry-after': '5' },
  },
  closed: { status: 503, title: 'Stopping', detail: 'The server is stopping.', headers: { 'retry-after': '10' } },
};

/** What each package knows of its own errors; undefined passes the error on. */
export type ProblemOf = (error: Error) => Problem | undefined;

export function problemOfAccess(error: AccessError): Problem {
  const [status, title] = ACCESS_STATUS[error.code];
  const headers = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
  return { status, title, detail: error.message, headers };
}

function knownProblem(error: Error): Problem | undefined {
  if (error instanceof AccessError) {
    return problemOfAccess(error);
  }
  if (error instanceof HTTPException) {
    return { status: error.status as ContentfulStatusCode, title: 'Request refused', detail: error.message };
  }
  return error instanceof DatabaseError ? DATABASE_STATUS[error.code] : undefined;
}

/** The error handler of every application: a problem in words for what is known, 500 without a stack for the rest. */
export function onError(log: Log, problemOf: ProblemOf = () => undefined): ErrorHandler<AppEnv> {
  return (error, c) => {
    const known = problemOf(error) ?? knownProblem(error);
    if (known !== undefined) {
      return problem(c, known.status, known.title, known.detail, known.headers, known.members);
    }
    // The stack goes to the operator's log only; the path is left out because it may name a study.
    log.error({ error: error.stack ?? String(error), route: routePath(c), method: c.req.method }, 'request failed');
    return problem(c, 500, 'Internal error', 'The server failed at this request. Its log says why.');
  };
}

export const notFound: NotFoundHandler<AppEnv> = (c) => problem(c, 404, 'Not found', 'There is nothing at this address.');

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function inWords(issues: readonly Issue[]): string {
  return issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');
}

/** An application of the product: problems as JSON, input that does not fit its schema a 400 that names the fields. */
export function createApi(log: Log, problemOf?: ProblemOf): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => (result.success ? undefined : problem(c, 400, 'Invalid request', inWords(result.error.issues))),
  });
  app.onError(onError(log, problemOf));
  app.notFound(notFound);
  return app;
}
