import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from './config/config-error.ts';

const FOLDERS = ['records', 'index', 'incoming', 'tls'] as const;

/** The folder everything is kept in, held by this process alone. */
export interface DataDirectory extends Disposable {
  readonly path: string;
}

/** Stands in the folder while a restore moves records: what lies there then is neither the old nor the new. */
export const RESTORE_MARK = 'restore-unfinished';

/** Makes the folder where it is missing, for its owner alone, and takes its lock. @throws ConfigError */
export async function openDataDirectory(
  path: string,
  { restoring = false }: { readonly restoring?: boolean } = {},
): Promise<DataDirectory> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await Promise.all(FOLDERS.map((name) => mkdir(join(path, name), { recursive: true, mode: 0o700 })));
    // A folder that was there before keeps the mode it has, except that patients' images are not for everybody.
    await chmod(path, 0o700);
  } catch (error) {
    throw new ConfigError(
      `The data directory ${path} cannot be made or written (${reason(error)}). Check its path and permissions, or choose another with --data.`,
    );
  }
  const lock = takeLock(path);
  if (!restoring && existsSync(join(path, RESTORE_MARK))) {
    lock.close();
    throw new ConfigError(
      `A restore into ${path} did not come to its end. Run it again: filmless restore --from DIR. What was there before lies in ${path}/before-restore-*.`,
    );
  }
  return new LockedDirectory(path, lock);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The lock is a transaction that stays open on a SQLite file: the operating system lets go of it when the process ends,
 * however it ends, so there is no stale lock to find and no process id to mistake for another's.
 */
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
    lock.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT');
    lock.exec('DELETE FROM holder');
    lock.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid);
    lock.exec('COMMIT');
    // Readable by others for the number in it, but nobody else can begin.
    lock.exec('BEGIN IMMEDIATE');
    return lock;
  } catch (error) {
    const holder = readHolder(lock);
    lock.close();
    const whose = holder === undefined ? '' : ` by process ${holder}`;
    throw new ConfigError(
      `The data directory ${folder} is in use${whose}: another Filmless runs on it (${reason(error)}). Stop that one first, or choose another directory with --data.`,
    );
  }
}

function readHolder(lock: DatabaseSync): number | undefined {
  try {
    const pid = lock.prepare('SELECT pid FROM holder').get()?.pid;
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}

class LockedDirectory implements DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  [Symbol.dispose](): void {
    if (this.#lock.isOpen) {
      this.#lock.close();
    }
  }
}
