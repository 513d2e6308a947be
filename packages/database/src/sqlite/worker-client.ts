import { Worker } from 'node:worker_threads';
import { DatabaseError, fromErrorData } from '../errors.ts';
import type { WorkerReply, WorkerStart } from './messages.ts';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Rows pass through, so the young generation stays small and an idle thread costs little; the old one is bounded, because a
 * query that runs wild must end its thread, not the process.
 */
const MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 1024 } as const;

/** Requests and answers of one worker thread, matched by id. */
export class WorkerClient<Request extends { readonly id: number }> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed: DatabaseError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start<Request extends { readonly id: number }>(script: URL, start: WorkerStart): Promise<WorkerClient<Request>> {
    const client = new WorkerClient<Request>(new Worker(script, { workerData: start, resourceLimits: MEMORY }));
    const ready = client.#wait(0);
    client.#worker.on('message', (reply: WorkerReply) => client.#settle(reply));
    client.#worker.on('error', (error) =>
      client.#fail(new DatabaseError('failed', `database thread failed: ${error.message}`, { cause: error })),
    );
    client.#worker.on('exit', () => client.#fail(new DatabaseError('closed', 'the database is closed')));
    await ready;
    return client;
  }

  /** Why the thread no longer answers. */
  get failure(): DatabaseError | undefined {
    return this.#closed;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  request(body: Omit<Request, 'id'>): Promise<unknown> {
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    const id = this.#nextId++;
    const answer = this.#wait(id);
    this.#worker.postMessage({ ...body, id });
    return answer;
  }

  #wait(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) {
      pending?.resolve(reply.value);
    } else {
      pending?.reject(fromErrorData(reply.error));
    }
  }

  #fail(error: DatabaseError): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) {
      pending.reject(error);
    }
    this.#pending.clear();
  }
}
