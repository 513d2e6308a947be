import type { OpenFile } from '@filmless/disk';

/** Files that are kept open when nobody reads them: whoever looks at an image mostly asks for more of it. */
const MOST_IDLE = 64;
/** Milliseconds for which one is kept so. */
const IDLE_MS = 5000;

interface Kept {
  readonly file: OpenFile;
  readers: number;
  /** It was removed: the last reader closes it. */
  gone: boolean;
  idleSince: number;
}

/** Files that are being read, and those read last: to open one takes as long as to read it. */
export class OpenFiles implements AsyncDisposable {
  /** The ones read least recently first. */
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;

  /** The file of a key, opened by `open` unless it is open. Its reader closes it. */
  async read(key: string, open: () => Promise<OpenFile>): Promise<OpenFile> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      return this.#lend(key, known);
    }
    const opened: Kept = { file: await open(), readers: 0, gone: false, idleSince: 0 };
    if (this.#kept.has(key)) {
      // Somebody else opened it meanwhile.
      return opened.file;
    }
    this.#kept.set(key, opened);
    return this.#lend(key, opened);
  }

  /** The file of a key was removed: it is opened anew by whoever asks next, and its room is free once its readers are through. */
  async forget(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      kept.gone = true;
      await (kept.readers === 0 ? kept.file.close() : undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([...this.#kept.keys()].map((key) => this.forget(key)));
  }

  #lend(key: string, kept: Kept): OpenFile {
    kept.readers += 1;
    let closed: Promise<void> | undefined;
    return {
      size: kept.file.size,
      read: (into, offset) =>
        closed === undefined ? kept.file.read(into, offset) : Promise.reject(new Error('the file was closed')),
      close: () => {
        closed ??= this.#giveBack(key, kept);
        return closed;
      },
    };
  }

  async #giveBack(key: string, kept: Kept): Promise<void> {
    kept.readers -= 1;
    if (kept.readers > 0) {
      return;
    }
    if (kept.gone) {
      await kept.file.close();
      return;
    }
    kept.idleSince = performance.now();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > MOST_IDLE) {
      await this.#closeOldest();
    }
    this.#timer ??= setTimeout(() => void this.#rest(), IDLE_MS).unref();
  }

  async #rest(): Promise<void> {
    this.#timer = undefined;
    await this.#closeIdle(performance.now() - IDLE_MS).catch(() => undefined);
    if (this.#kept.size > 0) {
      this.#timer ??= setTimeout(() => void this.#rest(), IDLE_MS).unref();
    }
  }

  /** Those beyond the most that are kept. */
  async #closeOldest(): Promise<void> {
    let idle = 0;
    for (const { readers } of this.#kept.values()) {
      idle += readers === 0 ? 1 : 0;
    }
    for (const [key, { readers }] of this.#kept) {
      if (idle <= MOST_IDLE) {
        return;
      }
      if (readers === 0) {
        idle -= 1;
        await this.forget(key);
      }
    }
  }

  /** All that were idle before `since`. */
  async #closeIdle(since: number): Promise<void> {
    const old = [...this.#kept].filter(([, { readers, idleSince }]) => readers === 0 && idleSince < since);
    for (const [key] of old) {
      await this.forget(key);
    }
  }
}
