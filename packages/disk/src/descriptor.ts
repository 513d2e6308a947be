import fs from 'node:fs';

/**
 * A descriptor of the system that is closed once, and not while it is in use: its number would be given to another file, and a
 * read that still waits would read that one.
 */
export class Descriptor {
  readonly #fd: number;
  #users = 0;
  #unused: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async use<T>(work: (fd: number) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new Error('the file was closed');
    }
    this.#users += 1;
    try {
      return await work(this.#fd);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) {
        this.#unused?.();
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#users > 0) {
      await new Promise<void>((resolve) => {
        this.#unused = resolve;
      });
    }
    // NOTE: closing writes nothing that was not synced, and takes a microsecond: a thread of the pool would cost twenty.
    fs.closeSync(this.#fd);
  }
}
