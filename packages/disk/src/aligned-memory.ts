/** Where memory, length and place in the file must begin and end for a write past the page cache: a page, no drive asks for more. open(2), O_DIRECT. */
export const ALIGNMENT = 4096;

/**
 * Memory that begins on a page and that all threads see. NOTE: V8 takes whole pages from the system for a buffer that could grow; of
 * any other it leaves the beginning to malloc. Were that to change, writes from it would go through the page cache, and be right all the same.
 */
export function alignedMemory(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);
}

/** Whether a piece can be written past the page cache as it is. */
export function isAligned(piece: Uint8Array): boolean {
  return piece.byteOffset % ALIGNMENT === 0 && piece.byteLength % ALIGNMENT === 0 && piece.buffer instanceof SharedArrayBuffer;
}
