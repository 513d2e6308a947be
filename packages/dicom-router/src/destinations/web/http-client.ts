import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { rootCertificates } from 'node:tls';
import { messageOf, RouterError } from '../../errors.ts';
import type { RouterLimits } from '../../limits.ts';
import type { TlsIdentity } from '../../ul/tls/profile.ts';
import { secureClient, type TlsClient } from '../../ul/tls/tls-client.ts';
import type { TlsKeeper } from '../tls-keeper.ts';

export interface HttpClientOptions {
  /** `https://…` or `http://…`; paths are put behind it. */
  readonly url: string;
  /** `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** For `https:`: the fingerprint of its certificate, or the name that is issued to. */
  readonly tls?: { readonly fingerprint?: string | undefined; readonly name?: string | undefined } | undefined;
  /** PEM of authorities that are believed beside those of the web and of the keeper. */
  readonly authorities?: string | undefined;
  /** Shown when it asks for a certificate, in place of our own. */
  readonly identity?: TlsIdentity | undefined;
  readonly tlsKeeper: TlsKeeper;
  readonly limits: Pick<RouterLimits, 'connectMs' | 'handshakeMs' | 'stallMs' | 'responseMs'>;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Read once, a piece once the system has taken the one before; not to its end when the answer comes before. */
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Asks one server; connections stay open between requests until it is disposed. */
export interface HttpClient extends Disposable {
  /**
   * Gives the answer once its headers are there; redirections are not followed. Its body must be read or cancelled.
   * @throws RouterError `unreachable`, `untrusted`, `timeout`, `closed`; and what the body of the request throws
   */
  fetch(path: string, request?: HttpRequest): Promise<Response>;
}

/** What stands between instances and before them goes out with what follows: the receiver is not woken for a few bytes. */
const GATHERED_BYTES = 4096;

export function openHttpClient(options: HttpClientOptions): HttpClient {
  const base = new URL(options.url);
  const agent = new SecuredAgent(options, base);
  return {
    fetch: (path, init = {}) => fetchOnce(options, base, agent, path, init),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Connections of the options' server, by TLS where its address says so. */
class SecuredAgent extends Agent {
  readonly #options: HttpClientOptions;
  readonly #base: URL;

  constructor(options: HttpClientOptions, base: URL) {
    super({ keepAlive: true, maxSockets: 8 });
    this.#options = options;
    this.#base = base;
  }

  /** NOTE: Node waits for the callback when nothing is returned. */
  override createConnection(_: object, callback: (error: Error | null, socket: Duplex) => void = () => undefined): undefined {
    this.#connect().then(
      (socket) => callback(null, socket),
      // Of a failure it is told without a socket, other than Node's declaration has it.
      (error: unknown) => Reflect.apply(callback, undefined, [error]),
    );
  }

  async #connect(): Promise<Socket> {
    const { limits } = this.#options;
    const secure = this.#base.protocol === 'https:';
    const host = this.#base.hostname.replace(/^\[|\]$/g, '');
    const port = Number(this.#base.port) || (secure ? 443 : 80);
    const plain = await connect(host, port, limits.connectMs);
    return secure ? await secureClient(plain, tlsClient(this.#options), { host, port, handshakeMs: limits.handshakeMs }) : plain;
  }
}

/** The authorities of the web vouch for a web server as well as those that are given here. */
function tlsClient({ tls = {}, identity, authorities, tlsKeeper }: HttpClientOptions): TlsClient {
  const own = tlsKeeper.client(tls) ?? {};
  const given = [own.authorities, authorities].filter((pem) => pem !== undefined);
  return {
    ...own,
    ...(identity === undefined ? {} : { identity }),
    ...(given.length === 0 ? {} : { authorities: [...given, ...rootCertificates].join('\n') }),
  };
}

function connect(host: string, port: number, connectMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true });
    const fail = (why: string, cause?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new RouterError('unreachable', `${host}:${port} cannot be reached: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no answer within ${connectMs / 1000} s`), connectMs);
    const onError = (error: Error) => fail(error.message, error);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

async function fetchOnce(
  options: HttpClientOptions,
  base: URL,
  agent: Agent,
  path: string,
  init: HttpRequest,
): Promise<Response> {
  init.signal?.throwIfAborted();
  const { body } = init;
  const request = httpRequest({
    agent,
    method: init.method ?? 'GET',
    path: `${base.pathname.replace(/\/$/, '')}${path}`,
    headers: {
      host: base.host,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body instanceof Uint8Array ? { 'content-length': String(body.byteLength) } : {}),
      ...init.headers,
    },
  });
  const exchange = new Exchange(request, options.limits, base);
  const stop = () => exchange.fail(new RouterError('closed', 'given up'));
  init.signal?.addEventListener('abort', stop, { once: true });
  try {
    const answer = await exchange.run(body);
    return responseOf(answer, options.limits.stallMs);
  } catch (error) {
    const again = request.reusedSocket && body === undefined && error instanceof RouterError && error.code === 'closed';
    if (again && init.signal?.aborted !== true) {
      // The server let go of a connection that had been idle.
      return await fetchOnce(options, base, agent, path, init);
    }
    throw error;
  } finally {
    init.signal?.removeEventListener('abort', stop);
  }
}

/** One request on its way. */
class Exchange {
  readonly #request: ClientRequest;
  readonly #limits: HttpClientOptions['limits'];
  readonly #base: URL;
  readonly #answer = Promise.withResolvers<IncomingMessage>();
  #answered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: ClientRequest, limits: HttpClientOptions['limits'], base: URL) {
    this.#request = request;
    this.#limits = limits;
    this.#base = base;
    // It may fail while the body of the request is what is waited for.
    this.#answer.promise.catch(() => undefined);
    request.once('response', (answer) => {
      this.#answered = true;
      clearTimeout(this.#timer);
      this.#answer.resolve(answer);
    });
    request.on('error', (error) => this.#answer.reject(this.#failure(error)));
  }

  fail(error: Error): void {
    this.#answer.reject(error);
    this.#request.destroy(error);
  }

  /** @throws RouterError; and what the body throws */
  async run(body: HttpRequest['body']): Promise<IncomingMessage> {
    try {
      await this.#write(body);
      if (!this.#answered) {
        this.#within(this.#limits.responseMs, 'answered nothing');
      }
      return await this.#answer.promise;
    } catch (error) {
      this.#request.destroy();
      throw error;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async #write(body: HttpRequest['body']): Promise<void> {
    if (body === undefined || body instanceof Uint8Array) {
      this.#request.end(body);
      return;
    }
    let before: Uint8Array = new Uint8Array();
    for await (const piece of body) {
      if (this.#answered) {
        // It knows enough: what of the body is left would be read by nobody, and the connection serves no further request.
        this.#request.shouldKeepAlive = false;
        return;
      }
      if (before.byteLength + piece.byteLength <= GATHERED_BYTES) {
        before = Buffer.concat([before, piece]);
      } else {
        await this.#taken(before, piece);
        before = new Uint8Array();
      }
    }
    this.#request.end(before.byteLength === 0 ? undefined : before);
  }

  /** NOTE: the memory of a piece may be used again once the next is asked for: the system must have taken it. */
  async #taken(before: Uint8Array, piece: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#within(this.#limits.stallMs, 'took no bytes');
    if (before.byteLength > 0) {
      // Node writes what comes in one turn at once.
      this.#request.write(before);
    }
    // What it fails with the answer fails with.
    this.#request.write(piece, (error) => (error ? undefined : resolve()));
    await Promise.race([promise, this.#answer.promise]);
    clearTimeout(this.#timer);
  }

  #within(ms: number, what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(new RouterError('timeout', `${this.#base.host} ${what} for ${ms / 1000} s`)), ms);
  }

  #failure(error: unknown): RouterError {
    if (error instanceof RouterError) {
      return error;
    }
    return new RouterError('closed', `${this.#base.host} broke off the connection: ${messageOf(error)}`, { cause: error });
  }
}

/** Statuses that have no body. RFC 9110 15. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage, stallMs: number): Response {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 599) {
    answer.destroy();
    throw new RouterError('protocol', `it answered with status ${status}`);
  }
  answer.setTimeout(stallMs, () => answer.destroy(new RouterError('timeout', 'the answer broke off')));
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) {
      headers.append(name, one);
    }
  }
  if (WITHOUT_BODY.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(bodyOf(answer), { status, headers });
}

/** NOTE: Node's declaration of a web stream is another than that of the web. */
function bodyOf(answer: IncomingMessage): ReadableStream<Uint8Array> {
  const body: NodeReadableStream<unknown> = Readable.toWeb(answer);
  return body as ReadableStream<Uint8Array>;
}
