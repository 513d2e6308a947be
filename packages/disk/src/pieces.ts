/** A piece that is a smaller part of the chunk it came in is copied: it would hold the whole chunk in memory. */
const SMALL_PART = 1 / 8;

/** A piece that may be kept: a copy where it would hold many more bytes than its own. */
export function keepable(piece: Uint8Array): Uint8Array {
  return piece.byteLength < piece.buffer.byteLength * SMALL_PART ? new Uint8Array(piece) : piece;
}

/** What is left of pieces behind their first `bytes`. */
export function behind(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    const skipped = Math.min(skip, piece.byteLength);
    skip -= skipped;
    if (skipped < piece.byteLength) {
      rest.push(skipped === 0 ? piece : piece.subarray(skipped));
    }
  }
  return rest;
}
