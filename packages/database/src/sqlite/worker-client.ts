import { Worker } from 'node:worker_threads';
import { DatabaseError, fromErrorData } from '../errors.ts';
import type { Body, ThreadReply, ThreadRequest } from './messages.ts';

interface Pending {
  /** Milliseconds, as of `performance.now()`. */
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Rows pass through, so the young generation stays small and an idle thread costs little; the old one is bounded, because a
 * query that runs wild must end its thread, not the process.
 */
const MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 1024 } as const;

/** Requests and answers of one thread, matched by number. What is asked for in one turn of the event loop goes in one message. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #outbox: ThreadRequest[] = [];
  #nextId = 1;
  #closed: DatabaseError | undefined;

  constructor() {
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { resourceLimits: MEMORY });
    this.#worker.on('message', (replies: readonly ThreadReply[]) => {
      for (const reply of replies) {
        this.#settle(reply);
      }
    });
    this.#worker.on('error', (error) =>
      this.#fail(new DatabaseError('failed', `database thread failed: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#fail(new DatabaseError('closed', 'the database is closed')));
  }

  /** Why the thread no longer answers. */
  get failure(): DatabaseError | undefined {
    return this.#closed;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /** Milliseconds for which the oldest request has waited; 0 without one. */
  get oldest(): number {
    const [pending] = this.#pending.values();
    return pending === undefined ? 0 : performance.now() - pending.since;
  }

  request(body: Body): Promise<unknown> {
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { since: performance.now(), resolve, reject });
      if (this.#outbox.push({ ...body, id }) === 1) {
        // After all that waits to run: what several callers ask for in this turn goes together.
        process.nextTick(() => this.#send());
      }
    });
  }

  /** Ends the thread once it has done what it was asked for. */
  async end(): Promise<void> {
    if (this.#closed === undefined) {
      await this.request({ kind: 'end' });
    }
  }

  #send(): void {
    const requests = this.#outbox;
    this.#outbox = [];
    try {
      this.#worker.postMessage(requests);
    } catch {
      // One that cannot be sent must not keep back the others.
      for (const request of requests) {
        this.#sendAlone(request);
      }
    }
  }

  #sendAlone(request: ThreadRequest): void {
    try {
      this.#worker.postMessage([request]);
    } catch (error) {
      this.#pending.get(request.id)?.reject(error instanceof Error ? error : new Error(String(error)));
      this.#pending.delete(request.id);
    }
  }

  #settle(reply: ThreadReply): void {
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
