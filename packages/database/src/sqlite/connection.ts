import Sqlite from 'better-sqlite3';
import type { Compilable, CompiledQuery } from 'kysely';
import type { SqlValue } from '../procedure.ts';

/** SQL and its parameters, as they cross a thread boundary. */
export interface SqlText {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const STATEMENT_CACHE_SIZE = 500;

/** One SQLite connection with its prepared statements. Lives in a worker thread only. */
export class Connection implements Disposable {
  readonly raw: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();

  constructor(file: string, options: { readonly readonly: boolean }) {
    this.raw = new Sqlite(file, { readonly: options.readonly, timeout: 10_000 });
    if (!options.readonly) {
      // NOTE: WAL alone would run synchronous=NORMAL, which loses acknowledged commits at a power cut.
      this.raw.pragma('journal_mode = WAL');
      this.raw.pragma('synchronous = FULL');
      // What one large commit made of the log is given back at the next checkpoint.
      this.raw.pragma('journal_size_limit = 67108864');
    }
    this.raw.pragma('foreign_keys = ON');
    this.raw.pragma('cache_size = -16000');
    this.raw.pragma('temp_store = MEMORY');
  }

  run(query: Compilable<unknown>): readonly unknown[] {
    const compiled: CompiledQuery = query.compile();
    return this.query(compiled);
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

  exec(sql: string): void {
    this.raw.exec(sql);
  }

  [Symbol.dispose](): void {
    this.raw.close();
  }

  #statement(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      return known;
    }
    if (this.#statements.size >= STATEMENT_CACHE_SIZE) {
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
