import type { Attempt, AttemptCounts } from './attempt-rules.ts';
import { keysOf } from './attempt-rules.ts';
import type { AccessDatabase } from './directory.ts';
import { hashSecret } from './secrets.ts';

/** Counts failed attempts for all processes: behind one address of several, an attacker has no more tries than with one. */
export class SharedAttempts implements AttemptCounts {
  readonly #database: AccessDatabase;
  readonly #clock: () => number;

  constructor(database: AccessDatabase, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
  }

  async begin(attempt: Attempt): Promise<number> {
    const wait = await this.#database.write('beginAttempt', { keys: hashedKeys(attempt), now: this.#clock() });
    return Math.ceil(wait / 1000);
  }

  async succeeded(attempt: Attempt): Promise<void> {
    await this.#database.write('endAttempt', { keys: hashedKeys(attempt) });
  }
}

/** NOTE: people type their password where the name belongs. */
function hashedKeys(attempt: Attempt) {
  return keysOf(attempt).map(([kind, key]) => ({ kind, key: hashSecret(key) }));
}
