import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqlValue } from '../procedure.ts';

export type Row = Readonly<Record<string, SqlValue>>;

/** Milliseconds to wait for a lock; readers and writers of one file do not wait for each other. */
const LOCK_MS = 10_000;

/** A SQLite database that a server may be writing to, to be read from beside it. */
export class SqliteSource implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_MS });
  }

  /** Steps its schema has taken. */
  get version(): number {
    return Number(this.#database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  }

  /** Runs work that sees the database as it is at this moment, however long it takes. */
  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    this.#database.exec('BEGIN');
    try {
      // NOTE: the snapshot is taken by the first read.
      this.#database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return await work();
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  all(sql: string, parameters: readonly SqlValue[] = []): readonly Row[] {
    return this.#database.prepare(sql).all(...parameters.map(bound)) as readonly Row[];
  }

  columns(table: string): readonly string[] {
    return this.all('SELECT name FROM pragma_table_info(?)', [table]).map(({ name }) => String(name));
  }

  /** Its tables, those that others refer to before these; full-text indexes and what belongs to them left out. */
  tables(): readonly string[] {
    const named = this.all(
      `SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name`,
    ).map(({ name }) => String(name));
    const ordered = new Set<string>();
    const visit = (table: string): void => {
      for (const { table: referred } of this.all('SELECT "table" FROM pragma_foreign_key_list(?)', [table])) {
        if (referred !== table && !ordered.has(String(referred))) {
          visit(String(referred));
        }
      }
      ordered.add(table);
    };
    for (const table of named) {
      visit(table);
    }
    return [...ordered];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function bound(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value;
}
