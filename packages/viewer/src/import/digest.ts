import { sha256 } from '@noble/hashes/sha2.js';

const PIECE_BYTES = 1024 * 1024;

/** SHA-256 of a file in hexadecimal, read in pieces. NOTE: not by the browser's own, which wants all of it in memory, and HTTPS. */
export async function sha256Of(file: Blob, signal: AbortSignal): Promise<string> {
  const hash = sha256.create();
  for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
    signal.throwIfAborted();
    hash.update(new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer()));
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
