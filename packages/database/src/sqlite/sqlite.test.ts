import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { db, type procedures } from '../../test/counter-schema.ts';
import { type Database, openSqlite } from '../index.ts';

const schema = new URL('../../test/counter-schema.ts', import.meta.url);

describe('a SQLite database', () => {
  let folder: string;
  let file: string;
  let database: Database<typeof procedures>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
    file = join(folder, 'test.db');
    database = await openSqlite<typeof procedures>({ file, schema });
  });

  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const counters = () => database.read(db.selectFrom('counter').selectAll().orderBy('name'));

  it('commits many concurrent calls, each once', async () => {
    const results = await Promise.all(Array.from({ length: 500 }, () => database.write('add', { name: 'a', by: 1 })));
    expect(Math.max(...results)).toBe(500);
    expect(await counters()).toEqual([{ name: 'a', value: 500 }]);
  });

  it('undoes only the call that fails, not its neighbours in the batch', async () => {
    const outcomes = await Promise.allSettled([
      database.write('add', { name: 'a', by: 1 }),
      database.write('addThenFail', { name: 'b' }),
      database.write('add', { name: 'c', by: 2000 }),
      database.write('add', { name: 'd', by: 1 }),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'constraint' } });
    expect(await counters()).toEqual([
      { name: 'a', value: 1 },
      { name: 'd', value: 1 },
    ]);
  });

  it('keeps what was committed when opened again', async () => {
    await database.write('add', { name: 'a', by: 7 });
    await database[Symbol.asyncDispose]();
    database = await openSqlite<typeof procedures>({ file, schema });
    expect(await counters()).toEqual([{ name: 'a', value: 7 }]);
  });

  it('writes ahead, so that readers never wait', async () => {
    await database.write('add', { name: 'a', by: 1 });
    const connection = new Sqlite(file);
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
    connection.close();
  });

  it('makes a backup that can be opened while it goes on', async () => {
    await database.write('add', { name: 'a', by: 3 });
    const copy = join(folder, 'copy.db');
    await database.backup(copy);
    await database.write('add', { name: 'a', by: 1 });
    await using restored = await openSqlite<typeof procedures>({ file: copy, schema });
    expect(await restored.read(db.selectFrom('counter').selectAll())).toEqual([{ name: 'a', value: 3 }]);
  });

  it('reads through the writer when it has no readers', async () => {
    await database[Symbol.asyncDispose]();
    database = await openSqlite<typeof procedures>({ file, schema, readers: 0 });
    const adding = Promise.all(Array.from({ length: 50 }, () => database.write('add', { name: 'a', by: 1 })));
    const during = await Promise.all(Array.from({ length: 50 }, counters));
    await adding;
    expect(during).toHaveLength(50);
    expect(await counters()).toEqual([{ name: 'a', value: 50 }]);
  });

  it('starts a second reader when the first is busy, and answers all', async () => {
    await database.write('add', { name: 'a', by: 1 });
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 40 }, counters));
      expect(answers).toEqual(Array.from({ length: 40 }, () => [{ name: 'a', value: 1 }]));
    }
  });

  it('says so when its writer has ended, goes on reading, and closes all the same', async () => {
    expect(database.problem()).toBeUndefined();
    await database.write('add', { name: 'a', by: 1 });
    await expect(database.write('endThread', {})).rejects.toThrow();
    await expect(database.write('add', { name: 'a', by: 1 })).rejects.toThrow();
    expect(database.problem()).toMatch(/database/);
    expect(await counters()).toEqual([{ name: 'a', value: 1 }]);
    await expect(database[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('ends every thread when one cannot be started', async () => {
    const missing = join(folder, 'gone', 'test.db');
    await expect(openSqlite({ file: missing, schema })).rejects.toMatchObject({ code: 'failed' });
    const broken = join(folder, 'broken.db');
    await writeFile(broken, 'this is no database, but it is long enough to be looked at as one '.repeat(20));
    await expect(openSqlite({ file: broken, schema })).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('refuses a file of a later version', async () => {
    await database[Symbol.asyncDispose]();
    const connection = new Sqlite(file);
    connection.pragma('user_version = 99');
    connection.close();
    await expect(openSqlite({ file, schema })).rejects.toMatchObject({ code: 'newer-schema' });
    const again = new Sqlite(file);
    again.pragma('user_version = 1');
    again.close();
  });

  it('answers calls after closing with an error', async () => {
    await database[Symbol.asyncDispose]();
    await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'closed' });
  });
});
