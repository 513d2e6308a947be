import { DATABASE_LIMITS } from '../limits.ts';
import type { Connection } from './connection.ts';

/**
 * Copies the write-ahead log into the file. It syncs twice more, so it waits for a moment without commits, and past a bound it
 * comes after the answers and before the next batch. A reader with an old snapshot can hold it up: then the log grows, and it
 * is tried again.
 */
export class LogKeeper implements Disposable {
  readonly #connection: Connection;
  #lastCommit = 0;
  #most: number = DATABASE_LIMITS.mostLogPages;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** After a commit, once its callers have their answers. */
  committed(): void {
    this.#lastCommit = performance.now();
    const left = this.#checkpoint('NOOP');
    if (left >= this.#most) {
      this.#copy();
    } else if (left >= DATABASE_LIMITS.logPages) {
      this.#timer ??= setTimeout(() => this.#look(), DATABASE_LIMITS.quietMs).unref();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const left = DATABASE_LIMITS.quietMs - (performance.now() - this.#lastCommit);
    if (left > 0) {
      this.#timer = setTimeout(() => this.#look(), left).unref();
    } else {
      this.#copy();
    }
  }

  #copy(): void {
    const left = this.#checkpoint('PASSIVE');
    // What a reader holds back is not asked for after each commit.
    this.#most = left < DATABASE_LIMITS.mostLogPages ? DATABASE_LIMITS.mostLogPages : left + DATABASE_LIMITS.logPages;
  }

  /** Pages that are in the log alone. What is committed is safe there: that the disk failed, the next commit finds out. */
  #checkpoint(mode: 'NOOP' | 'PASSIVE'): number {
    try {
      const { pages, copied } = this.#connection.checkpoint(mode);
      return pages - copied;
    } catch {
      return 0;
    }
  }
}
