import { RouterError } from '../errors.ts';

/** Bytes that come in pieces, read as they are needed. The memory of a piece may be used again once the next is asked for. */
export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Nothing comes behind what is held. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Everything held, at least `length` bytes unless the end comes before; nothing is taken. It stays as it is but where it is a single byte that is asked for. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#held.byteLength >= length || this.#ended) {
      return this.#held;
    }
    // NOTE: what is held is copied only where it is too little: most often it is nothing, and the next piece is enough.
    const pieces: Uint8Array[] = this.#held.byteLength === 0 ? [] : [new Uint8Array(this.#held)];
    let total = this.#held.byteLength;
    while (total < length && !this.#ended) {
      const { done, value } = await this.#pieces.next();
      if (done === true) {
        this.#ended = true;
      } else {
        pieces.push(length > 1 ? new Uint8Array(value) : value);
        total += value.byteLength;
      }
    }
    const [first = new Uint8Array(0), second] = pieces;
    this.#held = second === undefined ? first : Buffer.concat(pieces);
    return this.#held;
  }

  /** Takes exactly so many bytes of what is held. */
  skip(length: number): void {
    this.#held = this.#held.subarray(length);
  }

  /**
   * The next `length` bytes, piece by piece.
   * @throws RouterError `not-derivable` when there are fewer: the object is cut off
   */
  async *take(length: number): AsyncGenerator<Uint8Array, void, void> {
    for (let left = length; left > 0; ) {
      const held = await this.peek(1);
      if (held.byteLength === 0) {
        throw new RouterError('not-derivable', `the object is cut off: ${left} bytes of its Pixel Data are missing`);
      }
      const piece = held.subarray(0, left);
      this.skip(piece.byteLength);
      left -= piece.byteLength;
      yield piece;
    }
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Uint8Array, void, void> {
    for (let held = await this.peek(1); held.byteLength > 0; held = await this.peek(1)) {
      this.skip(held.byteLength);
      yield held;
    }
  }
}
