import type { NewFile } from './disk.ts';
import { keepable } from './pieces.ts';

/** The system takes so many at once; then they are written even when they are short of a batch. */
const MAX_PIECES = 1000;

/**
 * Writes pieces in batches, without copying any but small ones: one batch is on its way to the disk while the next is gathered,
 * so two are alive at most. A piece must not change until it is written.
 */
export class BatchWriter {
  readonly #file: Pick<NewFile, 'write'>;
  readonly #batchBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: Pick<NewFile, 'write'>, batchBytes: number) {
    this.#file = file;
    this.#batchBytes = batchBytes;
  }

  /** Undefined while the batch has room; else resolves when there is. @throws the error of an earlier batch */
  write(piece: Uint8Array): Promise<void> | undefined {
    this.#pieces.push(keepable(piece));
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
    this.#pieces = [];
    this.#bytes = 0;
    await this.#writing;
    this.#writing = this.#file.write(pieces);
    // NOTE: a failure is thrown by the next call; here it must only not count as unhandled.
    this.#writing.catch(() => undefined);
  }
}
