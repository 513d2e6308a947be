import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { db, type procedures } from '../../test/counter-schema.ts';
import { openSqlite } from '../index.ts';
import { Connection } from './connection.ts';
import { prepareLog } from './prepared-log.ts';

/** 4000 frames of a page of 4096 bytes and its header of 24, behind the header of the log. */
const FULL_LENGTH = 32 + 4000 * (4096 + 24);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-log-'));
  file = join(folder, 'test.db');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const logBytes = async () => (await stat(`${file}-wal`)).size;

function connect(): Connection {
  const connection = new Connection(file, { readonly: false });
  connection.exec('CREATE TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY, text TEXT)');
  return connection;
}

function fill(connection: Connection, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) {
    connection.query({ sql: 'INSERT INTO seen VALUES (?, ?)', parameters: [number, 'x'.repeat(3000)] });
  }
}

/** As a process leaves them that was killed: without the file of locks. */
async function copyTo(name: string): Promise<string> {
  const copy = join(folder, name);
  await copyFile(file, copy);
  await copyFile(`${file}-wal`, `${copy}-wal`);
  return copy;
}

/** Rows as any SQLite finds them, and whether it finds the file whole. */
function rowsIn(path: string): readonly unknown[] {
  const other = new Sqlite(path);
  try {
    return [
      other.prepare('SELECT count(*), max(number) FROM seen').raw().get(),
      other.pragma('integrity_check', { simple: true }),
    ].flat();
  } finally {
    other.close();
  }
}

it('has its full length at once, does not grow under load, and is empty for SQLite', async () => {
  using connection = new Connection(file, { readonly: false });
  connection.exec('PRAGMA user_version = 1');
  connection.raw.pragma('wal_checkpoint(TRUNCATE)');
  prepareLog(connection, file);
  expect(await logBytes()).toBe(FULL_LENGTH);
  expect(connection.checkpoint('NOOP').pages).toBe(0);
  expect(connection.inTransaction).toBe(false);
  connection.exec('CREATE TABLE seen (number INTEGER PRIMARY KEY, text TEXT)');
  fill(connection, 1, 100);
  expect(connection.checkpoint('PASSIVE').pages).toBeGreaterThan(100);
  fill(connection, 101, 200);
  expect(await logBytes()).toBe(FULL_LENGTH);
  expect(rowsIn(await copyTo('copy.db'))).toEqual([200, 200, 'ok']);
});

it('is no hindrance to another SQLite that finds zeros in the place of a log', async () => {
  using connection = connect();
  fill(connection, 1, 10);
  connection.raw.pragma('wal_checkpoint(TRUNCATE)');
  prepareLog(connection, file);
  const copy = await copyTo('copy.db');
  expect((await readFile(`${copy}-wal`)).every((byte) => byte === 0)).toBe(true);
  expect(rowsIn(copy)).toEqual([10, 10, 'ok']);
  await connection.raw.backup(join(folder, 'backup.db'));
  expect(rowsIn(join(folder, 'backup.db'))).toEqual([10, 10, 'ok']);
});

it('keeps what is in the log of a process that was killed', async () => {
  const killed = join(folder, 'killed.db');
  {
    using connection = connect();
    fill(connection, 1, 50);
    await copyTo('killed.db');
  }
  file = killed;
  const before = await readFile(`${file}-wal`);
  using connection = connect();
  prepareLog(connection, file);
  const after = await readFile(`${file}-wal`);
  expect([after.length, Buffer.compare(after.subarray(0, before.length), before)]).toEqual([FULL_LENGTH, 0]);
  fill(connection, 51, 60);
  expect(rowsIn(await copyTo('again.db'))).toEqual([60, 60, 'ok']);
});

it('is prepared beside a reader with an old snapshot, and not where another process is writing', async () => {
  using connection = connect();
  fill(connection, 1, 5);
  using reader = new Connection(file, { readonly: true });
  reader.exec('BEGIN');
  const seen = () => reader.query({ sql: 'SELECT count(*) AS n FROM seen', parameters: [] });
  expect(seen()).toEqual([{ n: 5 }]);
  using other = connect();
  other.exec('BEGIN IMMEDIATE');
  const before = await logBytes();
  connection.raw.pragma('busy_timeout = 0');
  prepareLog(connection, file);
  expect(await logBytes()).toBe(before);
  other.exec('ROLLBACK');
  prepareLog(connection, file);
  expect(await logBytes()).toBe(FULL_LENGTH);
  fill(connection, 6, 9);
  connection.checkpoint('PASSIVE');
  expect(seen()).toEqual([{ n: 5 }]);
  reader.exec('ROLLBACK');
  expect(seen()).toEqual([{ n: 9 }]);
});

it('does nothing where there is no log', async () => {
  using connection = connect();
  prepareLog(connection, join(folder, 'none.db'));
  expect(connection.inTransaction).toBe(false);
  await expect(stat(join(folder, 'none.db-wal'))).rejects.toThrow('ENOENT');
});

it.skipIf(process.platform === 'win32')('is left as it was by a disk that does not take all of it', async () => {
  const script = fileURLToPath(new URL('../../test/filling-process.ts', import.meta.url));
  // Blocks of 512 bytes: half a MiB.
  const command = ['-c', 'ulimit -f 1024; exec "$0" "$@"', process.execPath, script, file, 'busy', '1'];
  const { stdout } = await promisify(execFile)('sh', command).catch((error: { readonly stdout: string }) => error);
  expect(JSON.parse(stdout)).toMatchObject({ codes: [], acknowledged: { length: 8 } });
  expect(await logBytes()).toBeLessThan(200_000);
});

it('has every acknowledged commit after its process was killed, twice', async () => {
  const script = fileURLToPath(new URL('../../test/filling-process.ts', import.meta.url));
  const killed = async (): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, 'busy', '20']).catch(
      (error: { readonly stdout: string }) => error,
    );
    return (JSON.parse(stdout) as { acknowledged: string[] }).acknowledged;
  };
  expect(await killed()).toHaveLength(160);
  expect(await logBytes()).toBe(FULL_LENGTH);
  expect(await killed()).toHaveLength(160);
  await using database = await openSqlite<typeof procedures>({
    file,
    schema: new URL('../../test/counter-schema.ts', import.meta.url),
    busy: true,
  });
  const rows = await database.read(db.selectFrom('counter').selectAll());
  expect([rows.length, ...new Set(rows.map(({ value }) => value))]).toEqual([160, 2]);
});
