import { join } from 'node:path';
import type { Disk, FolderSync, NewFile } from '@filmless/disk';
import type { FileStoreParts } from './file-store-parts.ts';

/** Files made ahead at most: what a start after a power cut removes, and descriptors held. */
const MOST_STOCKED = 32;
/** The first files made ahead; each time they do not last, twice as many. */
const FIRST_STOCK = 4;

/** An empty file under its permanent name, which survives a power cut already. */
export interface StockedFile {
  readonly key: string;
  readonly file: NewFile;
}

/**
 * Files made ahead of the objects that go into them. A folder's sync waits for whatever else is being written; here one
 * is shared by many objects, and none of them waits for it. What is not used is removed at the end of the run, or as torn at the
 * next start. A stock is only kept while objects come.
 */
export class FileStock {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #parts: FileStoreParts;
  readonly #sync: FolderSync;
  readonly #ready: StockedFile[] = [];
  #next = FIRST_STOCK;
  #refilling: Promise<void> | undefined;
  #closed = false;

  constructor(disk: Disk, root: string, parts: FileStoreParts, sync: FolderSync) {
    this.#disk = disk;
    this.#root = root;
    this.#parts = parts;
    this.#sync = sync;
  }

  /** A file, if there is one; has more made where few are left. */
  take(): StockedFile | undefined {
    const taken = this.#ready.shift();
    if (this.#ready.length < this.#next / 2 && this.#refilling === undefined && !this.#closed) {
      this.#refilling = this.#refill(taken === undefined).finally(() => {
        this.#refilling = undefined;
      });
    }
    return taken;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#refilling;
    await Promise.all(this.#ready.splice(0).map((stocked) => this.#giveUp(stocked)));
  }

  /** Makes files, and makes them durable together. A disk that does not take them says so to who stores next. */
  async #refill(wasEmpty: boolean): Promise<void> {
    if (wasEmpty) {
      this.#next = Math.min(MOST_STOCKED, this.#next * 2);
    }
    const made: StockedFile[] = [];
    const folders = new Set<string>();
    try {
      while (made.length < this.#next) {
        const { key, folder } = await this.#parts.take();
        folders.add(folder);
        made.push({ key, file: await this.#create(key) });
      }
      await Promise.all([...folders].map((folder) => this.#sync.sync(folder)));
      this.#ready.push(...made);
    } catch {
      await Promise.all(made.map((stocked) => this.#giveUp(stocked)));
    }
  }

  async #create(key: string): Promise<NewFile> {
    try {
      return await this.#disk.create(join(this.#root, key), 'synced');
    } catch (error) {
      this.#parts.settle(key);
      throw error;
    }
  }

  /** NOTE: one that cannot be removed stays unsettled, and the next start removes it. */
  async #giveUp({ key, file }: StockedFile): Promise<void> {
    await file.close().catch(() => undefined);
    await this.#disk
      .remove(join(this.#root, key))
      .then(() => this.#parts.settle(key))
      .catch(() => undefined);
  }
}
