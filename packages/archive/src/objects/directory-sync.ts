import { open } from 'node:fs/promises';

interface Folder {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Syncs folders to disk, so that new names in them survive a power cut. Callers that wait for the same folder together
 * share a sync that began after all of them asked.
 */
export class DirectorySync {
  readonly #folders = new Map<string, Folder>();

  sync(path: string): Promise<void> {
    const folder = this.#folders.get(path);
    if (folder === undefined) {
      const running = this.#run(path);
      this.#folders.set(path, { running, next: undefined });
      return running;
    }
    folder.next ??= this.#after(path, folder.running);
    return folder.next;
  }

  async #after(path: string, running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    const next = this.#run(path);
    this.#folders.set(path, { running: next, next: undefined });
    await next;
  }

  async #run(path: string): Promise<void> {
    try {
      await syncFolder(path);
    } finally {
      // After the microtasks of those who wait: a `next` has then replaced the entry, and it stays.
      queueMicrotask(() => {
        if (this.#folders.get(path)?.next === undefined) {
          this.#folders.delete(path);
        }
      });
    }
  }
}

/** Syncs one folder. Windows opens no folder and journals names by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  await using folder = await open(path, 'r');
  await folder.sync();
}
