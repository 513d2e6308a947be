import type { Socket } from 'node:net';
import type { ReceiveBuffer } from './receive-buffer.ts';

/** Why a socket gives no more bytes. */
export type End = { readonly end: 'closed' | 'timeout' };

/** Who waits for bytes, and until when. */
interface Waiting {
  until: number;
  readonly resolve: (arrived: boolean) => void;
}

/**
 * The read side of a socket as a bounded queue: while more than `readAheadBytes` wait, the socket is paused and TCP slows the
 * peer down. With a buffer that all is read into, one chunk waits at most.
 */
export class ByteQueue {
  readonly #socket: Socket;
  readonly #limit: number;
  readonly #buffer: ReceiveBuffer | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #waiting: Waiting | undefined;
  /** One for all waits: it is set anew only for a wait that ends before it, or when it finds one that goes on. */
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, readAheadBytes: number, buffer?: ReceiveBuffer) {
    this.#socket = socket;
    this.#limit = readAheadBytes;
    this.#buffer = buffer;
    if (buffer === undefined) {
      socket.on('data', (chunk: Buffer) => this.#take(chunk));
    } else {
      buffer.take = (chunk) => {
        this.#chunks.push(chunk);
        this.#settle(true);
        return false;
      };
    }
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /**
   * The next chunk, to be used until the next call; an end once all chunks before it are read, or when `patienceMs` pass in
   * silence. One caller at a time.
   */
  async next(patienceMs: number): Promise<Buffer | End> {
    if (this.#buffer !== undefined && this.#chunks.length === 0) {
      this.#socket.resume();
    }
    if (this.#chunks.length === 0 && !this.#ended && !(await this.#wait(patienceMs))) {
      return { end: 'timeout' };
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      return { end: 'closed' };
    }
    if (this.#buffer === undefined) {
      this.#bytes -= chunk.byteLength;
      if (this.#bytes < this.#limit && this.#socket.isPaused()) {
        this.#socket.resume();
      }
    }
    return chunk;
  }

  /** The wait under way lasts `patienceMs` from now on; Infinity is until something comes. */
  patience(patienceMs: number): void {
    if (this.#waiting !== undefined) {
      this.#waiting.until = this.#lasting(patienceMs);
    }
  }

  /** Ends the wait under way as if its time were over. */
  interrupt(): void {
    this.#settle(false);
  }

  /** From here on what arrives is thrown away, and nobody waits for it: the association is over. */
  discard(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#socket.removeAllListeners('data');
    if (this.#buffer !== undefined) {
      this.#buffer.take = () => true;
    }
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
    const until = this.#lasting(patienceMs);
    return new Promise((resolve) => {
      this.#waiting = { until, resolve };
    });
  }

  /** When a wait that begins now is over; the timer rings until then at the latest. */
  #lasting(patienceMs: number): number {
    const until = performance.now() + patienceMs;
    if (until < this.#timerAt) {
      this.#setTimer(until, patienceMs);
    }
    return until;
  }

  #setTimer(at: number, ms: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#ring(), ms);
  }

  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const left = this.#waiting === undefined ? undefined : this.#waiting.until - performance.now();
    if (left === undefined || left === Number.POSITIVE_INFINITY) {
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
