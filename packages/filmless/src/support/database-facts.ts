import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Milliseconds to wait for a lock. */
const LOCK_MS = 10_000;

export interface NamedDatabase {
  readonly name: string;
  readonly file: string;
}

/** Schema version, sizes and numbers of rows. For a process that is not the server: see the note at `addDatabases`. */
export function databaseFacts(databases: readonly NamedDatabase[]): object {
  return Object.fromEntries(databases.map(({ name, file }) => [name, factsOf(file)]));
}

function factsOf(file: string): object {
  if (!existsSync(file)) {
    return { there: false };
  }
  const sizes = { bytes: statSync(file).size, walBytes: existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0 };
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_MS });
    const schemaVersion = database.prepare('PRAGMA user_version').get()?.user_version;
    return { schemaVersion, ...sizes, rows: rowsOf(database) };
  } catch (error) {
    return {
      ...sizes,
      problem: error instanceof Error && 'errcode' in error ? `SQLite ${String(error.errcode)}` : 'cannot be read',
    };
  }
}

function rowsOf(database: DatabaseSync): object {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").all();
  const names = tables
    .map(({ name }) => String(name))
    .filter((name) => /^[a-z_]{1,64}$/.test(name) && !name.startsWith('sqlite_'));
  return Object.fromEntries(
    names.map((name) => [name, database.prepare(`SELECT count(*) AS count FROM "${name}"`).get()?.count]),
  );
}
