import { DATABASE_LIMITS } from '../limits.ts';
import type { Connection } from './connection.ts';

/**
 * Copies the write-ahead log into the file. It syncs twice more, so it waits for a moment without commits, and past a bound it
 * comes after the answers and before the next batch. A reader with an old snapshot can hold it up: then the log grows, and it
 * is tried again.
 */
export class LogKeeper implements Disposable {
  readonly #connection: Connection;
  readonly #onError: (error: unknown) => void;
  #lastCommit = 0;
  #most: number = DATABASE_LIMITS.mostLogPages;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, onError: (error: unknown) => void = () => undefined) {
    this.#connection = connection;
    this.#onError = onError;
  }

  /** After a commit, once its callers have their answers. */
  committed(): void {
    this.#lastCommit = performance.now();
    const { pages, copied } = this.#connection.checkpoint('NOOP');
    if (pages - copied >= this.#most) {
      this.#copy();
    } else if (pages - copied >= DATABASE_LIMITS.logPages) {
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
    try {
      const { pages, copied } = this.#connection.checkpoint('PASSIVE');
      const left = pages - copied;
      // What a reader holds back is not asked for after each commit.
      this.#most = left < DATABASE_LIMITS.mostLogPages ? DATABASE_LIMITS.mostLogPages : left + DATABASE_LIMITS.logPages;
    } catch (error) {
      // What is committed stays in the log; the next commit finds out whether the disk works.
      this.#onError(error);
    }
  }
}
