import type { FileHandle } from 'node:fs/promises';

/** The part of a file that receiving needs. */
export type WritableFile = Pick<FileHandle, 'writev' | 'datasync' | 'close'>;

/** The system takes so many at once; then they are written even when they are short of a batch. */
const MAX_PIECES = 1000;
/** A piece that is a smaller part of the chunk it came in is copied: it would hold the whole chunk in memory. */
const SMALL_PART = 1 / 8;

/**
 * Writes pieces in batches, without copying any but small ones: one batch is on its way to the disk while the next is gathered, so two are
 * alive at most.
 */
export class BatchWriter {
  readonly #file: WritableFile;
  readonly #batchBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: WritableFile, batchBytes: number) {
    this.#file = file;
    this.#batchBytes = batchBytes;
  }

  /** Undefined while the batch has room; else resolves when there is. @throws the error of an earlier batch */
  write(piece: Uint8Array): Promise<void> | undefined {
    this.#pieces.push(piece.byteLength < piece.buffer.byteLength * SMALL_PART ? new Uint8Array(piece) : piece);
    this.#bytes += piece.byteLength;
    return this.#bytes >= this.#batchBytes || this.#pieces.length >= MAX_PIECES ? this.#flush() : undefined;
  }

  /** Writes what is left; resolves when all of it is handed to the system. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #flush(): Promise<void> {
    const pieces = this.#pieces;
    const bytes = this.#bytes;
    this.#pieces = [];
    this.#bytes = 0;
    await this.#writing;
    this.#writing = this.#writeAll(pieces, bytes);
    // NOTE: a failure is thrown by the next call; here it must only not count as unhandled.
    this.#writing.catch(() => undefined);
  }

  async #writeAll(pieces: readonly Uint8Array[], bytes: number): Promise<void> {
    let rest = pieces;
    for (let left = bytes; left > 0; ) {
      const { bytesWritten } = await this.#file.writev(rest);
      left -= bytesWritten;
      rest = left > 0 ? after(rest, bytesWritten) : [];
    }
  }
}

/** What is left of `pieces` behind the first `bytes`: a write may be short. */
function after(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    const skipped = Math.min(skip, piece.byteLength);
    skip -= skipped;
    if (skipped < piece.byteLength) {
      rest.push(piece.subarray(skipped));
    }
  }
  return rest;
}
