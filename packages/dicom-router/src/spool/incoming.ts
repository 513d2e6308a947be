import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { DepositFile } from '../router.ts';
import { BatchWriter, type WritableFile } from './batch-writer.ts';
import { FolderSync, syncFolder } from './folder-sync.ts';
import { FreeSpace } from './free-space.ts';

/** The disk, as receiving uses it; a test gives one that is full. */
export interface IncomingDisk {
  create(path: string): Promise<WritableFile>;
  syncFolder(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
}

export const DISK: IncomingDisk = {
  create: (path) => open(path, 'wx', 0o640),
  syncFolder,
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** A received file with the first bytes of its data set. */
export interface Received {
  readonly file: DepositFile;
  readonly head: Uint8Array;
}

/** What is looked at before the archive reads the file. */
const HEAD_BYTES = 16_384;

/** The folder where instances lie until they are deposited. Whatever is left in it at start was never acknowledged. */
export class Incoming {
  readonly #folder: string;
  readonly #limits: RouterLimits;
  readonly #disk: IncomingDisk;
  readonly #folderSync: FolderSync;
  readonly #space: FreeSpace;

  private constructor(folder: string, limits: RouterLimits, disk: IncomingDisk) {
    this.#folder = folder;
    this.#limits = limits;
    this.#disk = disk;
    this.#folderSync = new FolderSync(() => disk.syncFolder(folder));
    this.#space = new FreeSpace(
      () => disk.freeBytes(folder),
      limits.freeBytes,
      limits.freeCheckBytes,
      () => performance.now(),
    );
  }

  static async open(folder: string, limits: RouterLimits, disk: IncomingDisk = DISK): Promise<Incoming> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return new Incoming(folder, limits, disk);
  }

  hasRoom(): Promise<boolean> {
    return this.#space.hasRoom();
  }

  /**
   * Writes file meta and data set to a new file, synced with its folder, hashing on the way. When it fails nothing is left.
   * @throws RouterError `full` when the disk could not take it or would be nearly full, `limit-exceeded`; and what `dataSet` throws
   */
  async receive(meta: Uint8Array, dataSet: AsyncIterable<Uint8Array>): Promise<Received> {
    const path = join(this.#folder, `${randomUUID()}.dcm`);
    try {
      return await this.#write(path, meta, dataSet);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /**
   * Writes the data set anew behind other file meta information; the file it was in stays.
   * @throws RouterError `full`
   */
  async rewrite({ file }: Received, meta: Uint8Array): Promise<Received> {
    return await this.receive(meta, createReadStream(file.path, { start: file.dataSetOffset }));
  }

  /** Removes a file that was not handed over. */
  async remove({ file }: Pick<Received, 'file'>): Promise<void> {
    await rm(file.path, { force: true });
  }

  async #write(path: string, meta: Uint8Array, dataSet: AsyncIterable<Uint8Array>): Promise<Received> {
    const file = await this.#disk.create(path).catch(disk);
    const hash = createHash('sha256');
    // NOTE: a copy, because a piece would hold the chunk it came in.
    const head = Buffer.alloc(HEAD_BYTES);
    let size = 0;
    try {
      const writer = new BatchWriter(file, this.#limits.writeBatchBytes);
      await writer.write(meta)?.catch(disk);
      for await (const piece of this.#whileThereIsRoom(dataSet)) {
        if (size < HEAD_BYTES) {
          head.set(piece.subarray(0, HEAD_BYTES - size), size);
        }
        size += piece.byteLength;
        if (meta.byteLength + size > this.#limits.instanceBytes) {
          throw new RouterError('limit-exceeded', `the instance is longer than ${this.#limits.instanceBytes} bytes`);
        }
        hash.update(piece);
        await writer.write(piece)?.catch(disk);
      }
      await writer.end().catch(disk);
      await file.datasync().catch(disk);
    } finally {
      await file.close().catch(disk);
    }
    await this.#folderSync.sync().catch(disk);
    const sha256 = hash.digest('hex');
    return {
      file: { path, size: meta.byteLength + size, dataSetOffset: meta.byteLength, sha256 },
      head: head.subarray(0, size),
    };
  }

  /** Hands the pieces on; asks for room again after each slice, for nobody says beforehand how long a data set is. */
  async *#whileThereIsRoom(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    /** Bytes written in the slice; undefined while none is held. */
    let written: number | undefined;
    try {
      written = await this.#takeSlice();
      for await (const piece of pieces) {
        if (written >= this.#limits.freeCheckBytes) {
          this.#space.giveBack(written);
          written = undefined;
          written = await this.#takeSlice();
        }
        written += piece.byteLength;
        yield piece;
      }
    } finally {
      if (written !== undefined) {
        this.#space.giveBack(written);
      }
    }
  }

  /** Nothing is written in it yet. @throws RouterError `full` */
  async #takeSlice(): Promise<number> {
    if (!(await this.#space.take())) {
      throw new RouterError('full', 'the disk is nearly full');
    }
    return 0;
  }
}

function disk(error: unknown): never {
  throw new RouterError('full', `the disk did not take the instance: ${messageOf(error)}`, { cause: error });
}
