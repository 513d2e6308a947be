export function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
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
