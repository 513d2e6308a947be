import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabaseError } from '../errors.ts';

/** More pages than a file has: the whole copy is one step, and so one snapshot. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies a database, as it is when the copy begins, to a file that appears whole, checked and synced, or not at all; a file
 * that is there is replaced. Others go on writing meanwhile: the log keeps what they write until the copy has ended. The copy
 * is one file, without a log, readable by its owner alone as the original is.
 * @throws DatabaseError `full`, `io`, `corrupt` when the copy does not pass SQLite's check
 */
export async function copyDatabase(source: Sqlite.Database, file: string, target: string): Promise<void> {
  const part = `${target}.part`;
  removeParts(part);
  try {
    const fd = openSync(part, 'wx', 0o600);
    fchmodSync(fd, statSync(file).mode);
    closeSync(fd);
    await source.backup(part, { progress: () => ALL_PAGES });
    check(part, file);
    sync(part);
    renameSync(part, target);
    syncFolder(dirname(target));
  } catch (error) {
    removeParts(part);
    throw error;
  }
}

/** Of a file that need not be open here. */
export async function copyFile(file: string, target: string): Promise<void> {
  const source = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    await copyDatabase(source, file, target);
  } finally {
    source.close();
  }
}

function check(part: string, file: string): void {
  const copy = new Sqlite(part);
  try {
    copy.pragma('journal_mode = DELETE');
    const found = String(copy.pragma('quick_check(1)', { simple: true }));
    if (found !== 'ok') {
      throw new DatabaseError('corrupt', `the copy of ${file} does not pass SQLite's check: ${found}`);
    }
  } finally {
    copy.close();
  }
}

function sync(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Windows knows no sync of folders. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') {
    return;
  }
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function removeParts(part: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(part + suffix, { force: true });
  }
}
