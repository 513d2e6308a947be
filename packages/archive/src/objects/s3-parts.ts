import { randomBytes } from 'node:crypto';
import type { LivingRuns } from '../core/object-store.ts';
import { several } from '../core/several.ts';
import type { S3Client, S3Entry } from './s3-client.ts';
import { OBJECT } from './s3-keys.ts';

/** Objects of one part: what a start after a power cut looks through at most, for each part that was being filled. */
const PART_OBJECTS = 10_000;
const SETTLED = 'settled';
const RUN = /^r[0-9a-z]+\/$/;
/** Folders looked at together at start. */
const AT_ONCE = 16;

/** A part with instances of which neither index nor records may know. */
interface Part {
  readonly folder: string;
  readonly pending: Set<string>;
  /** Nothing is added any more. */
  closed: boolean;
}

/**
 * The names in a bucket: `<run>/<part>/<random>.dcm`, and which parts are settled: an empty object `settled` in a part says that
 * all its instances are known to the index or the records, so that no later start looks there.
 */
export class S3Parts {
  readonly #client: S3Client;
  #run = newRun();
  readonly #open = new Map<string, Part>();
  readonly #marking = new Set<Promise<void>>();
  #parts = 0;
  #objects = 0;

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** Where new names lie. */
  get run(): string {
    return this.#run;
  }

  /** Gives names in another run from now on; what is not settled in the one before is somebody else's to look at. */
  goOnIn(run: string): void {
    for (const folder of [...this.#open.keys()]) {
      if (folder.startsWith(`${this.#run}/`)) {
        this.#open.delete(folder);
      }
    }
    this.#run = run;
    this.#parts = 0;
    this.#objects = 0;
  }

  /** A name that nobody else gives; pending until `settled` is called for it. */
  newObject(): string {
    if (this.#objects === PART_OBJECTS) {
      const full = this.#open.get(this.#folder());
      this.#parts += 1;
      this.#objects = 0;
      if (full !== undefined) {
        this.#close(full);
      }
    }
    this.#objects += 1;
    const object = `${this.#folder()}${randomBytes(16).toString('hex')}${OBJECT}`;
    this.pending(object);
    return object;
  }

  /** What lies under a name, or may, the next start looks at, unless `settled` is called for it. */
  pending(key: string): void {
    const folder = folderOf(key);
    const part = this.#open.get(folder) ?? { folder, pending: new Set(), closed: false };
    this.#open.set(folder, part);
    part.pending.add(key);
  }

  settled(key: string): void {
    const part = this.#open.get(folderOf(key));
    if (part?.pending.delete(key) === true) {
      this.#markSettled(part);
    }
  }

  /** What lies in the parts of earlier runs that are not settled; whoever walks over it says what is `pending`. */
  async *unsettled(living: LivingRuns): AsyncGenerator<AsyncIterable<S3Entry>, void> {
    const folders = await this.#unsettledFolders();
    // NOTE: not before: who begins a run says so before the run has a folder.
    const others = await living();
    for (const folder of folders.filter((name) => !others.has(runOf(name)))) {
      const part: Part = { folder, pending: new Set(), closed: false };
      this.#open.set(folder, part);
      yield this.#client.list(folder);
      this.#close(part);
    }
  }

  /** Settles what is known to be. */
  async end(): Promise<void> {
    for (const part of [...this.#open.values()]) {
      this.#close(part);
    }
    await Promise.all(this.#marking);
  }

  #folder(): string {
    return `${this.#run}/${String(this.#parts).padStart(4, '0')}/`;
  }

  #close(part: Part): void {
    part.closed = true;
    this.#markSettled(part);
  }

  #markSettled(part: Part): void {
    if (!part.closed || part.pending.size > 0 || !this.#open.delete(part.folder)) {
      return;
    }
    const marking = this.#client
      .put(part.folder + SETTLED, Buffer.alloc(0))
      // Without the mark the next start looks once more, and finds nothing to do.
      .catch(() => undefined)
      .finally(() => this.#marking.delete(marking));
    this.#marking.add(marking);
  }

  async #unsettledFolders(): Promise<readonly string[]> {
    const found: string[] = [];
    const failed: unknown[] = [];
    const look = async (run: string): Promise<void> => {
      for await (const folder of this.#client.folders(run)) {
        if ((await this.#client.size(folder + SETTLED)) === undefined) {
          found.push(folder);
        }
      }
    };
    await several(this.#earlierRuns(), AT_ONCE, (run) => look(run).catch((error: unknown) => void failed.push(error)));
    if (failed.length > 0) {
      throw failed[0];
    }
    return found.sort();
  }

  async *#earlierRuns(): AsyncGenerator<string, void> {
    for await (const run of this.#client.folders('')) {
      if (RUN.test(run) && run !== `${this.#run}/`) {
        yield run;
      }
    }
  }
}

/** The run of a key. */
export function runOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** A name that no other process gives. */
export function newRun(): string {
  return `r${Date.now().toString(36)}${randomBytes(4).toString('hex')}`;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
