import type { DatabaseError } from '../errors.ts';
import type { Body, Open } from './messages.ts';
import { WorkerClient } from './worker-client.ts';

/** One database in one thread. */
export class ThreadDatabase {
  readonly #thread: WorkerClient;
  readonly #number: number;
  readonly #release: () => Promise<void>;

  private constructor(thread: WorkerClient, number: number, release: () => Promise<void>) {
    this.#thread = thread;
    this.#number = number;
    this.#release = release;
  }

  /** @throws DatabaseError */
  static async open(lease: ThreadLease, how: Pick<Open, 'file' | 'schema' | 'copies'>): Promise<ThreadDatabase> {
    const opened = new ThreadDatabase(lease.thread, lease.number, lease.release);
    try {
      await lease.thread.request({ ...how, kind: 'open', database: lease.number });
      return opened;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  get failure(): DatabaseError | undefined {
    return this.#thread.failure;
  }

  /** Requests of all databases of the thread. */
  get waiting(): number {
    return this.#thread.waiting;
  }

  /** Milliseconds for which the oldest of them has waited. */
  get oldest(): number {
    return this.#thread.oldest;
  }

  request(body: AddressedBody): Promise<unknown> {
    return this.#thread.request({ ...body, database: this.#number });
  }

  async close(): Promise<void> {
    try {
      if (this.failure === undefined) {
        await this.request({ kind: 'close' });
      }
    } finally {
      await this.#release();
    }
  }
}

type WithoutDatabase<T> = T extends { readonly database: number } ? Omit<T, 'database'> : never;
type AddressedBody = WithoutDatabase<Body>;

/** A thread, and the number of a database in it. */
export interface ThreadLease {
  readonly thread: WorkerClient;
  readonly number: number;
  /** When the database is closed there. */
  readonly release: () => Promise<void>;
}

export function ownThread(): ThreadLease {
  const thread = new WorkerClient();
  return { thread, number: 0, release: () => thread.end() };
}

interface SharedThread {
  readonly thread: WorkerClient;
  users: number;
  nextNumber: number;
}

/**
 * NOTE: the thread of the small databases belongs to the process, as libuv's threads do: their owners do not know each other. It
 * begins with the first of them and ends with the last.
 */
let shared: SharedThread | undefined;

export function sharedThread(): ThreadLease {
  if (shared === undefined || shared.thread.failure !== undefined) {
    shared = { thread: new WorkerClient(), users: 0, nextNumber: 0 };
  }
  const mine = shared;
  mine.users += 1;
  mine.nextNumber += 1;
  return { thread: mine.thread, number: mine.nextNumber, release: () => leave(mine) };
}

async function leave(mine: SharedThread): Promise<void> {
  mine.users -= 1;
  if (mine.users > 0) {
    return;
  }
  if (shared === mine) {
    shared = undefined;
  }
  await mine.thread.end();
}
