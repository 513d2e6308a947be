import type { Compilable } from 'kysely';
import type { Database } from '../database.ts';
import type { DatabaseError } from '../errors.ts';
import type { ProcedureArgs, ProcedureResult, Procedures } from '../procedure.ts';
import type { ReaderRequest, ReadRequest, WorkerStart, WriterRequest } from './messages.ts';
import { WorkerClient } from './worker-client.ts';

export interface SqliteOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  /** Module that exports `migrations` and `procedures` (see `Schema`): `new URL('./schema.ts', import.meta.url)`. */
  readonly schema: URL;
  /** Reader threads at most, 2 unless told; the second is started when the first is busy. With 0 the writer reads too, in turn: for a small database that is rarely asked. */
  readonly readers?: number;
}

type Distribute<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

/**
 * Opens a SQLite file with one writer thread and some reader threads, and migrates it first. The calling thread never
 * touches the file.
 * @throws DatabaseError `newer-schema`, `corrupt`
 */
export async function openSqlite<P extends Procedures>(options: SqliteOptions): Promise<Database<P>> {
  const start = { file: options.file, schema: options.schema.href };
  const writer = await WorkerClient.start<WriterRequest>(new URL('./writer.ts', import.meta.url), start);
  const readers = new Readers(start, options.readers ?? 2);
  try {
    await readers.startFirst();
  } catch (error) {
    await writer.request({ kind: 'close' });
    throw error;
  }
  return new SqliteDatabase<P>(writer, readers);
}

/** Reader threads: one from the start, further ones when all are busy, since each costs some 15 MB. */
class Readers {
  readonly #start: WorkerStart;
  readonly #most: number;
  readonly #running: WorkerClient<ReaderRequest>[] = [];
  #starting: Promise<void> | undefined;

  constructor(start: WorkerStart, most: number) {
    this.#start = start;
    this.#most = most;
  }

  async startFirst(): Promise<void> {
    if (this.#most > 0) {
      await this.#startOne();
    }
  }

  /** Of those that live, unless none does; undefined without any. */
  leastBusy(): WorkerClient<ReaderRequest> | undefined {
    const living = this.#running.filter(({ failure }) => failure === undefined);
    const [first, ...rest] = living.length === 0 ? this.#running : living;
    const best = rest.reduce((least, reader) => (least === undefined || reader.waiting < least.waiting ? reader : least), first);
    if (best !== undefined && best.waiting > 0 && this.#running.length < this.#most) {
      // One that cannot be started is tried again by the next read that finds all busy; those that run go on.
      this.#starting ??= this.#startOne()
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
    await Promise.allSettled(this.#running.map((reader) => reader.request({ kind: 'close' })));
  }

  async #startOne(): Promise<void> {
    this.#running.push(await WorkerClient.start<ReaderRequest>(new URL('./reader.ts', import.meta.url), this.#start));
  }
}

class SqliteDatabase<P extends Procedures> implements Database<P> {
  readonly #writer: WorkerClient<WriterRequest>;
  readonly #readers: Readers;
  #closing: Promise<void> | undefined;

  constructor(writer: WorkerClient<WriterRequest>, readers: Readers) {
    this.#writer = writer;
    this.#readers = readers;
  }

  async read<O>(query: Compilable<O>): Promise<readonly O[]> {
    const [rows] = await this.readAll([query]);
    return rows ?? [];
  }

  async readAll<O>(queries: readonly Compilable<O>[]): Promise<readonly (readonly O[])[]> {
    const texts = queries.map((query) => {
      const { sql, parameters } = query.compile();
      return { sql, parameters };
    });
    const body: Omit<ReadRequest, 'id'> = { kind: 'read', queries: texts };
    const reader = this.#readers.leastBusy();
    return (await (reader?.request(body) ?? this.#writer.request(body))) as readonly (readonly O[])[];
  }

  async write<K extends keyof P & string>(name: K, args: ProcedureArgs<P[K]>): Promise<ProcedureResult<P[K]>> {
    const body: Distribute<WriterRequest> = { kind: 'call', name, args };
    return (await this.#writer.request(body)) as ProcedureResult<P[K]>;
  }

  async backup(target: string): Promise<void> {
    const body: Distribute<WriterRequest> = { kind: 'backup', target };
    await this.#writer.request(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  problem(): string | undefined {
    return this.#closing === undefined ? (this.#writer.failure ?? this.#readers.failure)?.message : undefined;
  }

  async #close(): Promise<void> {
    await this.#readers.close();
    if (this.#writer.failure === undefined) {
      await this.#writer.request({ kind: 'close' });
    }
  }
}
