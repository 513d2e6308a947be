import type { Compilable } from 'kysely';
import type { Database } from '../database.ts';
import type { ProcedureArgs, ProcedureResult, Procedures } from '../procedure.ts';
import type { ReaderRequest, ReadRequest, WriterRequest } from './messages.ts';
import { WorkerClient } from './worker-client.ts';

export interface SqliteOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  /** Module that exports `migrations` and `procedures` (see `Schema`): `new URL('./schema.ts', import.meta.url)`. */
  readonly schema: URL;
  /** Reader threads, 2 unless told. With 0 the writer reads too, in turn: for a small database that is rarely asked. */
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
  const starting = Array.from({ length: options.readers ?? 2 }, () =>
    WorkerClient.start<ReaderRequest>(new URL('./reader.ts', import.meta.url), start),
  );
  const started = await Promise.allSettled(starting);
  const readers = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const database = new SqliteDatabase<P>(writer, readers);
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await database[Symbol.asyncDispose]();
    throw failed.reason;
  }
  return database;
}

class SqliteDatabase<P extends Procedures> implements Database<P> {
  readonly #writer: WorkerClient<WriterRequest>;
  readonly #readers: readonly WorkerClient<ReaderRequest>[];
  #closing: Promise<void> | undefined;

  constructor(writer: WorkerClient<WriterRequest>, readers: readonly WorkerClient<ReaderRequest>[]) {
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
    const reader = this.#leastBusy();
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
    const failed = [this.#writer, ...this.#readers].find(({ failure }) => failure !== undefined);
    return this.#closing === undefined ? failed?.failure?.message : undefined;
  }

  /** A thread that failed must not keep the others from ending well. */
  async #close(): Promise<void> {
    const body: Distribute<ReaderRequest> = { kind: 'close' };
    await Promise.allSettled(this.#readers.map((reader) => reader.request(body)));
    if (this.#writer.failure === undefined) {
      await this.#writer.request(body);
    }
  }

  /** Of those that live, unless none does. */
  #leastBusy(): WorkerClient<ReaderRequest> | undefined {
    const living = this.#readers.filter(({ failure }) => failure === undefined);
    const [first, ...rest] = living.length === 0 ? this.#readers : living;
    return rest.reduce((best, reader) => (best === undefined || reader.waiting < best.waiting ? reader : best), first);
  }
}
