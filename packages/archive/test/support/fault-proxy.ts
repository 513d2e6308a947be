import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the store's neighbourhood does to requests that begin from now on. */
export type Fault =
  | { readonly kind: 'none' }
  /** Nobody listens, and every connection is cut. */
  | { readonly kind: 'away' }
  /** Connections are taken, and nothing is answered as long as it lasts. */
  | { readonly kind: 'hang' }
  /** No object is taken any more; all else works. */
  | { readonly kind: 'full'; readonly code: 'XMinioStorageFull' | 'QuotaExceeded' }
  /** Each body takes its time, up and down. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** Every so many requests one is answered so, and not passed on. */
  | { readonly kind: 'failing'; readonly every: number; readonly status: 500 | 503 }
  /** Of every so many writes one is done by the server, and the connection cut in place of its answer. */
  | { readonly kind: 'answer-lost'; readonly every: number }
  /** The connection is cut after so many bytes of a body, up or down. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The clock of one side is wrong. */
  | { readonly kind: 'skewed' };

const PIECE = 16 * 1024;
const MOST_PICKED = 2;
const CODES = { 500: 'InternalError', 503: 'SlowDown' } as const;
const FULL_STATUS = { XMinioStorageFull: 507, QuotaExceeded: 403 } as const;

/** Stands between a client and an S3 server on loopback, streams both ways, and does what it is told. */
export class FaultProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #upstreamPort: number;
  readonly #agent = new Agent({ keepAlive: true });
  #fault: Fault = { kind: 'none' };
  #changed: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #seen = 0;
  /** How often a request was picked, by its method and target. */
  #picked = new Map<string, number>();
  #done = 0;

  private constructor(server: Server, port: number, upstreamPort: number) {
    this.#server = server;
    this.port = port;
    this.#upstreamPort = upstreamPort;
  }

  static async open(upstreamPort: number): Promise<FaultProxy> {
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: 600_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') {
      throw new Error('the proxy has no port');
    }
    const proxy = new FaultProxy(server, address.port, upstreamPort);
    server.on('request', (from, to) => {
      proxy.#answer(from, to).catch(() => to.destroy());
    });
    return proxy;
  }

  /** How many requests the present fault was done to. */
  get done(): number {
    return this.#done;
  }

  async set(fault: Fault): Promise<void> {
    const before = this.#fault;
    this.#fault = fault;
    this.#seen = 0;
    this.#picked = new Map();
    this.#done = 0;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
    if (fault.kind === 'away' && before.kind !== 'away') {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.#server.closeAllConnections();
      await closed;
    } else if (fault.kind !== 'away' && before.kind === 'away') {
      this.#server.listen(this.port, '127.0.0.1');
      await once(this.#server, 'listening');
    }
  }

  /** Connections that clients hold now. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.set({ kind: 'away' });
    this.#agent.destroy();
  }

  async #answer(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const fault = this.#fault;
    const writes = from.method === 'PUT' || from.method === 'POST';
    switch (fault.kind) {
      case 'hang':
        this.#done += 1;
        await this.#changed.promise;
        return await this.#pass(from, to);
      case 'skewed':
        this.#done += 1;
        return refuse(from, to, 403, 'RequestTimeTooSkewed');
      case 'full':
        this.#done += writes ? 1 : 0;
        return writes ? refuse(from, to, FULL_STATUS[fault.code], fault.code) : await this.#pass(from, to);
      case 'failing':
        return this.#isNext(fault.every, from) ? refuse(from, to, fault.status, CODES[fault.status]) : await this.#pass(from, to);
      case 'answer-lost':
        return await this.#pass(from, to, writes && this.#isNext(fault.every, from) ? { answer: lost } : {});
      case 'slow':
        this.#done += 1;
        return await this.#pass(from, to, { body: (bytes) => slowly(bytes, fault.bytesPerSecond) });
      case 'cut':
        this.#done += 1;
        return await this.#pass(from, to, { body: (bytes) => cutOff(bytes, fault.afterBytes) });
      default:
        return await this.#pass(from, to);
    }
  }

  /** NOTE: of several, one and the same request is picked twice at most, so that no test depends on whom chance meets. */
  #isNext(every: number, { method, url }: IncomingMessage): boolean {
    const target = `${method} ${url}`;
    const picked = this.#picked.get(target) ?? 0;
    this.#seen += 1;
    const next = this.#seen % every === 0 && (every === 1 || picked < MOST_PICKED);
    if (next) {
      this.#picked.set(target, picked + 1);
      this.#done += 1;
    }
    return next;
  }

  async #pass(from: IncomingMessage, to: ServerResponse, how: Passing = {}): Promise<void> {
    const body = how.body ?? ((bytes) => bytes);
    const { method, url, rawHeaders } = from;
    // NOTE: the signature covers the Host header, so that it must arrive as it was sent.
    const on = request({ host: '127.0.0.1', port: this.#upstreamPort, method, path: url, agent: this.#agent, setHost: false });
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      on.setHeader(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
    }
    to.once('close', () => on.destroy());
    const answered = once(on, 'response') as Promise<[IncomingMessage]>;
    const sent = pipeline(body(from), on);
    // A server may answer, and close, before it has read all.
    sent.catch(() => to.destroy());
    const [answer] = await answered;
    if (how.answer !== undefined) {
      await how.answer(answer, to);
      return;
    }
    to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    await pipeline(body(answer), new PassThrough(), to);
  }
}

interface Passing {
  readonly body?: (bytes: Readable) => Readable | AsyncGenerator<Uint8Array>;
  readonly answer?: (answer: IncomingMessage, to: ServerResponse) => Promise<void>;
}

async function lost(answer: IncomingMessage, to: ServerResponse): Promise<void> {
  answer.resume();
  await once(answer, 'end');
  to.destroy();
}

function refuse(from: IncomingMessage, to: ServerResponse, status: number, code: string): void {
  from.resume();
  from.once('error', () => to.destroy());
  from.once('end', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>made by a test</Message><RequestId>1</RequestId></Error>`;
    to.writeHead(status, { 'content-type': 'application/xml', 'content-length': String(Buffer.byteLength(xml)) });
    to.end(from.method === 'HEAD' ? undefined : xml);
  });
}

async function* slowly(bytes: Readable, bytesPerSecond: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < chunk.byteLength; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      await new Promise((resolve) => setTimeout(resolve, (piece.byteLength * 1000) / bytesPerSecond));
      yield piece;
    }
  }
}

async function* cutOff(bytes: Readable, afterBytes: number): AsyncGenerator<Uint8Array> {
  let left = afterBytes;
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    yield chunk.subarray(0, left);
    left -= chunk.byteLength;
    if (left <= 0) {
      throw new Error('cut by a test');
    }
  }
}
