import { createHash } from 'node:crypto';

/** Where a data set begins lies within this: file meta information has some hundred bytes. */
const BEGINNING_BYTES = 65_536;
/** What is looked at before the whole object is read. */
const HEAD_BYTES = 16_384;

export interface Digested {
  readonly dataSetOffset: number;
  /** Of the data set, in hexadecimal. */
  readonly sha256: string;
  /** First bytes of the data set. */
  readonly head: Uint8Array;
}

/** Hashes the data set of an object whose bytes come piece by piece, and keeps its first bytes. */
export class DataSetDigest {
  readonly #hash = createHash('sha256');
  readonly #find: ((beginning: Uint8Array) => number) | undefined;
  /** Pieces of the beginning, until it is known where the data set begins. */
  #beginning: Uint8Array[] = [];
  #start: number | undefined;
  // NOTE: a copy, because the memory of a piece is used again.
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  /** Bytes of the object so far. */
  #size = 0;

  /** `where`: where the data set begins, or what tells it from the first bytes of the object. */
  constructor(where: number | ((beginning: Uint8Array) => number)) {
    this.#start = typeof where === 'number' ? where : undefined;
    this.#find = typeof where === 'number' ? undefined : where;
  }

  /** @throws what the function throws that was given */
  update(piece: Uint8Array): void {
    const at = this.#size;
    this.#size += piece.byteLength;
    if (this.#start !== undefined) {
      this.#take(piece, at, this.#start);
      return;
    }
    this.#beginning.push(new Uint8Array(piece));
    if (this.#size >= BEGINNING_BYTES) {
      this.#begin();
    }
  }

  end(): Digested {
    if (this.#start === undefined) {
      this.#begin();
    }
    return {
      dataSetOffset: Math.min(this.#start ?? 0, this.#size),
      sha256: this.#hash.digest('hex'),
      head: Buffer.concat(this.#head),
    };
  }

  #begin(): void {
    const beginning = Buffer.concat(this.#beginning);
    this.#beginning = [];
    const start = Math.max(0, this.#find?.(beginning.subarray(0, BEGINNING_BYTES)) ?? 0);
    this.#start = start;
    this.#take(beginning, 0, start);
  }

  #take(piece: Uint8Array, at: number, start: number): void {
    const part = at >= start ? piece : piece.subarray(start - at);
    this.#hash.update(part);
    if (this.#headBytes < HEAD_BYTES) {
      const more = new Uint8Array(part.subarray(0, HEAD_BYTES - this.#headBytes));
      this.#head.push(more);
      this.#headBytes += more.byteLength;
    }
  }
}
