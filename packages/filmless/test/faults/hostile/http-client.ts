import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { ADMIN_TOKEN, type Product } from '../../support/product.ts';

export interface Question {
  readonly method: string;
  /** As it goes into the request line, unchanged. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const PATIENCE_MS = 60_000;

/** A client that sends what it is told, also what `fetch` would make right. */
export class HttpClient implements Disposable {
  readonly #product: Product;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(product: Product) {
    this.#product = product;
  }

  /** A connection that is closed before the answer is an answer of status 0. */
  async ask({ method, path, headers = {}, body }: Question): Promise<HttpAnswer> {
    const { hostname, port } = new URL(this.#product.url);
    return await new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          hostname,
          port,
          method,
          path,
          timeout: PATIENCE_MS,
          headers: {
            authorization: `Bearer ${ADMIN_TOKEN}`,
            ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          const answered = () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              body: Buffer.concat(chunks),
            });
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', answered);
          response.on('error', answered);
        },
      );
      sent.on('timeout', () => {
        sent.destroy();
        reject(new Error(`no answer within ${PATIENCE_MS / 1000} s to ${method} ${path.slice(0, 200)}`));
      });
      sent.on('error', (error) => resolve({ status: 0, type: '', body: Buffer.from(String(error)) }));
      sent.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Says any bytes on a connection of its own, and gives all that comes back until the other side closes, or until it is quiet. */
export async function sayRaw(product: Product, bytes: Uint8Array, quietMs: number): Promise<string> {
  const { hostname, port } = new URL(product.url);
  return await new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
    });
    // What it heard before the connection broke is the answer.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

const IN_WORDS: ReadonlySet<string> = new Set(['application/problem+json', 'application/dicom+json', 'application/dicom+xml']);

/** What is wrong with an answer to something hostile: a failure of the server, or a refusal without a word. */
export function complaint({ status, type, body }: HttpAnswer): string | undefined {
  const text = body.toString('utf8', 0, 2000);
  if (status === 503 && text.includes('Viewer not built')) {
    return undefined;
  }
  if (status === 0 || status >= 500) {
    return `${status} ${text}`;
  }
  if (status < 400) {
    return undefined;
  }
  if (/\n\s+at |node_modules|\.ts:\d/.test(text)) {
    return `${status} with a stack: ${text}`;
  }
  const media = type.split(';')[0] ?? '';
  if (!IN_WORDS.has(media)) {
    return `${status} as ${JSON.stringify(type)}: ${text}`;
  }
  return media !== 'application/problem+json' || /"detail":"[^"]/.test(text) ? undefined : `${status} without a detail: ${text}`;
}
