import type { NewFile } from './disk.ts';

/**
 * Writes pieces in batches, each copied: one batch is on its way to the disk while the next is gathered, and their two buffers
 * are all the memory it takes.
 */
export class BatchWriter {
  readonly #file: Pick<NewFile, 'write'>;
  #batch: Uint8Array;
  #other: Uint8Array | undefined;
  #used = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: Pick<NewFile, 'write'>, batchBytes: number) {
    this.#file = file;
    this.#batch = Buffer.allocUnsafeSlow(batchBytes);
  }

  /** Undefined when the piece was taken at once; else it must not change until this resolves. @throws the error of an earlier batch */
  write(piece: Uint8Array): Promise<void> | undefined {
    if (piece.byteLength >= this.#batch.byteLength - this.#used) {
      return this.#writeLong(piece);
    }
    this.#take(piece);
    return undefined;
  }

  /** Writes what is left; resolves when all of it is handed to the system. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #writeLong(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength; ) {
      at += this.#take(piece.subarray(at));
      if (this.#used === this.#batch.byteLength) {
        await this.#flush();
      }
    }
  }

  /** Takes as much as fits. */
  #take(piece: Uint8Array): number {
    const some = piece.subarray(0, this.#batch.byteLength - this.#used);
    this.#batch.set(some, this.#used);
    this.#used += some.byteLength;
    return some.byteLength;
  }

  async #flush(): Promise<void> {
    if (this.#used === 0) {
      return;
    }
    const full = this.#batch.subarray(0, this.#used);
    await this.#writing;
    this.#writing = this.#file.write([full]);
    // NOTE: a failure is thrown by the next call; here it must only not count as unhandled.
    this.#writing.catch(() => undefined);
    const next = this.#other ?? Buffer.allocUnsafeSlow(this.#batch.byteLength);
    this.#other = this.#batch;
    this.#batch = next;
    this.#used = 0;
  }
}
