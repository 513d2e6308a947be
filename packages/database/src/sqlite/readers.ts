import type { DatabaseError } from '../errors.ts';
import { DATABASE_LIMITS } from '../limits.ts';
import { ownThread, ThreadDatabase, type ThreadLease } from './threads.ts';

/** Reader threads: one from the start, further ones when all have long queries, since each costs some 13 MB. */
export class Readers {
  readonly #file: string;
  readonly #most: number;
  readonly #first: () => ThreadLease;
  readonly #running: ThreadDatabase[] = [];
  #starting: Promise<void> | undefined;

  constructor(file: string, most: number, first: () => ThreadLease) {
    this.#file = file;
    this.#most = most;
    this.#first = first;
  }

  async startFirst(): Promise<void> {
    if (this.#most > 0) {
      await this.#startOne(this.#first());
    }
  }

  /** Of those that live, unless none does; undefined without any. */
  leastBusy(): ThreadDatabase | undefined {
    const living = this.#running.filter(({ failure }) => failure === undefined);
    const [first, ...rest] = living.length === 0 ? this.#running : living;
    const best = rest.reduce((least, reader) => (least === undefined || reader.waiting < least.waiting ? reader : least), first);
    if (best !== undefined && best.oldest > DATABASE_LIMITS.longQueryMs && this.#running.length < this.#most) {
      // One that cannot be started is tried again by the next read that finds all at it; those that run go on.
      this.#starting ??= this.#startOne(ownThread())
        .catch(() => undefined)
        .finally(() => {
          this.#starting = undefined;
        });
    }
    return best;
  }

  get failure(): DatabaseError | undefined {
    return this.#running.find(({ failure }) => failure !== undefined)?.failure;
  }

  async close(): Promise<void> {
    await this.#starting;
    // A thread that failed must not keep the others from ending well.
    await Promise.allSettled(this.#running.map((reader) => reader.close()));
  }

  async #startOne(lease: ThreadLease): Promise<void> {
    this.#running.push(await ThreadDatabase.open(lease, { file: this.#file }));
  }
}
