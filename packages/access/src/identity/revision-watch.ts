import { ACCESS_LIMITS } from '../limits.ts';
import type { Log } from '../model.ts';
import type { RevisionName } from '../store/revisions.ts';
import { db } from '../store/tables.ts';
import type { AccessDatabase } from './directory.ts';

/** Looks whether another process changed what this one remembers. */
export class RevisionWatch implements AsyncDisposable {
  readonly #database: Pick<AccessDatabase, 'read'>;
  readonly #changed: (name: RevisionName) => void | Promise<void>;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #known: ReadonlyMap<string, number> | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    database: Pick<AccessDatabase, 'read'>,
    changed: (name: RevisionName) => void | Promise<void>,
    log: Log,
    everyMs: number = ACCESS_LIMITS.revisionPoll,
  ) {
    this.#database = database;
    this.#changed = changed;
    this.#log = log;
    this.#timer = setInterval(() => this.#lookOnce(), everyMs).unref();
    this.#lookOnce();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #lookOnce(): void {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#log.warn({ error: String(error) }, 'changes of other processes not looked for'))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #look(): Promise<void> {
    const rows = await this.#database.read(db.selectFrom('revision').select(['name', 'number']));
    const before = this.#known;
    this.#known = new Map(rows.map(({ name, number }) => [name, number]));
    for (const { name, number } of before === undefined ? [] : rows) {
      if (number !== before?.get(name)) {
        await this.#changed(name);
      }
    }
  }
}
