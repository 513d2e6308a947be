import type { Readable } from 'node:stream';
import type { LentPieces } from '@filmless/dicom';

/** What of a request is read here. */
export type Incoming = Pick<
  Readable,
  'on' | 'off' | 'pause' | 'resume' | 'destroyed' | 'errored' | 'readableEnded' | 'readableFlowing'
>;

/** Pieces that wait for their reader before the connection is not read from any more: 64 KiB each at most. */
const MOST_WAITING = 4;

/**
 * What comes over a connection, as it comes: a reader that is quicker than its sender looks at each piece in the same turn in which it was
 * read. The memory of a piece is given back when the next is asked for. Nothing is destroyed when the reader leaves.
 */
export class IncomingPieces implements LentPieces {
  readonly #incoming: Incoming;
  readonly #waiting: Uint8Array[] = [];
  #given: Uint8Array | undefined;
  #reader: PromiseWithResolvers<IteratorResult<Uint8Array, void>> | undefined;
  #state: 'new' | 'open' | 'ended' | 'failed' = 'new';
  #failure: unknown;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what the connection fails with */
  next(): Promise<IteratorResult<Uint8Array, void>> {
    this.#giveBack();
    if (this.#state === 'new') {
      this.#begin();
    }
    const piece = this.#waiting.shift();
    if (piece !== undefined) {
      this.#given = piece;
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#state === 'failed') {
      return Promise.reject(this.#failure);
    }
    if (this.#state === 'ended') {
      return Promise.resolve({ done: true, value: undefined });
    }
    this.#reader = Promise.withResolvers();
    if (this.#incoming.readableFlowing !== true) {
      this.#incoming.resume();
    }
    return this.#reader.promise;
  }

  return(): Promise<IteratorResult<Uint8Array, void>> {
    if (this.#state === 'open') {
      this.#incoming.pause();
    }
    this.#end('ended');
    this.#waiting.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  #begin(): void {
    const { destroyed, errored, readableEnded } = this.#incoming;
    if (destroyed || readableEnded) {
      // It may be about to tell of its failure, which is known by then.
      this.#incoming.on('error', () => undefined);
      this.#failure = errored ?? brokenOff();
      this.#state = readableEnded ? 'ended' : 'failed';
      return;
    }
    this.#state = 'open';
    this.#incoming.on('end', this.#ended);
    this.#incoming.on('error', this.#failed);
    this.#incoming.on('close', this.#closed);
    this.#incoming.on('data', this.#came);
  }

  readonly #came = (chunk: Uint8Array): void => {
    // NOTE: no Buffer, whose `slice` is no copy.
    const piece = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      this.#given = piece;
      reader.resolve({ done: false, value: piece });
      return;
    }
    this.#waiting.push(piece);
    if (this.#waiting.length >= MOST_WAITING) {
      this.#incoming.pause();
    }
  };

  readonly #ended = (): void => this.#end('ended');

  readonly #failed = (error: unknown): void => {
    this.#failure = error;
    this.#end('failed');
  };

  readonly #closed = (): void => {
    this.#failure = this.#incoming.errored ?? brokenOff();
    this.#end('failed');
  };

  #end(state: 'ended' | 'failed'): void {
    this.#incoming.off('data', this.#came);
    this.#incoming.off('end', this.#ended);
    this.#incoming.off('error', this.#failed);
    this.#incoming.off('close', this.#closed);
    this.#state = state;
    const reader = this.#reader;
    this.#reader = undefined;
    if (state === 'ended') {
      reader?.resolve({ done: true, value: undefined });
    } else {
      reader?.reject(this.#failure);
    }
  }

  /** NOTE: a piece that is only part of its memory shares it with others. */
  #giveBack(): void {
    const given = this.#given;
    this.#given = undefined;
    if (given !== undefined && given.buffer instanceof ArrayBuffer && given.buffer.byteLength === given.byteLength) {
      given.buffer.transfer(0);
    }
  }
}

function brokenOff(): Error {
  return new Error('the connection broke off before the end of the body');
}
