import { type Compilable, CompiledQuery } from 'kysely';
import { type Procedure, run, type SqlValue } from '../procedure.ts';

/** A statement with `?` for its values. */
export interface MovingStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export function statement<O = unknown>(sql: string, parameters: readonly SqlValue[] = []): Compilable<O> {
  return { compile: () => CompiledQuery.raw(sql, [...parameters]) as CompiledQuery<O> };
}

type RunAll = Procedure<{ readonly statements: readonly MovingStatement[] }, void>;

/** What a database is filled by from another engine's: statements that are committed together. */
export const movingProcedures: { readonly runAll: RunAll } = {
  *runAll({ statements }) {
    for (const { sql, parameters } of statements) {
      yield* run(statement(sql, parameters));
    }
  },
};

/** Rows of one table, each with its values in the order of the columns. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Values of one statement; PostgreSQL takes 65,535. */
const MOST_VALUES = 20_000;

/** Rows to be inserted, ids of the engine's making too. */
export function insertions({ table, columns, rows }: TableRows, suffix = ''): readonly MovingStatement[] {
  const atOnce = Math.max(1, Math.floor(MOST_VALUES / columns.length));
  const row = `(${columns.map(() => '?').join(', ')})`;
  const names = columns.map((column) => `"${column}"`).join(', ');
  const statements: MovingStatement[] = [];
  for (let at = 0; at < rows.length; at += atOnce) {
    const some = rows.slice(at, at + atOnce);
    const values = some.map(() => row).join(', ');
    statements.push({
      sql: `INSERT INTO "${table}" (${names}) OVERRIDING SYSTEM VALUE VALUES ${values} ${suffix}`,
      parameters: some.flat(),
    });
  }
  return statements;
}
