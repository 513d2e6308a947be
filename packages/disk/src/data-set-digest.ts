import { createHash, type Hash, hash } from 'node:crypto';

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
  /** Of a data set that is longer than what is kept of its beginning: one that is not is hashed at once, which costs half as much. */
  #hash: Hash | undefined;
  readonly #find: ((beginning: Uint8Array) => number) | undefined;
  readonly #firstLook: ((first: Uint8Array) => number | undefined) | undefined;
  /** Pieces of the beginning, until it is known where the data set begins. */
  #beginning: Uint8Array[] = [];
  #start: number | undefined;
  // NOTE: a copy, because the memory of a piece is used again.
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  /** Bytes of the object so far. */
  #size = 0;

  /**
   * `where`: where the data set begins, or what tells it from the first bytes of the object; `firstLook` is asked before, of the first piece
   * alone.
   */
  constructor(where: number | ((beginning: Uint8Array) => number), firstLook?: (first: Uint8Array) => number | undefined) {
    this.#firstLook = firstLook;
    this.#start = typeof where === 'number' ? where : undefined;
    this.#find = typeof where === 'number' ? undefined : where;
  }

  /** @throws what the function throws that was given */
  update(piece: Uint8Array): void {
    const at = this.#size;
    this.#size += piece.byteLength;
    if (this.#start === undefined && at === 0) {
      this.#start = this.#firstLook?.(piece);
    }
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
    const [only = new Uint8Array(), ...more] = this.#head;
    const head = more.length === 0 ? only : Buffer.concat(this.#head);
    return {
      dataSetOffset: Math.min(this.#start ?? 0, this.#size),
      sha256: this.#hash === undefined ? hash('sha256', head) : this.#hash.digest('hex'),
      head,
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
    const left = HEAD_BYTES - this.#headBytes;
    if (part.byteLength > left) {
      this.#hash ??= this.#hashOfHead();
      this.#hash.update(part);
    }
    if (left > 0 && part.byteLength > 0) {
      const more = new Uint8Array(part.subarray(0, left));
      this.#head.push(more);
      this.#headBytes += more.byteLength;
    }
  }

  #hashOfHead(): Hash {
    const begun = createHash('sha256');
    for (const piece of this.#head) {
      begun.update(piece);
    }
    return begun;
  }
}
