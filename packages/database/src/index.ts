export type { Database } from './database.ts';
export { byEngine, forPostgres, plannedAnew, type TextOfEngines } from './dialect.ts';
export { DatabaseError, type DatabaseErrorCode } from './errors.ts';
export { moveDatabase } from './moving/move-database.ts';
export { insertions, type MovingStatement, movingProcedures, statement } from './moving/moving-procedures.ts';
export { type Row, SqliteSource } from './moving/sqlite-source.ts';
export { type MovedTables, restartNumbers, valuesOf } from './moving/whole-tables.ts';
export { openPostgres, type PostgresOptions } from './postgres/postgres.ts';
export { dropPostgresSchema, exclusively, hasPostgresSchema, renamePostgresSchema } from './postgres/schemas.ts';
export {
  type Besides,
  type Migration,
  type Procedure,
  type ProcedureArgs,
  type ProcedureResult,
  type Procedures,
  run,
  runFirst,
  type Schema,
  type SqlValue,
} from './procedure.ts';
export { queryBuilder } from './query-builder.ts';
export { openSqlite, type SqliteOptions } from './sqlite/sqlite.ts';
