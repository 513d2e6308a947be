import type { Socket } from 'node:net';

/** Why a socket gives no more bytes. */
export type End = { readonly end: 'closed' | 'timeout' };

/** Who waits for bytes, and until when. */
interface Waiting {
  readonly until: number;
  readonly resolve: (arrived: boolean) => void;
}

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
  #waiting: Waiting | undefined;
  /** One for all waits: it is set anew only for a wait that ends before it, or when it finds one that goes on. */
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, readAheadBytes: number) {
    this.#socket = socket;
    this.#limit = readAheadBytes;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** The next chunk; an end once all chunks before it are read, or when `patienceMs` pass in silence. One caller at a time. */
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
    this.#settle(true);
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#settle(true);
  }

  #settle(arrived: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(arrived);
  }

  #wait(patienceMs: number): Promise<boolean> {
    const until = performance.now() + patienceMs;
    if (until < this.#timerAt) {
      this.#setTimer(until, patienceMs);
    }
    return new Promise((resolve) => {
      this.#waiting = { until, resolve };
    });
  }

  #setTimer(at: number, ms: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#ring(), ms);
  }

  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const left = this.#waiting === undefined ? undefined : this.#waiting.until - performance.now();
    if (left === undefined) {
      return;
    }
    // NOTE: timers count whole milliseconds and may ring a little before their time.
    if (left < 1) {
      this.#settle(false);
    } else {
      this.#setTimer(performance.now() + left, Math.ceil(left));
    }
  }
}
