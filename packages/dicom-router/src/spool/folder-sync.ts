import { open } from 'node:fs/promises';

/**
 * Makes a folder's entries durable. Callers that come while one fsync runs share the next one: it covers every entry made
 * before it began.
 */
export class FolderSync {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  async sync(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    await this.#next;
  }

  async #after(running: Promise<void> | undefined): Promise<void> {
    // The failure of another fsync is its callers' affair.
    await running?.catch(() => undefined);
    this.#next = undefined;
    this.#running = this.#sync();
    await this.#running;
  }
}

/** fsync of a folder. Windows cannot open one and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  await using folder = await open(path, 'r');
  await folder.sync();
}
