import { dirname, join } from 'node:path';
import type { Disk, FileAhead, FolderSync } from '@filmless/disk';
import type { FileStoreParts } from './file-store-parts.ts';

/** Files made ahead at most: what a start after a power cut removes, and descriptors held. */
const MOST_STOCKED = 32;
/** The first files made ahead; each time they did not last, twice as many. */
const FIRST_STOCK = 4;
/** Without an object for so long, what is left is removed: a backup of a server at rest meets no empty files. */
const STOCK_IDLE_MS = 60_000;

/** An empty file under its permanent name, which survives a power cut already. */
export interface StockedFile {
  readonly key: string;
  readonly file: FileAhead;
}

/**
 * Files made ahead of the objects that go into them. A folder's sync waits for whatever else is being written; here one
 * is shared by many objects, and none of them waits for it. What is not used is removed when no more objects come and at the end
 * of the run; after a power cut the next start removes it.
 */
export class FileStock {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #parts: FileStoreParts;
  readonly #sync: FolderSync;
  readonly #ready: StockedFile[] = [];
  /** Files that are to be ready after a refill; 0 where there was none. */
  #most = 0;
  /** Somebody found no file since the last refill began. */
  #missed = false;
  #refilling: Promise<void> | undefined;
  #removing: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
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
    this.#missed ||= taken === undefined;
    if (this.#refilling === undefined && !this.#closed && (this.#missed || this.#ready.length < this.#most / 2)) {
      this.#refilling = this.#refill().finally(() => {
        this.#refilling = undefined;
      });
    }
    this.#stayAwake();
    return taken;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#refilling;
    this.#removeAll();
    await this.#removing;
  }

  #stayAwake(): void {
    if (!this.#closed) {
      this.#idle ??= setTimeout(() => this.#removeAll(), STOCK_IDLE_MS).unref();
      this.#idle.refresh();
    }
  }

  #removeAll(): void {
    this.#most = 0;
    const unused = this.#ready.splice(0);
    this.#removing = Promise.all([this.#removing, ...unused.map((stocked) => this.#giveUp(stocked))]).then(() => undefined);
  }

  /** Makes files, and makes them durable together. A disk that does not take them says so to who stores next. */
  async #refill(): Promise<void> {
    const most = this.#missed ? Math.min(MOST_STOCKED, Math.max(FIRST_STOCK, this.#most * 2)) : this.#most;
    this.#missed = false;
    const made: StockedFile[] = [];
    try {
      for (
        let wanted = most - this.#ready.length;
        wanted > 0 && !this.#closed;
        wanted = most - this.#ready.length - made.length
      ) {
        await this.#makeSome(wanted, made);
      }
      const folders = new Set(made.map(({ key }) => dirname(join(this.#root, key))));
      await Promise.all([...folders].map((folder) => this.#sync.sync(folder)));
      this.#ready.push(...made);
      this.#most = most;
      this.#stayAwake();
    } catch {
      await Promise.all(made.map((stocked) => this.#giveUp(stocked)));
    }
  }

  /**
   * Adds files to those that were made, also where one of them cannot be. NOTE: one after the other, for the system makes one name of a
   * folder at a time: threads that made several would wait for one another, and take processor time for it.
   */
  async #makeSome(count: number, made: StockedFile[]): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      made.push(await this.#make());
    }
  }

  async #make(): Promise<StockedFile> {
    const { key } = await this.#parts.take();
    try {
      return { key, file: await this.#disk.createAhead(join(this.#root, key)) };
    } catch (error) {
      await this.#remove(key);
      throw error;
    }
  }

  async #giveUp({ key, file }: StockedFile): Promise<void> {
    await file.close().catch(() => undefined);
    await this.#remove(key);
  }

  /** NOTE: one that cannot be removed stays unsettled, and the next start removes it. */
  async #remove(key: string): Promise<void> {
    await this.#disk
      .remove(join(this.#root, key))
      .then(() => this.#parts.settle(key))
      .catch(() => undefined);
  }
}
