import { connect, type Socket } from 'node:net';

/** An answer as far as the benchmark looks at it. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Of the body. */
  readonly bytes: number;
  /** Kept of JSON and of what went wrong only: memory asked for anew would have the collector of this process measured. */
  readonly body: Buffer;
  /** From the request to the last byte. */
  readonly ms: number;
}

/** As much at a time as Node reads, and about as much as browsers do. */
const READ_BYTES = 64 * 1024;
const KEPT_BYTES = 4 * 1024 * 1024;
const WAIT_MS = 60_000;

/** What the body's bytes are, from the head of an answer. RFC 9112 6.3. */
export interface Head {
  readonly status: number;
  readonly type: string;
  /** Bytes of the body, where it neither comes in chunks nor ends with the connection. */
  readonly length: number | 'chunks' | 'until-closed';
  readonly closes: boolean;
}

/** @throws Error for what is no answer of HTTP/1.1 */
export function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const fields = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const closes = fields.get('connection')?.toLowerCase() === 'close';
  const chunked = fields.get('transfer-encoding')?.toLowerCase() === 'chunked';
  const length = chunked ? 'chunks' : Number(fields.get('content-length'));
  if (Number.isNaN(status) || (Number.isNaN(length) && !closes)) {
    throw new Error(`not an answer that has an end: ${JSON.stringify(text.slice(0, 200))}`);
  }
  return { status, type: fields.get('content-type') ?? '', length: Number.isNaN(length) ? 'until-closed' : length, closes };
}

/** Takes the bytes of one answer as they come. */
export class AnswerParser {
  head: Head | undefined;
  bytes = 0;
  ended = false;
  #text = '';
  /** Bytes of the body, or of the chunk, that have not come yet. */
  #left = 0;
  /** A line is being read: of the head, of a chunk's size, or behind the last chunk. */
  #line: 'head' | 'size' | 'last' | undefined = 'head';
  readonly #kept: Buffer[] = [];

  get body(): Buffer {
    return Buffer.concat(this.#kept);
  }

  take(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.ended) {
      at = this.#line === undefined ? this.#takeBody(bytes, at) : this.#takeLine(bytes, at, this.#line);
    }
    if (at < bytes.length) {
      throw new Error('there are bytes behind the answer');
    }
  }

  #takeLine(bytes: Buffer, at: number, kind: 'head' | 'size' | 'last'): number {
    const ending = kind === 'head' ? '\r\n\r\n' : '\r\n';
    const before = this.#text.length;
    this.#text += bytes.toString('latin1', at);
    const end = this.#text.indexOf(ending, Math.max(0, before - ending.length));
    if (end < 0) {
      return bytes.length;
    }
    const line = this.#text.slice(0, end);
    this.#text = '';
    this.#lineEnded(line, kind);
    return at + end + ending.length - before;
  }

  #lineEnded(line: string, kind: 'head' | 'size' | 'last'): void {
    if (kind === 'head') {
      this.head = parseHead(line);
      const { length } = this.head;
      this.#left = length === 'until-closed' ? Number.POSITIVE_INFINITY : length === 'chunks' ? 0 : length;
      this.#line = length === 'chunks' ? 'size' : undefined;
      this.ended = length === 0;
    } else if (kind === 'last') {
      this.ended = line === '';
    } else if (line !== '') {
      this.#left = Number.parseInt(line, 16);
      this.#line = this.#left === 0 ? 'last' : undefined;
    }
  }

  #takeBody(bytes: Buffer, at: number): number {
    const part = Math.min(this.#left, bytes.length - at);
    this.bytes += part;
    this.#left -= part;
    if (this.bytes <= KEPT_BYTES && (this.head?.status !== 200 || this.head.type.includes('json'))) {
      this.#kept.push(Buffer.from(bytes.subarray(at, at + part)));
    }
    if (this.#left === 0) {
      this.ended = this.head?.length !== 'chunks';
      this.#line = this.ended ? undefined : 'size';
    }
    return at + part;
  }

  get endsWithConnection(): boolean {
    return this.head?.length === 'until-closed';
  }
}

interface Waiting {
  readonly parser: AnswerParser;
  readonly done: (error?: Error) => void;
}

/** One connection to a server, opened anew where the server closes it; one request at a time. */
export class HttpReader implements Disposable {
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async ask(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const socket = this.#socket ?? (await this.#connect());
    const fields = Object.entries({ host: `127.0.0.1:${this.#port}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const parser = new AnswerParser();
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { parser, done: (error) => (error === undefined ? resolve() : reject(error)) };
      socket.write(`GET ${path} HTTP/1.1\r\n${fields.join('')}\r\n`);
    });
    const ms = performance.now() - began;
    const { status, type, closes } = parser.head ?? { status: 0, type: '', closes: true };
    if (closes) {
      this[Symbol.dispose]();
    }
    return { status, type, bytes: parser.bytes, body: parser.body, ms };
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
      const onread = { buffer, callback: (length: number) => this.#take(buffer.subarray(0, length)) };
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread }, () => resolve(socket));
      socket.setTimeout(WAIT_MS, () => socket.destroy(new Error('no answer for 60 s')));
      const lost = (error?: Error) => {
        reject(error);
        // Not that of a connection that took its place.
        if (this.#socket === socket) {
          this.#end(error);
        }
      };
      socket.once('error', lost);
      socket.once('close', () => {
        const isEnd = this.#waiting?.parser.endsWithConnection === true;
        lost(isEnd ? undefined : new Error('the server closed the connection within an answer'));
      });
      this.#socket = socket;
    });
  }

  #take(bytes: Buffer): boolean {
    const waiting = this.#waiting;
    try {
      waiting?.parser.take(bytes);
      if (waiting?.parser.ended === true) {
        this.#end();
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  #end(error?: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (error !== undefined) {
      this[Symbol.dispose]();
    }
    waiting?.done(error);
  }
}
