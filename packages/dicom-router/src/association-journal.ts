import type { Log } from '@filmless/access';
import type { Clock } from './destinations/clock.ts';
import { messageOf } from './errors.ts';
import type { RouterLimits } from './limits.ts';
import type { AssociationRow } from './records/association-log.ts';
import type { RouterDatabase } from './records/router-database.ts';

/** How long lines are gathered for one commit. */
const FLUSH_MS = 1000;

/** The log of associations, rejected ones with the reason: what a person looks at when a machine cannot send. */
export class AssociationJournal implements AsyncDisposable {
  readonly #database: RouterDatabase;
  readonly #limits: RouterLimits;
  readonly #clock: Clock;
  readonly #log: Log;
  #rows: AssociationRow[] = [];
  /** Lines there was no room for since the last commit. */
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: RouterDatabase, limits: RouterLimits, clock: Clock, log: Log) {
    this.#database = database;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never waits and never fails: a log that cannot be written must not stop an examination. */
  add(row: Omit<AssociationRow, 'at' | 'id'>): void {
    if (this.#rows.length >= this.#limits.associationLogPending) {
      this.#dropped += 1;
      return;
    }
    this.#rows.push({ ...row, at: this.#clock.now() });
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#rows;
    this.#rows = [];
    if (this.#dropped > 0) {
      this.#log.warn({ dropped: this.#dropped, kept: rows.length }, 'associations.log-full');
      this.#dropped = 0;
    }
    if (rows.length === 0) {
      return;
    }
    try {
      await this.#database.write('logAssociations', { rows, keep: this.#limits.associationLog });
    } catch (error) {
      this.#log.warn({ lines: rows.length, problem: messageOf(error) }, 'associations.log-failed');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
