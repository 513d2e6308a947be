import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ReceivedContent } from '@filmless/dicom';
import { BatchWriter } from './batch-writer.ts';
import type { DataSetDigest, Digested } from './data-set-digest.ts';
import type { Disk, NewFile } from './disk.ts';
import { DiskError, diskError } from './disk-error.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { keepable } from './pieces.ts';
import type { ReceptionLimits } from './reception.ts';

/** What arrivals of one reception share. */
export interface Shared {
  readonly disk: Disk;
  readonly folder: string;
  readonly limits: ReceptionLimits;
  readonly budget: MemoryBudget;
}

export interface Arrived extends Digested {
  readonly content: ReceivedContent;
  readonly size: number;
  /** Bytes of the budget that it holds. */
  readonly memory: number;
}

/** A file that an arrival is written to. */
interface Spill {
  readonly path: string;
  readonly file: NewFile;
  readonly writer: BatchWriter;
}

/** One object while it comes in: pieces in memory at first, a file from when they are too many. */
export class Arrival {
  readonly #shared: Shared;
  readonly #digest: DataSetDigest;
  #size = 0;
  #pieces: Uint8Array[] = [];
  #memory = 0;
  #lastChunk: ArrayBufferLike | undefined;
  #spill: Spill | undefined;

  constructor(shared: Shared, digest: DataSetDigest) {
    this.#shared = shared;
    this.#digest = digest;
  }

  /** Undefined while more can come at once. @throws DiskError `too-long`, `full`, `failed` */
  add(piece: Uint8Array): Promise<void> | undefined {
    const { limits, budget } = this.#shared;
    this.#size += piece.byteLength;
    if (this.#size > limits.instanceBytes) {
      throw new DiskError('too-long', `the object is longer than ${limits.instanceBytes} bytes`);
    }
    this.#digest.update(piece);
    if (this.#spill !== undefined) {
      return this.#spill.writer.write(piece)?.catch(notWritten);
    }
    const kept = keepable(piece);
    // NOTE: a piece holds the chunk it came in, which counts once for the pieces of it that follow one another.
    const memory = kept.buffer === this.#lastChunk ? 0 : kept.buffer.byteLength;
    this.#lastChunk = kept.buffer;
    this.#pieces.push(kept);
    if (this.#size <= limits.memoryInstanceBytes && budget.take(memory)) {
      this.#memory += memory;
      return undefined;
    }
    return this.#intoFile().catch(notWritten);
  }

  /** @throws DiskError `full`, `failed` */
  async end(): Promise<Arrived> {
    const rest = { size: this.#size, memory: this.#memory, ...this.#digest.end() };
    if (this.#spill === undefined) {
      return { content: { pieces: this.#pieces }, ...rest };
    }
    const { path, file, writer } = this.#spill;
    await writer.end().catch(notWritten);
    // Its name need not survive: the folder is emptied when the next run opens it.
    await file.sync().catch(notWritten);
    await file.close().catch(notWritten);
    return { content: { path }, ...rest };
  }

  /** Leaves nothing, neither in memory nor on the disk. */
  async undo(): Promise<void> {
    this.#giveBack();
    if (this.#spill !== undefined) {
      const { path, file } = this.#spill;
      await file.close().catch(() => undefined);
      await this.#shared.disk.remove(path).catch(() => undefined);
    }
  }

  async #intoFile(): Promise<void> {
    const { disk, folder, limits } = this.#shared;
    const path = join(folder, `${randomUUID()}.part`);
    const file = await disk.create(path);
    const writer = new BatchWriter(file, limits.writeBatchBytes);
    this.#spill = { path, file, writer };
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) {
      await writer.write(piece);
    }
    this.#giveBack();
  }

  #giveBack(): void {
    this.#shared.budget.giveBack(this.#memory);
    this.#memory = 0;
  }
}

function notWritten(error: unknown): never {
  throw diskError(error, 'the received object could not be written');
}
