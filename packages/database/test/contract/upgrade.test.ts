import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/index.ts';
import { db, type procedures } from '../counter-schema.ts';

const REAL = [
  ['access', '../../../access/src/store/migrations.ts'],
  ['archive index', '../../../archive/src/index/migrations.ts'],
  ['archive records', '../../../archive/src/records/schema.ts'],
  ['router', '../../../dicom-router/src/records/migrations.ts'],
] as const;

const version = (upTo: number, more = ''): URL => new URL(`../counter-versions.ts?upTo=${upTo}${more}`, import.meta.url);
const all = db.selectFrom('counter').select(['name', 'value']).orderBy('name');
const SCRIPT = fileURLToPath(new URL('../migrating-process.ts', import.meta.url));

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
  file = join(folder, 'test.db');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function makeFirstVersion(): Promise<void> {
  await using database = await openSqlite<typeof procedures>({ file, schema: version(1), readers: 0 });
  await database.write('add', { name: 'A', by: 7 });
  await database.write('add', { name: 'B', by: 8 });
}

async function upgradeTo(schema: URL, copies?: number): Promise<readonly unknown[]> {
  await using database = await openSqlite<typeof procedures>({
    file,
    schema,
    readers: 0,
    ...(copies === undefined ? {} : { copies }),
  });
  return await database.read(all);
}

/** Runs in a process of its own; undefined when that was killed. */
async function migrateApart(path: string, schema: URL, killBefore: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, path, schema.href, String(killBefore)]);
    return Number(stdout);
  } catch (error) {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') {
      return undefined;
    }
    throw error;
  }
}

/** All that a database is: its version, its schema and every row. */
function contents(path: string): unknown {
  const connection = new Sqlite(path);
  try {
    const schema = connection.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all() as {
      type: string;
      name: string;
    }[];
    const tables = schema
      .filter(({ type }) => type === 'table')
      .map(({ name }) => [name, connection.prepare(`SELECT * FROM "${name}"`).all()]);
    const whole = connection.pragma('integrity_check', { simple: true });
    return { whole, version: connection.pragma('user_version', { simple: true }), schema, tables };
  } finally {
    connection.close();
  }
}

describe('an upgrade', () => {
  beforeEach(makeFirstVersion);

  it('takes all steps and leaves a copy from before, which the earlier version opens', async () => {
    expect(await upgradeTo(version(3))).toEqual([
      { name: 'a', value: 7 },
      { name: 'b', value: 8 },
    ]);
    file = `${file}.before-3`;
    expect(await upgradeTo(version(1))).toEqual([
      { name: 'A', value: 7 },
      { name: 'B', value: 8 },
    ]);
  });

  it.skipIf(process.platform === 'win32')('gives the copy the permissions of the file', async () => {
    await chmod(file, 0o600);
    await upgradeTo(version(2));
    expect((await stat(`${file}.before-2`)).mode & 0o777).toBe(0o600);
  });

  it('makes no copy of an empty database, of one that is new enough, or where none is wanted', async () => {
    await upgradeTo(version(1));
    await upgradeTo(version(2), 0);
    file = join(folder, 'other.db');
    await upgradeTo(version(3));
    expect((await readdir(folder)).filter((name) => name.includes('before'))).toEqual([]);
  });

  it('keeps the newest two copies', async () => {
    for (const upTo of [2, 3, 4]) {
      await upgradeTo(version(upTo));
    }
    expect((await readdir(folder)).filter((name) => name.includes('before')).sort()).toEqual([
      'test.db.before-3',
      'test.db.before-4',
    ]);
  });

  it('that fails in a later step leaves the file to the earlier version, and says how to go back', async () => {
    const before = contents(file);
    await expect(upgradeTo(version(3, '&broken=3'))).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(
        /from schema version 1 to 3 and is as it was: step 3, names are folded: .*nowhere.*Install the earlier Filmless again/,
      ),
    });
    expect(contents(file)).toEqual(before);
    expect(await upgradeTo(version(1))).toHaveLength(2);
  });

  it('is not begun when no copy can be made', async () => {
    await mkdir(join(`${file}.before-3.part`, 'in the way'), { recursive: true });
    await expect(upgradeTo(version(3))).rejects.toThrow(/is as it was/);
    expect(await upgradeTo(version(1))).toHaveLength(2);
  });

  it('is not begun on a damaged file', async () => {
    const { size } = await stat(file);
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(4096, 0x5a), 0, 4096, size - 4096);
    await handle.close();
    await expect(upgradeTo(version(3))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/is as it was: .*does not pass SQLite's check.*is damaged: stop the server/s),
    });
  });

  it('is refused backwards, with the copy to go back to', async () => {
    await upgradeTo(version(3));
    await expect(upgradeTo(version(1))).rejects.toMatchObject({
      code: 'newer-schema',
      message: expect.stringContaining(
        `has schema version 3, this Filmless knows 1: install the newer Filmless again, or put ${file}.before-3`,
      ),
    });
  });

  it('cut off before any of its statements is the old database, and is made whole by the next start', async () => {
    const template = join(folder, 'template.db');
    await copyFile(file, template);
    const before = contents(template);
    await upgradeTo(version(4));
    const after = contents(file);
    file = join(folder, 'counted.db');
    await copyFile(template, file);
    const statements = (await migrateApart(file, version(4), 0)) ?? 0;
    expect(statements).toBeGreaterThan(10);
    for (let killBefore = 1; killBefore <= statements; killBefore += 1) {
      file = join(folder, `killed-${killBefore}.db`);
      await copyFile(template, file);
      expect(await migrateApart(file, version(4), killBefore)).toBeUndefined();
      expect(contents(file), `killed before statement ${killBefore}`).toEqual(before);
      await upgradeTo(version(4));
      expect(contents(file), `killed before statement ${killBefore}`).toEqual(after);
      expect(contents(`${file}.before-4`)).toEqual(before);
    }
  });
});

describe.each(REAL)('the schema of %s', (_, path) => {
  it('cut off before any of its statements is made whole by the next start', async () => {
    const schema = new URL(path, import.meta.url);
    const statements = (await migrateApart(file, schema, 0)) ?? 0;
    const whole = contents(file);
    expect(statements).toBeGreaterThan(3);
    for (let killBefore = 1; killBefore <= statements; killBefore += 1) {
      file = join(folder, `killed-${killBefore}.db`);
      expect(await migrateApart(file, schema, killBefore)).toBeUndefined();
      expect(await migrateApart(file, schema, 0)).toBe(statements);
      expect(contents(file), `killed before statement ${killBefore}`).toEqual(whole);
    }
  });
});
