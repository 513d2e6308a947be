import {
  type Attempt,
  type AttemptCount,
  type AttemptCounts,
  type AttemptKind,
  failedAgain,
  keysOf,
  waitOf,
} from './attempt-rules.ts';

const ENTRIES_PER_KIND = 20_000;

/** Counts failed attempts in memory: a restart forgets them, argon2 and the length of secrets remain. */
export class Attempts implements AttemptCounts {
  readonly #counts: Readonly<Record<AttemptKind, Map<string, AttemptCount>>> = {
    pair: new Map(),
    account: new Map(),
    address: new Map(),
  };
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  begin(attempt: Attempt): number {
    const now = this.#clock();
    const keys = keysOf(attempt);
    const wait = Math.max(...keys.map(([kind, key]) => waitOf(kind, this.#counts[kind].get(key), now)));
    if (wait > 0) {
      return Math.ceil(wait / 1000);
    }
    for (const [kind, key] of keys) {
      this.#add(kind, key, now);
    }
    return 0;
  }

  succeeded(attempt: Attempt): void {
    for (const [kind, key] of keysOf(attempt)) {
      const count = this.#counts[kind].get(key);
      if (kind === 'address' && count !== undefined) {
        // One valid account must not clear the way for guessing at others.
        this.#counts[kind].set(key, { ...count, failures: Math.max(0, count.failures - 1) });
      } else {
        this.#counts[kind].delete(key);
      }
    }
  }

  /** Counts kept. */
  get size(): number {
    return Object.values(this.#counts).reduce((sum, counts) => sum + counts.size, 0);
  }

  #add(kind: AttemptKind, key: string, now: number): void {
    const counts = this.#counts[kind];
    const count = failedAgain(counts.get(key), now);
    // Deleted and set again: the map's order is then the order of use, and the oldest gives way.
    counts.delete(key);
    if (counts.size >= ENTRIES_PER_KIND) {
      const oldest = counts.keys().next();
      if (oldest.done !== true) {
        counts.delete(oldest.value);
      }
    }
    counts.set(key, count);
  }
}
