import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseError, type DatabaseErrorCode, errorData } from '../errors.ts';
import { DATABASE_LIMITS } from '../limits.ts';
import { checkNumbers } from '../migration-numbers.ts';
import type { Migration } from '../procedure.ts';
import type { Connection } from './connection.ts';
import { copyDatabase } from './copy.ts';

interface Upgraded {
  readonly connection: Connection;
  readonly file: string;
  /** Copies kept beside the file; with 0 none is made. */
  readonly copies?: number | undefined;
}

/**
 * Brings the schema to the newest version; `user_version` counts the steps taken. Before the first step on a database that
 * holds something, a copy is put beside it, `<file>.before-<new version>`. All steps are one transaction: it is the old
 * database or the new one, whatever happens in between.
 * @throws DatabaseError `newer-schema` when the file was written by a later Filmless; `full`, `io`, `failed` when a step
 * failed and the file is as it was
 */
export async function migrate(upgraded: Upgraded, migrations: readonly Migration[]): Promise<void> {
  const { connection, file, copies = DATABASE_LIMITS.copies } = upgraded;
  const known = migrations.length;
  checkNumbers(migrations);
  const version = schemaVersion(connection);
  if (version > known) {
    throw newerSchema(file, version, known);
  }
  if (version === known) {
    return;
  }
  const copy = version === 0 || copies === 0 ? undefined : `${file}.before-${known}`;
  try {
    if (copy !== undefined) {
      await copyDatabase(connection.raw, file, copy);
      removeOldCopies(file, copies);
    }
    takeSteps(connection, migrations);
  } catch (error) {
    throw version === 0 ? error : failedUpgrade(file, version, known, error);
  }
}

function takeSteps(connection: Connection, migrations: readonly Migration[]): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have taken them meanwhile.
    for (const { version, name, sqlite } of migrations.slice(schemaVersion(connection))) {
      try {
        for (const statement of sqlite) {
          connection.exec(statement);
        }
        connection.exec(`PRAGMA user_version = ${version}`);
      } catch (error) {
        const { code, message } = errorData(error);
        throw new DatabaseError(code, `step ${version}, ${name}: ${message}`, { cause: error });
      }
    }
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) {
      connection.exec('ROLLBACK');
    }
    throw error;
  }
}

function schemaVersion(connection: Connection): number {
  return Number(connection.raw.pragma('user_version', { simple: true }));
}

function newerSchema(file: string, version: number, known: number): DatabaseError {
  const [copy] = copiesOf(file).filter((candidate) => candidate.version > known);
  const back =
    copy === undefined ? 'restore the backup made before the upgrade' : `put ${copy.path} in its place, without -wal and -shm`;
  return new DatabaseError(
    'newer-schema',
    `the database ${file} has schema version ${version}, this Filmless knows ${known}: install the newer Filmless again, or ${back}`,
  );
}

function failedUpgrade(file: string, version: number, known: number, error: unknown): DatabaseError {
  const { code, message } = errorData(error);
  const said = `${file} could not be brought from schema version ${version} to ${known} and is as it was: ${message}`;
  return new DatabaseError(code, `${said}${toGoOn(code)}`, { cause: error });
}

function toGoOn(code: DatabaseErrorCode): string {
  switch (code) {
    case 'corrupt':
      return '';
    case 'full':
      return '. Make room, as much again as the file has, and start again';
    default:
      return '. Install the earlier Filmless again, which still opens it, and report this message';
  }
}

/** Copies from before upgrades, the oldest first. */
function copiesOf(file: string): readonly { readonly path: string; readonly version: number }[] {
  const prefix = `${basename(file)}.before-`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => ({ path: join(dirname(file), name), version: Number(name.slice(prefix.length)) }))
    .sort((a, b) => a.version - b.version);
}

function removeOldCopies(file: string, keep: number): void {
  const copies = copiesOf(file);
  for (const { path } of copies.slice(0, Math.max(0, copies.length - keep))) {
    rmSync(path, { force: true });
  }
}
