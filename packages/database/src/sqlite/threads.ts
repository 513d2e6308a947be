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

/** What a thread of several databases does: nobody who reads waits for a commit. */
type Work = 'reads' | 'writes';

/**
 * NOTE: the threads of the small databases belong to the process, as libuv's threads do: their owners do not know each other. One
 * begins with the first of them and ends with the last.
 */
const shared = new Map<Work, SharedThread>();

export function sharedThread(work: Work): ThreadLease {
  let mine = shared.get(work);
  if (mine === undefined || mine.thread.failure !== undefined) {
    mine = { thread: new WorkerClient(), users: 0, nextNumber: 0 };
    shared.set(work, mine);
  }
  const { thread, nextNumber: number } = mine;
  mine.users += 1;
  mine.nextNumber += 1;
  const leased = mine;
  return { thread, number, release: () => leave(work, leased) };
}

async function leave(work: Work, mine: SharedThread): Promise<void> {
  mine.users -= 1;
  if (mine.users > 0) {
    return;
  }
  if (shared.get(work) === mine) {
    shared.delete(work);
  }
  await mine.thread.end();
}
