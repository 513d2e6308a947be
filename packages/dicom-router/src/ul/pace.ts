/** Given to a connection at once when nothing is known of it, or when it was slow: what takes a minute at 500 bytes a second. */
const LEAST_BYTES = 32_768;
/** The most at once. */
const MOST_BYTES = 4_194_304;
/** A connection that takes what it is given within this time is given twice as much. */
const QUICK_MS = 100;
/** One that takes longer is given little: a peer that takes no bytes must be told from one that takes few. */
const SLOW_MS = 5_000;

/** How much a connection is given at once: fewer, larger writes, as long as it takes them in a moment. */
export class Pace {
  #most = LEAST_BYTES;

  /** A portion of so many bytes was taken. */
  took(bytes: number, ms: number): void {
    if (ms > SLOW_MS) {
      this.#most = LEAST_BYTES;
    } else if (ms < QUICK_MS && bytes >= this.#most) {
      this.#most = Math.min(2 * this.#most, MOST_BYTES);
    }
  }

  /** The first of the pieces, as much as is given at once, and those that remain. */
  portion(pieces: readonly Uint8Array[]): readonly [portion: readonly Uint8Array[], bytes: number, rest: readonly Uint8Array[]] {
    let bytes = 0;
    for (const [index, piece] of pieces.entries()) {
      const room = this.#most - bytes;
      if (piece.byteLength > room) {
        const portion = [...pieces.slice(0, index), piece.subarray(0, room)];
        return [portion, this.#most, [piece.subarray(room), ...pieces.slice(index + 1)]];
      }
      bytes += piece.byteLength;
    }
    return [pieces, bytes, []];
  }
}
