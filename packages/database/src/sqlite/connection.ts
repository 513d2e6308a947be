import Sqlite from 'better-sqlite3';
import type { Compilable } from 'kysely';
import { DATABASE_LIMITS } from '../limits.ts';
import type { SqlValue } from '../procedure.ts';

/** SQL and its parameters, as they cross a thread boundary. */
export interface SqlText {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Pages in the write-ahead log, and how many of them are in the file. */
export interface LogState {
  readonly pages: number;
  readonly copied: number;
}

/** One SQLite connection with its prepared statements. Lives in a worker thread only. */
export class Connection implements Disposable {
  readonly raw: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();

  constructor(file: string, options: { readonly readonly: boolean }) {
    this.raw = new Sqlite(file, { readonly: options.readonly, timeout: DATABASE_LIMITS.lockMs });
    try {
      this.#configure(options.readonly);
    } catch (error) {
      this.raw.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.raw.inTransaction;
  }

  run(query: Compilable<unknown>): readonly unknown[] {
    return this.query(query.compile());
  }

  query({ sql, parameters }: SqlText): readonly unknown[] {
    const statement = this.#statement(sql);
    const values = parameters.map(bindable);
    if (statement.reader) {
      return statement.all(values);
    }
    statement.run(values);
    return [];
  }

  /** A statement without parameters and rows, prepared once. */
  control(sql: string): void {
    this.#statement(sql).run();
  }

  /** Any statements, not kept. */
  exec(sql: string): void {
    this.raw.exec(sql);
  }

  /** `PASSIVE` copies pages of the log into the file, beside readers; `NOOP` only looks. */
  checkpoint(mode: 'NOOP' | 'PASSIVE'): LogState {
    const [row] = this.query({ sql: `PRAGMA wal_checkpoint(${mode})`, parameters: [] }) as [
      { log: number; checkpointed: number },
    ];
    return { pages: Math.max(0, row.log), copied: Math.max(0, row.checkpointed) };
  }

  [Symbol.dispose](): void {
    this.raw.close();
  }

  #configure(readonly: boolean): void {
    if (!readonly) {
      // NOTE: WAL alone would run synchronous=NORMAL, which loses acknowledged commits at a power cut.
      this.raw.pragma('journal_mode = WAL');
      this.raw.pragma('synchronous = FULL');
      // What one large commit made of the log is given back at the next checkpoint.
      this.raw.pragma(`journal_size_limit = ${DATABASE_LIMITS.logBytes}`);
      // A checkpoint inside a commit would make those wait that wait for the commit: see `LogKeeper`.
      this.raw.pragma('wal_autocheckpoint = 0');
    }
    this.raw.pragma('foreign_keys = ON');
    // A reader forgets its pages at each commit of the writer; the system's own cache keeps them.
    this.raw.pragma(`cache_size = -${readonly ? DATABASE_LIMITS.readerCache : DATABASE_LIMITS.writerCache}`);
    this.raw.pragma('temp_store = MEMORY');
  }

  #statement(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      return known;
    }
    if (this.#statements.size >= DATABASE_LIMITS.statements) {
      this.#statements.clear();
    }
    const statement = this.raw.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function bindable(value: unknown): Exclude<SqlValue, boolean> {
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) {
    return value;
  }
  throw new TypeError(`a value of type ${typeof value} cannot be bound to a statement`);
}
