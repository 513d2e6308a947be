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
  /** What was read again. */
  readonly #known = new Map<string, number>();
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
    const changed = rows.filter(({ name, number }) => number !== this.#known.get(name));
    // NOTE: the first time all of it: what changed while this process read it at its start, nobody tells again.
    const heard = await Promise.allSettled(
      changed.map(async ({ name, number }) => {
        await this.#changed(name);
        this.#known.set(name, number);
      }),
    );
    const failed = heard.find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }
}
