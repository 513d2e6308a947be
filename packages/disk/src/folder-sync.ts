interface Folder {
  running: Promise<void> | undefined;
  next: Promise<void> | undefined;
}

/**
 * Makes the names in folders durable. Callers that wait for the same folder together share a sync that began after all of them
 * asked: it covers every name that was made before it began.
 */
export class FolderSync {
  readonly #sync: (path: string) => Promise<void>;
  readonly #folders = new Map<string, Folder>();

  constructor(sync: (path: string) => Promise<void>) {
    this.#sync = sync;
  }

  sync(path: string): Promise<void> {
    let folder = this.#folders.get(path);
    if (folder === undefined) {
      folder = { running: undefined, next: undefined };
      this.#folders.set(path, folder);
    }
    folder.next ??= this.#after(path, folder);
    return folder.next;
  }

  async #after(path: string, folder: Folder): Promise<void> {
    // The failure of another sync is its callers' affair.
    await folder.running?.catch(() => undefined);
    folder.next = undefined;
    folder.running = this.#sync(path);
    try {
      await folder.running;
    } finally {
      if (folder.next === undefined && this.#folders.get(path) === folder) {
        this.#folders.delete(path);
      }
    }
  }
}
