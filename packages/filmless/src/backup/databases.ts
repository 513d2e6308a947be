import { backup, DatabaseSync } from 'node:sqlite';
import { accessMigrations } from '@filmless/access';
import { archiveMigrations } from '@filmless/archive';
import { routerMigrations } from '@filmless/dicom-router';
import { ConfigError } from '../config/config-error.ts';
import { sync } from './files.ts';
import type { RecordsName } from './manifest.ts';

/** Milliseconds to wait for a lock; in WAL mode readers and writers do not wait for each other. */
const LOCK_MS = 10_000;
/** Pages copied at a time. */
const PAGES = 1_000;

/** Schema versions this Filmless knows. */
export const KNOWN_SCHEMAS: Readonly<Record<RecordsName, number>> = {
  access: accessMigrations.length,
  archive: archiveMigrations.length,
  router: routerMigrations.length,
};

/**
 * Copies a database as it is at this moment, while a server of another process writes to it, and checks the copy. The copy is
 * one file, without a write-ahead log.
 * @returns the copy's schema version
 * @throws ConfigError when the database is damaged
 */
export async function copyDatabase(from: string, to: string): Promise<number> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: LOCK_MS });
  try {
    // NOTE: an open read transaction holds the snapshot. Without it every commit of the server would make the copy begin anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, { rate: PAGES });
    source.exec('COMMIT');
  } finally {
    source.close();
  }
  const version = checkDatabase(to, from);
  await sync(to);
  return version;
}

/** Makes one file of a copy and looks through it. @returns its schema version @throws ConfigError */
export function checkDatabase(file: string, named: string): number {
  const copy = new DatabaseSync(file, { timeout: LOCK_MS });
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    const found = copy.prepare('PRAGMA quick_check(5)').all();
    const wrong = found.map((row) => String(row.quick_check)).filter((line) => line !== 'ok');
    if (wrong.length > 0) {
      throw damaged(named, wrong.join('; '));
    }
    return Number(copy.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  } catch (error) {
    throw error instanceof ConfigError ? error : damaged(named, error instanceof Error ? error.message : String(error));
  } finally {
    copy.close();
  }
}

function damaged(file: string, why: string): ConfigError {
  return new ConfigError(
    `The database ${file} is damaged (${why}). Keep it, restore the last good backup with: filmless restore, and have the disk checked.`,
  );
}
