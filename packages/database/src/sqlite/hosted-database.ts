import { advised, errorData } from '../errors.ts';
import type { Schema } from '../procedure.ts';
import { Connection } from './connection.ts';
import { commitTogether } from './group-commit.ts';
import { LogKeeper } from './log-keeper.ts';
import type { Call, Open, Read, ThreadReply } from './messages.ts';
import { migrate } from './migrate.ts';
import { prepareLog } from './prepared-log.ts';
import { readSnapshot } from './snapshot.ts';

/** One database file as a thread has it open: what waits for it, and what is done next. */
export class HostedDatabase implements Disposable {
  readonly #file: string;
  readonly #connection: Connection;
  readonly #schema: Schema | undefined;
  readonly #log: LogKeeper | undefined;
  readonly #waiting: (Call | Read)[] = [];
  /** Calls whose work besides is under way. */
  #notReady = 0;

  private constructor(file: string, connection: Connection, schema: Schema | undefined) {
    this.#file = file;
    this.#connection = connection;
    this.#schema = schema;
    this.#log = schema === undefined ? undefined : new LogKeeper(connection);
  }

  /** Migrates, when it is opened to be written. */
  static async open({ file, schema, copies, busy }: Open): Promise<HostedDatabase> {
    const module = schema === undefined ? undefined : ((await import(schema)) as Schema);
    const connection = new Connection(file, { readonly: module === undefined });
    try {
      if (module !== undefined) {
        await migrate({ connection, file, copies }, module.migrations);
        if (busy === true) {
          prepareLog(connection, file);
        }
      }
      return new HostedDatabase(file, connection, module);
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /** Nothing can be done now. */
  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Nothing is asked of it. */
  get done(): boolean {
    return this.idle && this.#notReady === 0;
  }

  /** `ready` is told when a call that was not can be done; `answer` when it cannot. */
  add(request: Call | Read, ready: () => void, answer: (replies: readonly ThreadReply[]) => void): void {
    const work = request.kind === 'call' ? this.#besides(request) : undefined;
    if (work === undefined) {
      this.#waiting.push(request);
      return;
    }
    this.#notReady += 1;
    const done = (reply?: ThreadReply) => {
      this.#notReady -= 1;
      if (reply === undefined) {
        this.#waiting.push(request);
      } else {
        answer([this.#advised(reply)]);
      }
      ready();
    };
    work.then(
      () => done(),
      (error: unknown) => done({ id: request.id, ok: false, error: { ...errorData(error), notRun: true } }),
    );
  }

  /**
   * Does what waits longest: one read, or one batch of calls. `arrived` takes in what came meanwhile; `answer` gets all
   * answers at once.
   */
  work(arrived: () => void, answer: (replies: readonly ThreadReply[]) => void): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      return;
    }
    if (first.kind === 'read' || this.#schema === undefined) {
      this.#waiting.shift();
      answer([this.#advised(first.kind === 'read' ? readSnapshot(this.#connection, first) : readOnly(first))]);
      return;
    }
    const replies = commitTogether(this.#connection, this.#schema.procedures, () => {
      if (this.#waiting.length === 0) {
        arrived();
      }
      const next = this.#waiting[0];
      if (next?.kind !== 'call') {
        return undefined;
      }
      this.#waiting.shift();
      return next;
    });
    answer(replies.map((reply) => this.#advised(reply)));
    this.#log?.committed();
  }

  [Symbol.dispose](): void {
    this.#log?.[Symbol.dispose]();
    try {
      if (this.#schema !== undefined) {
        this.#connection.raw.pragma('wal_checkpoint(TRUNCATE)');
      }
    } finally {
      this.#connection[Symbol.dispose]();
    }
  }

  #besides({ name, args }: Call): Promise<void> | undefined {
    return this.#schema?.besides?.[name]?.(args);
  }

  #advised(reply: ThreadReply): ThreadReply {
    return reply.ok ? reply : { ...reply, error: advised(reply.error, this.#file) };
  }
}

function readOnly({ id, name }: Call): ThreadReply {
  return { id, ok: false, error: errorData(new TypeError(`${name}: the database was opened to be read`)) };
}
