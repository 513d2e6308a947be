import fs from 'node:fs';
import { promised } from './promised.ts';

/** Folders kept open: the parts of the object store and the folder of received files; more are seldom in use at a time. */
const MAX_HANDLES = 8;
/** A folder that was not synced for so long is closed, so that its disk can be taken away. */
const IDLE_MS = 5_000;

interface Handle {
  readonly fd: Promise<number>;
  readonly idle: NodeJS.Timeout;
  users: number;
  gone: boolean;
}

/** Folders that are open to be synced: opening and closing one for every sync costs as much as a quick disk needs to sync it. */
export class FolderHandles {
  readonly #handles = new Map<string, Handle>();

  async sync(path: string): Promise<void> {
    const handle = this.#take(path);
    try {
      const fd = await handle.fd;
      await promised<void>((done) => fs.fsync(fd, done));
    } catch (error) {
      this.#drop(path, handle);
      throw error;
    } finally {
      handle.users -= 1;
      await this.#closeIfDone(handle);
    }
  }

  /** Closes those of a folder and below it: what has that name from now on is another folder. */
  forget(path: string): void {
    for (const [known, handle] of this.#handles) {
      if (known.startsWith(path)) {
        this.#drop(known, handle);
        void this.#closeIfDone(handle);
      }
    }
  }

  #take(path: string): Handle {
    const known = this.#handles.get(path);
    const handle = known ?? this.#open(path);
    this.#handles.delete(path);
    this.#handles.set(path, handle);
    handle.users += 1;
    handle.idle.refresh();
    const [longest] = this.#handles;
    if (this.#handles.size > MAX_HANDLES && longest !== undefined) {
      this.#drop(...longest);
      void this.#closeIfDone(longest[1]);
    }
    return handle;
  }

  #open(path: string): Handle {
    const idle = setTimeout(() => {
      this.#drop(path, handle);
      void this.#closeIfDone(handle);
    }, IDLE_MS).unref();
    const handle = { fd: promised<number>((done) => fs.open(path, 'r', done)), idle, users: 0, gone: false };
    return handle;
  }

  #drop(path: string, handle: Handle): void {
    handle.gone = true;
    clearTimeout(handle.idle);
    if (this.#handles.get(path) === handle) {
      this.#handles.delete(path);
    }
  }

  async #closeIfDone(handle: Handle): Promise<void> {
    if (handle.gone && handle.users === 0) {
      // NOTE: once: nobody comes by it any more, for it is in the map no longer.
      handle.users = -1;
      // What was synced is synced, whatever closing says; and what never opened need not be closed.
      await handle.fd.then((fd) => promised<void>((done) => fs.close(fd, done))).catch(() => undefined);
    }
  }
}
