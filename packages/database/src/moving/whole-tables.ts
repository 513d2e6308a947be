import type { Database } from '../database.ts';
import type { SqlValue } from '../procedure.ts';
import { insertions, type MovingStatement, type movingProcedures, statement } from './moving-procedures.ts';
import type { Row, SqliteSource } from './sqlite-source.ts';

type Target = Database<typeof movingProcedures>;

export interface MovedTables {
  readonly rows: number;
  /** Tables whose rows are not the same afterwards, in words. */
  readonly differences: readonly string[];
}

export interface WholeTables {
  /** Tables of which rows are only ever added, by the number that grows: what is there already stays. */
  readonly growing?: Readonly<Record<string, string>>;
  /** Tables of the source that have none of that name in the target. */
  readonly leftOut?: readonly string[];
}

/** Rows read at a time. */
const PAGE = 1_000;

/**
 * Makes the target's tables hold what the source's do. Nobody may write to either meanwhile. A run that ended early is begun
 * again, except of tables that grow, of which only what is missing is brought.
 */
export async function moveTables(source: SqliteSource, target: Target, options: WholeTables = {}): Promise<MovedTables> {
  const { growing = {}, leftOut = [] } = options;
  const tables = source.tables().filter((table) => !leftOut.includes(table));
  const replaced = tables.filter((table) => growing[table] === undefined);
  await target.write('runAll', {
    statements: replaced.toReversed().map((table): MovingStatement => ({ sql: `DELETE FROM "${table}"`, parameters: [] })),
  });
  let rows = 0;
  const differences: string[] = [];
  for (const table of tables) {
    const number = growing[table];
    const from = number === undefined ? 0 : await highest(target, table, number);
    rows += await copyTable(source, target, table, number === undefined ? undefined : { number, from });
    await restartNumbers(target, table);
    const [there, here] = [
      await countIn(target, table),
      Number(source.all(`SELECT count(*) AS count FROM "${table}"`)[0]?.count),
    ];
    if (there !== here) {
      differences.push(`${table}: ${here} rows here, ${there} there`);
    }
  }
  return { rows, differences };
}

async function copyTable(
  source: SqliteSource,
  target: Target,
  table: string,
  growing: { readonly number: string; readonly from: number } | undefined,
): Promise<number> {
  const columns = source.columns(table);
  const where = growing === undefined ? '' : `WHERE "${growing.number}" > ${growing.from} ORDER BY "${growing.number}"`;
  let copied = 0;
  for (;;) {
    const page = source.all(`SELECT * FROM "${table}" ${where} LIMIT ${PAGE} OFFSET ${copied}`);
    const rows = page.map((row) => valuesOf(row, columns));
    await target.write('runAll', { statements: insertions({ table, columns, rows }) });
    copied += page.length;
    if (page.length < PAGE) {
      return copied;
    }
  }
}

export function valuesOf(row: Row, columns: readonly string[]): readonly SqlValue[] {
  return columns.map((column) => row[column] ?? null);
}

async function highest(target: Target, table: string, number: string): Promise<number> {
  const [row] = await target.read(statement<{ most: number }>(`SELECT coalesce(max("${number}"), 0) AS most FROM "${table}"`));
  return row?.most ?? 0;
}

async function countIn(target: Target, table: string): Promise<number> {
  const [row] = await target.read(statement<{ count: number }>(`SELECT count(*) AS count FROM "${table}"`));
  return row?.count ?? 0;
}

/** The engine's own numbers go on behind those that were brought. */
export async function restartNumbers(target: Target, table: string): Promise<void> {
  const columns = await target.read(
    statement<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name = ? AND is_identity = 'YES'`,
      [table],
    ),
  );
  for (const { name } of columns) {
    const next = `(SELECT coalesce(max("${name}"), 0) + 1 FROM "${table}")`;
    await target.read(statement(`SELECT setval(pg_get_serial_sequence(?, ?), ${next}, false)`, [table, name]));
  }
}
