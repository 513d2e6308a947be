import type { EndedRun } from './process-records.ts';

/** What is told of this process, and what it has to do for one that ended. */
export interface Duties {
  /** Up to when it has looked at arrivals; ISO 8601, UTC. */
  seenUntil(): string;
  /** Takes over what others left. May be done again, and by several in turn. */
  takeOver(ended: readonly EndedRun[]): Promise<void>;
}

/** What this process must know of others at work on the same records and objects. */
export interface Processes extends AsyncDisposable {
  /** Whether there may be others. */
  readonly shared: boolean;
  /** Runs of all that are at work. */
  living(): Promise<ReadonlySet<string>>;
  /** Begins to look after the others, and to take over from those that ended. */
  watch(duties: Duties): void;
  /** The run that this process stores under. */
  run(): string;
  /** The run that an object of this process belongs to, for the index and the records to look whether it is over; undefined where there are no others. */
  runOf(objectKey: string): string | undefined;
  /** Does something while nobody does anything under the same name, in this process or another. @throws ArchiveError `busy` when others take too long */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** The same, but not at all when another process is at it. */
  ifFree(name: string, work: () => Promise<void>): Promise<void>;
}

/** Work under one name, one after the other, within this process. */
export class NamedTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const own = before.then(work);
    const settled = own.catch(() => undefined);
    this.#last.set(name, settled);
    try {
      return await own;
    } finally {
      if (this.#last.get(name) === settled) {
        this.#last.delete(name);
      }
    }
  }
}

/** There are no others: a lock on the data directory sees to that. */
export class OneProcess implements Processes {
  readonly shared = false;
  readonly #turns = new NamedTurns();

  async living(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  watch(): void {
    // There is nobody.
  }

  run(): string {
    return '';
  }

  runOf(): undefined {
    return undefined;
  }

  async exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#turns.run(name, work);
  }

  async ifFree(name: string, work: () => Promise<void>): Promise<void> {
    await this.#turns.run(name, work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody has to be told.
  }
}
