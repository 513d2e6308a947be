import type { Socket } from 'node:net';

/** Why a socket gives no more bytes. */
export type End = { readonly end: 'closed' | 'timeout' };

/**
 * The read side of a socket as a bounded queue: while more than `readAheadBytes` wait, the socket is paused and TCP slows the
 * peer down.
 */
export class ByteQueue {
  readonly #socket: Socket;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, readAheadBytes: number) {
    this.#socket = socket;
    this.#limit = readAheadBytes;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** The next chunk; an end once all chunks before it are read, or when `patienceMs` pass in silence. */
  async next(patienceMs: number): Promise<Buffer | End> {
    if (this.#chunks.length === 0 && !this.#ended && !(await this.#wait(patienceMs))) {
      return { end: 'timeout' };
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      return { end: 'closed' };
    }
    this.#bytes -= chunk.byteLength;
    if (this.#bytes < this.#limit && this.#socket.isPaused()) {
      this.#socket.resume();
    }
    return chunk;
  }

  /** From here on what arrives is thrown away, and nobody waits for it: the association is over. */
  discard(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.#end();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= this.#limit) {
      this.#socket.pause();
    }
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  #wait(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (arrived: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(arrived);
      };
      const timer = setTimeout(() => done(false), patienceMs);
      this.#wake = () => done(true);
    });
  }
}
