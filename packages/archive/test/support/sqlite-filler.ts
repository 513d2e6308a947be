import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Compilable } from 'kysely';
import { migrations } from '../../src/index/migrations.ts';

/** An index file that is filled without safety: what breaks off is thrown away. */
export class SqliteFiller implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Makes the schema as it was at a version: the last one unless told. */
  constructor(file: string, version: number = migrations.length) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY',
    );
    for (const { version: step, sqlite } of migrations.slice(0, version)) {
      for (const statement of sqlite) {
        this.#database.exec(statement);
      }
      this.#database.exec(`PRAGMA user_version = ${step}`);
    }
  }

  run(query: Compilable<unknown>): readonly unknown[] {
    const { sql, parameters } = query.compile();
    return this.#prepared(sql).all(...(parameters as readonly SQLInputValue[]));
  }

  /** Runs a procedure to its end. */
  steps<R>(steps: Generator<Compilable<unknown>, R, readonly unknown[]>): R {
    let step = steps.next();
    while (step.done !== true) {
      step = steps.next(this.run(step.value));
    }
    return step.value;
  }

  transaction(work: () => void): void {
    this.#database.exec('BEGIN');
    work();
    this.#database.exec('COMMIT');
  }

  [Symbol.dispose](): void {
    this.#database.exec('PRAGMA journal_mode = DELETE');
    this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
