import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Disk, FolderSync } from '@filmless/disk';

/** Objects of one folder: names in it are few enough to list, and to look at again after a power cut. */
const MAX_PART_OBJECTS = 10_000;
/** An empty file of this name in a part says that each object in it came to its commit. */
const SETTLED = 'settled';

/** A folder of objects. */
interface Part {
  /** `<run>/<part>` */
  readonly name: string;
  readonly folder: string;
  taken: number;
  /** No further object will be told of. */
  complete: boolean;
  /** Keys of objects that are not known to have come to their commit. */
  readonly open: Set<string>;
}

/** A place for one object. */
export interface Place {
  readonly key: string;
  readonly folder: string;
}

const NAME_BYTES = 16;
const NAMES_AT_ONCE = 64;

/** Random names, drawn some at a time: each draw costs more than its bytes. */
class RandomNames {
  #drawn = Buffer.alloc(0);

  next(): string {
    if (this.#drawn.byteLength === 0) {
      this.#drawn = randomBytes(NAME_BYTES * NAMES_AT_ONCE);
    }
    const name = this.#drawn.toString('hex', 0, NAME_BYTES);
    this.#drawn = this.#drawn.subarray(NAME_BYTES);
    return name;
  }
}

/**
 * The folders that objects are written to: one run for each start of the archive, so that two never meet in a folder, and in it
 * parts. All objects under way lie in one part and share its sync. A part whose objects are all settled is marked, and a start
 * need not look at it.
 */
export class FileStoreParts {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #sync: FolderSync;
  readonly #run = `r${Date.now().toString(36)}${randomBytes(4).toString('hex')}`;
  readonly #perPart: number;
  readonly #names = new RandomNames();
  readonly #tracked = new Map<string, Part>();
  readonly #finishing = new Set<Promise<void>>();
  #current: Promise<Part> | undefined;
  #made = 0;
  #runIsDurable = false;

  constructor(disk: Disk, root: string, sync: FolderSync, perPart: number = MAX_PART_OBJECTS) {
    this.#disk = disk;
    this.#root = root;
    this.#sync = sync;
    this.#perPart = perPart;
  }

  /** A new key, in a folder that survives a power cut. */
  async take(): Promise<Place> {
    for (;;) {
      this.#current ??= this.#make();
      const making = this.#current;
      const part = await making;
      if (part.taken < this.#perPart) {
        part.taken += 1;
        const key = `${part.name}/${this.#names.next()}.dcm`;
        part.open.add(key);
        return { key, folder: part.folder };
      }
      if (this.#current === making) {
        this.#current = undefined;
        this.#complete(part);
      }
    }
  }

  /** Nobody need look at the object after a restart. */
  settle(key: string): void {
    const part = this.#tracked.get(partOf(key));
    part?.open.delete(key);
    if (part?.complete === true && part.open.size === 0) {
      this.#finish(part);
    }
  }

  /** Whether a power cut that brought the object back would be noticed at the next start. */
  isLookedAt(key: string): boolean {
    return this.#tracked.has(partOf(key));
  }

  /** Objects of a part of an earlier run, each to be settled; once they were all given, `complete` says so. */
  adopt(name: string, keys: Iterable<string>): { readonly complete: () => void } {
    const part = { name, folder: join(this.#root, name), taken: 0, complete: false, open: new Set(keys) };
    this.#tracked.set(name, part);
    return { complete: () => this.#complete(part) };
  }

  /** Whether the part belongs to this run. */
  isOwn(name: string): boolean {
    return name.startsWith(`${this.#run}/`);
  }

  async isSettled(name: string): Promise<boolean> {
    return (await this.#disk.size(join(this.#root, name, SETTLED))) !== undefined;
  }

  /** Ends the run: its last part is marked, if everything in it is settled. */
  async close(): Promise<void> {
    const part = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    if (part !== undefined) {
      this.#complete(part);
    }
    await Promise.all(this.#finishing);
  }

  #make(): Promise<Part> {
    const making = this.#makeDurable().catch((error: unknown) => {
      this.#current = undefined;
      throw error;
    });
    return making;
  }

  async #makeDurable(): Promise<Part> {
    const name = `${this.#run}/${String(this.#made++).padStart(4, '0')}`;
    const folder = join(this.#root, name);
    await this.#disk.makeFolder(folder);
    // NOTE: a new folder survives a power cut only when the folder that lists it was synced.
    await this.#sync.sync(join(this.#root, this.#run));
    if (!this.#runIsDurable) {
      await this.#sync.sync(this.#root);
      this.#runIsDurable = true;
    }
    const part = { name, folder, taken: 0, complete: false, open: new Set<string>() };
    this.#tracked.set(name, part);
    return part;
  }

  #complete(part: Part): void {
    part.complete = true;
    if (part.open.size === 0) {
      this.#finish(part);
    }
  }

  #finish(part: Part): void {
    // NOTE: before anything is awaited: what is deleted from now on is synced by who deletes it.
    if (!this.#tracked.delete(part.name)) {
      return;
    }
    const finishing = this.#mark(part)
      // Without its mark the part is merely looked at again.
      .catch(() => undefined)
      .finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  async #mark({ folder }: Part): Promise<void> {
    // NOTE: the objects that were undone must be gone for good before the part counts as settled.
    await this.#sync.sync(folder);
    const mark = await this.#disk.create(join(folder, SETTLED));
    await mark.close();
  }
}

/** `<run>/<part>` of a key. */
function partOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
