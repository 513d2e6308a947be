import http from 'node:http';
import https from 'node:https';
import { idleAgent } from './idle-agent.ts';

/** No body comes or goes slower than this: a request has so much more time as its body is long. */
const SLOWEST_BYTES_PER_SECOND = 250_000;
/**
 * Statuses that the client would meet with tries of its own: without their answers read, their code kept, or a new signature. It
 * is shown another that it leaves alone, so that it reads the code and gives the error to us.
 */
const OWN_RETRIES: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 520]);
const LEFT_ALONE = 599;

type Request = typeof http.request;

/** How requests go out: over connections that are kept, and each answered within a bounded time. */
export class S3Transport implements Disposable {
  readonly agent: http.Agent;
  readonly #send: Request;
  readonly #answerMs: number;

  /** `answerMs`: a server that sends no byte for so long after a request is away. */
  constructor(tls: boolean, answerMs: number) {
    this.agent = idleAgent(tls, answerMs);
    this.#send = tls ? https.request : http.request;
    this.#answerMs = answerMs;
  }

  /** As node's, with the options first; the only form the client uses. */
  readonly request: Request = (
    options: http.RequestOptions | string | URL,
    answered?: http.RequestOptions | ((response: http.IncomingMessage) => void),
  ): http.ClientRequest => {
    if (typeof options !== 'object' || options instanceof URL || typeof answered !== 'function') {
      throw new TypeError('a request to the object store is made of options and a callback');
    }
    const request = this.#send(options, (response) => {
      if (OWN_RETRIES.has(response.statusCode ?? 0)) {
        response.statusCode = LEFT_ALONE;
      }
      answered(response);
    });
    const timer = setTimeout(
      () => request.destroy(timeout()),
      this.#answerMs + (bodyBytes(options) / SLOWEST_BYTES_PER_SECOND) * 1000,
    );
    request.once('response', () => clearTimeout(timer));
    request.once('close', () => clearTimeout(timer));
    return request;
  };

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

function timeout(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}

function bodyBytes({ headers }: http.RequestOptions): number {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  return Number(given ?? 0);
}
