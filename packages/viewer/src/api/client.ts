import { type Parse, UnreadableAnswer } from './json.ts';

/** A request that did not come through: no answer at all (`status` 0), or an answer that is a problem. RFC 9457. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** What the server says, in its own words. */
  readonly detail: string;
  /** Seconds the server asks to wait. */
  readonly retryAfter: number | undefined;
  /** Which of the problems of its status it is, where the server tells them apart. */
  readonly code: string | undefined;

  constructor(
    status: number,
    detail: string,
    retryAfter?: number,
    options?: ErrorOptions & { readonly code?: string | undefined },
  ) {
    super(`${status} ${detail}`, options);
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
    this.code = options?.code;
  }
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object;
  /** In place of a body of JSON; `headers` say what it is. */
  readonly text?: string;
  /** Likewise, of bytes. */
  readonly blob?: Blob;
  /** Beside those every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** An answer that has not come by then is given up; half a minute unless given. */
  readonly patienceMs?: number;
}

/** How the application talks to `/api`. */
export interface Client {
  /** @throws ApiError, UnreadableAnswer, or the abort of `signal`. */
  get<T>(path: string, parse: Parse<T>, signal?: AbortSignal): Promise<T>;
  /** For what answers nothing, or nothing of interest. */
  send(path: string, call: Call): Promise<void>;
  /** For what answers what it made. */
  exchange<T>(path: string, call: Call, parse: Parse<T>): Promise<T>;
}

export interface ClientOptions {
  readonly fetch: typeof fetch;
  /** Called when an answer is 401: the session is over. */
  readonly onSignedOut: () => void;
}

/** An answer that has not come by then is given up. */
const PATIENCE_MS = 30_000;

export function createClient({ fetch: ask, onSignedOut }: ClientOptions): Client {
  const perform = async (path: string, call: Call): Promise<Response> => {
    const response = await withPatience(ask, path, call);
    if (!response.ok) {
      if (response.status === 401) {
        onSignedOut();
      }
      throw await problemOf(response);
    }
    return response;
  };
  const exchange = async <T>(path: string, call: Call, parse: Parse<T>): Promise<T> => {
    const response = await perform(path, call);
    return parse(await jsonOf(response), path);
  };
  return {
    get: (path, parse, signal) => exchange(path, { signal }, parse),
    send: async (path, call) => {
      await perform(path, call);
    },
    exchange,
  };
}

/** Percent-encodes the parts of a path. */
export function pathOf(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

async function withPatience(
  ask: typeof fetch,
  path: string,
  { method = 'GET', body, text, blob, headers: more, signal, patienceMs = PATIENCE_MS }: Call,
): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patienceMs);
  const give = () => patience.abort();
  signal?.addEventListener('abort', give);
  const headers = { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...more };
  try {
    return await ask(path, {
      method,
      headers,
      signal: patience.signal,
      credentials: 'same-origin',
      ...contentOf(body, text ?? blob),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ApiError(patience.signal.aborted ? 408 : 0, 'no answer', undefined, { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', give);
  }
}

function contentOf(body: object | undefined, plain: string | Blob | undefined): { readonly body?: string | Blob } {
  return body !== undefined ? { body: JSON.stringify(body) } : plain === undefined ? {} : { body: plain };
}

async function jsonOf(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch (cause) {
    throw new UnreadableAnswer(`${response.url}: not JSON`, { cause });
  }
}

/** Reads `application/problem+json`; anything else keeps the status alone. */
export async function problemOf(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
  const body = await response.text().catch(() => '');
  const { text, code } = readProblem(body);
  return new ApiError(response.status, text ?? `HTTP ${response.status}`, retryAfter, { code });
}

interface ProblemWords {
  readonly text?: string | undefined;
  readonly code?: string | undefined;
}

function readProblem(body: string): ProblemWords {
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem === 'object' && problem !== null) {
      const { detail, title, code } = problem as { readonly detail?: unknown; readonly title?: unknown; readonly code?: unknown };
      const text = [detail, title].find((entry) => typeof entry === 'string');
      return { text, code: typeof code === 'string' ? code : undefined };
    }
  } catch {
    // A proxy's HTML page says nothing to a doctor.
  }
  return {};
}
