import { DATABASE_LIMITS } from '../limits.ts';
import type { Connection } from './connection.ts';

/** Commits after which it is asked how long the log is; asking takes as long as two statements. */
const MOST_UNASKED = 8;

/**
 * Copies the write-ahead log into the file. It syncs twice more, so it waits for a moment without commits, and past a bound it
 * comes after the answers and before the next batch. A reader with an old snapshot can hold it up: then the log grows, and it
 * is tried again.
 */
export class LogKeeper implements Disposable {
  readonly #connection: Connection;
  #lastCommit = 0;
  /** Commits that may come before it is asked again how long the log is. */
  #unasked = 0;
  #unaskedBefore = 0;
  #lastLeft = 0;
  #most: number = DATABASE_LIMITS.mostLogPages;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** After a commit, once its callers have their answers. */
  committed(): void {
    this.#lastCommit = performance.now();
    if (this.#unasked > 0) {
      this.#unasked -= 1;
      return;
    }
    const left = this.#checkpoint('NOOP');
    this.#unasked = this.#unaskedAfter(left);
    if (left >= this.#most) {
      this.#copy();
    } else if (left >= DATABASE_LIMITS.logPages) {
      this.#timer ??= setTimeout(() => this.#look(), DATABASE_LIMITS.quietMs).unref();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** NOTE: none unless the timer looks at the log anyway: else the last commits might wait in it for ever. */
  #unaskedAfter(left: number): number {
    const grown = Math.max(1, left - this.#lastLeft) / (1 + this.#unaskedBefore);
    const most = this.#timer === undefined ? 0 : (DATABASE_LIMITS.mostLogPages / 2 - left) / (4 * grown);
    this.#lastLeft = left;
    this.#unaskedBefore = Math.max(0, Math.min(MOST_UNASKED, Math.floor(most)));
    return this.#unaskedBefore;
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
