import type { Compilable } from 'kysely';
import type { Database } from '../database.ts';
import type { ProcedureArgs, ProcedureResult, Procedures } from '../procedure.ts';
import { Readers } from './readers.ts';
import { ownThread, sharedThread, ThreadDatabase } from './threads.ts';
import { WorkerClient } from './worker-client.ts';

export interface SqliteOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  /** Module that exports `migrations` and `procedures` (see `Schema`): `new URL('./schema.ts', import.meta.url)`. */
  readonly schema: URL;
  /** Reader threads at most, 2 unless told; the second is started when the first has a long query. With 0 the writer reads too, in turn: for a small database that is rarely asked. */
  readonly readers?: number;
  /** `shared`: written in one thread with all others that say so, each in commits of its own, and read in another. For small databases; `own` unless told. */
  readonly threads?: 'own' | 'shared';
  /** Copies from before an upgrade that are kept beside the file, 2 unless told; 0 for what can be made again. */
  readonly copies?: number;
  /** Many commits are to be expected: its log takes some 16 MiB from the start. */
  readonly busy?: boolean;
}

/**
 * Opens a SQLite file with a writer thread and some reader threads, and migrates it first. The calling thread never touches
 * the file.
 * @throws DatabaseError `newer-schema`, `corrupt`; what a failed upgrade says
 */
export async function openSqlite<P extends Procedures>(options: SqliteOptions): Promise<Database<P>> {
  const { file, copies, busy = false } = options;
  const isShared = options.threads === 'shared';
  const lease = isShared ? sharedThread('writes') : ownThread();
  const how = { file, schema: options.schema.href, busy, ...(copies === undefined ? {} : { copies }) };
  const writer = await ThreadDatabase.open(lease, how);
  const readers = new Readers(file, options.readers ?? 2, () => (isShared ? sharedThread('reads') : ownThread()));
  try {
    await readers.startFirst();
  } catch (error) {
    await writer.close();
    throw error;
  }
  return new SqliteDatabase<P>(file, writer, readers);
}

class SqliteDatabase<P extends Procedures> implements Database<P> {
  readonly #file: string;
  readonly #writer: ThreadDatabase;
  readonly #readers: Readers;
  #closing: Promise<void> | undefined;

  constructor(file: string, writer: ThreadDatabase, readers: Readers) {
    this.#file = file;
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
    const reader = this.#readers.leastBusy() ?? this.#writer;
    return (await reader.request({ kind: 'read', queries: texts })) as readonly (readonly O[])[];
  }

  async write<K extends keyof P & string>(name: K, args: ProcedureArgs<P[K]>): Promise<ProcedureResult<P[K]>> {
    return (await this.#writer.request({ kind: 'call', name, args })) as ProcedureResult<P[K]>;
  }

  /** In a thread of its own: commits and reads go on. */
  async backup(target: string): Promise<void> {
    const thread = new WorkerClient();
    try {
      await thread.request({ kind: 'copy', file: this.#file, target });
    } finally {
      await thread.end();
    }
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
    await this.#writer.close();
  }
}
