import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ReceivedContent } from '@filmless/dicom';
import { BatchWriter } from './batch-writer.ts';
import type { BlockPool } from './block-pool.ts';
import { copyInto } from './copy-into.ts';
import type { DataSetDigest, Digested } from './data-set-digest.ts';
import type { Disk, NewFile } from './disk.ts';
import { DiskError, diskError } from './disk-error.ts';
import type { ReceptionLimits } from './reception.ts';

/** What arrivals of one reception share. */
export interface Shared {
  readonly disk: Disk;
  readonly folder: string;
  readonly limits: ReceptionLimits;
  readonly blocks: BlockPool;
}

export interface Arrived extends Digested {
  readonly content: ReceivedContent;
  readonly size: number;
  /** Memory that it holds. */
  readonly blocks: readonly Uint8Array[];
}

/** A file that an arrival is written to. */
interface Spill {
  readonly path: string;
  readonly file: NewFile;
  readonly writer: BatchWriter;
}

/** One object while it comes in: in blocks of memory at first, in a file from when it is too long for them. */
export class Arrival {
  readonly #shared: Shared;
  readonly #digest: DataSetDigest;
  #size = 0;
  #blocks: Uint8Array[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #spill: Spill | undefined;

  constructor(shared: Shared, digest: DataSetDigest) {
    this.#shared = shared;
    this.#digest = digest;
  }

  /** Undefined while more can come at once. @throws DiskError `too-long`, `full`, `failed` */
  add(piece: Uint8Array): Promise<void> | undefined {
    const { limits } = this.#shared;
    this.#size += piece.byteLength;
    if (this.#size > limits.instanceBytes) {
      throw new DiskError('too-long', `the object is longer than ${limits.instanceBytes} bytes`);
    }
    this.#digest.update(piece);
    if (this.#spill !== undefined) {
      return this.#spill.writer.write(piece)?.catch(notWritten);
    }
    const taken = this.#size <= limits.memoryInstanceBytes ? this.#take(piece) : 0;
    return taken === piece.byteLength ? undefined : this.#intoFile(piece.subarray(taken)).catch(notWritten);
  }

  /** @throws DiskError `full`, `failed` */
  async end(): Promise<Arrived> {
    const rest = { size: this.#size, blocks: this.#blocks, ...this.#digest.end() };
    if (this.#spill === undefined) {
      return { content: { pieces: this.#filled() }, ...rest };
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

  /** Copies as much of a piece as there is memory for. */
  #take(piece: Uint8Array): number {
    let taken = 0;
    while (taken < piece.byteLength) {
      let block = this.#blocks.at(-1);
      if (block === undefined || this.#used === block.byteLength) {
        block = this.#shared.blocks.take(block === undefined);
        if (block === undefined) {
          return taken;
        }
        this.#blocks.push(block);
        this.#used = 0;
      }
      const some = piece.subarray(taken, taken + block.byteLength - this.#used);
      copyInto(block, some, this.#used);
      this.#used += some.byteLength;
      taken += some.byteLength;
    }
    return taken;
  }

  #filled(): Uint8Array[] {
    return this.#blocks.map((block, index) => (index === this.#blocks.length - 1 ? block.subarray(0, this.#used) : block));
  }

  /** Writes what is in memory, then what came last. */
  async #intoFile(piece: Uint8Array): Promise<void> {
    const { disk, folder, limits } = this.#shared;
    const path = join(folder, `${randomUUID()}.part`);
    const file = await disk.create(path);
    const writer = new BatchWriter(file, limits.writeBatchBytes);
    this.#spill = { path, file, writer };
    for (const block of this.#filled()) {
      await writer.write(block);
    }
    this.#giveBack();
    await writer.write(piece);
  }

  #giveBack(): void {
    this.#shared.blocks.giveBack(this.#blocks, true);
    this.#blocks = [];
  }
}

function notWritten(error: unknown): never {
  throw diskError(error, 'the received object could not be written');
}
