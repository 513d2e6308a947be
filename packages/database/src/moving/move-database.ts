import { DatabaseError } from '../errors.ts';
import { openPostgres } from '../postgres/postgres.ts';
import type { Schema } from '../procedure.ts';
import type { MovingStatement, movingProcedures } from './moving-procedures.ts';
import { SqliteSource } from './sqlite-source.ts';
import { type MovedTables, moveTables, type WholeTables } from './whole-tables.ts';

export interface DatabaseMove extends WholeTables {
  /** The SQLite file. Nobody may have it open for writing. */
  readonly file: string;
  readonly url: string;
  /** PostgreSQL's schema. */
  readonly name: string;
  /** Module that exports the database's `migrations`, and `movingProcedures` as `procedures`. */
  readonly schema: URL;
  /** What PostgreSQL keeps in tables of its own, made from the others. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const plain = (sql: string): MovingStatement => ({ sql, parameters: [] });

/** Moves a whole database from a SQLite file to PostgreSQL. @throws DatabaseError `failed` when they are not the same afterwards */
export async function moveDatabase({
  file,
  url,
  name,
  schema,
  before = [],
  after = [],
  ...options
}: DatabaseMove): Promise<MovedTables> {
  const { migrations } = (await import(schema.href)) as Schema;
  using source = new SqliteSource(file);
  if (source.version !== migrations.length) {
    throw new DatabaseError(
      'failed',
      `${file} has schema version ${source.version}, this Filmless has ${migrations.length}: start the server with this version once, then move it`,
    );
  }
  await using target = await openPostgres<typeof movingProcedures>({ url, name, schema });
  await target.write('runAll', { statements: before.map(plain) });
  const moved = await source.snapshot(() => moveTables(source, target, options));
  await target.write('runAll', { statements: after.map(plain) });
  if (moved.differences.length > 0) {
    throw new DatabaseError('failed', `${name} is not the same as ${file}: ${moved.differences.join('; ')}. Run the move again`);
  }
  return moved;
}
