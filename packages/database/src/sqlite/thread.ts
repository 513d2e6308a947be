import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { advised, errorData } from '../errors.ts';
import { copyFile } from './copy.ts';
import { HostedDatabase } from './hosted-database.ts';
import type { ThreadReply, ThreadRequest } from './messages.ts';

type Other = Exclude<ThreadRequest, { kind: 'call' | 'read' }>;

/** A thread that has databases open, to be read or written. In turn each gets one batch of calls or one read done. */
class Thread {
  readonly #port: MessagePort;
  readonly #databases = new Map<number, HostedDatabase>();
  /** What came in the middle of a batch must not touch its connection. */
  #later: Other[] = [];
  #isWoken = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  receive(requests: readonly ThreadRequest[]): void {
    this.#take(requests);
    this.#work();
  }

  #take(requests: readonly ThreadRequest[]): void {
    for (const request of requests) {
      if (request.kind !== 'call' && request.kind !== 'read') {
        this.#later.push(request);
        continue;
      }
      const database = this.#databases.get(request.database);
      if (database === undefined) {
        const error = { code: 'closed', message: 'the database is closed' } as const;
        this.#answer([{ id: request.id, ok: false, error }]);
      } else {
        database.add(
          request,
          () => this.#wake(),
          (replies) => this.#answer(replies),
        );
      }
    }
  }

  /** NOTE: not at once: other calls that become ready in this turn of the event loop share the commit. */
  #wake(): void {
    if (!this.#isWoken) {
      this.#isWoken = true;
      setImmediate(() => {
        this.#isWoken = false;
        this.#work();
      });
    }
  }

  #work(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const database of this.#databases.values()) {
        database.work(
          () => this.#takeArrived(),
          (replies) => this.#answer(replies),
        );
        busy ||= !database.idle;
      }
      this.#begin();
    }
  }

  /** A database is closed once all is done that was asked of it before. */
  #begin(): void {
    const now = this.#later.filter(
      (request) => request.kind !== 'close' || this.#databases.get(request.database)?.done !== false,
    );
    this.#later = this.#later.filter((request) => !now.includes(request));
    for (const request of now) {
      void this.#control(request);
    }
  }

  #takeArrived(): void {
    const arrived = receiveMessageOnPort(this.#port);
    if (arrived !== undefined) {
      this.#take(arrived.message as readonly ThreadRequest[]);
    }
  }

  async #control(request: Other): Promise<void> {
    try {
      await this.#do(request);
      this.#answer([{ id: request.id, ok: true, value: undefined }]);
    } catch (error) {
      const data = errorData(error);
      const named = request.kind === 'open' || request.kind === 'copy' ? advised(data, request.file) : data;
      this.#answer([{ id: request.id, ok: false, error: named }]);
    }
    if (request.kind === 'end') {
      this.#port.close();
    }
  }

  async #do(request: Other): Promise<void> {
    switch (request.kind) {
      case 'open':
        this.#databases.set(request.database, await HostedDatabase.open(request));
        break;
      case 'close': {
        const database = this.#databases.get(request.database);
        this.#databases.delete(request.database);
        database?.[Symbol.dispose]();
        break;
      }
      case 'copy':
        await copyFile(request.file, request.target);
        break;
      case 'end':
        break;
    }
  }

  #answer(replies: readonly ThreadReply[]): void {
    this.#port.postMessage(replies);
  }
}

if (parentPort !== null) {
  const thread = new Thread(parentPort);
  parentPort.on('message', (requests: readonly ThreadRequest[]) => thread.receive(requests));
}
