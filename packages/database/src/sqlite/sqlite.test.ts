import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { db, type procedures } from '../../test/counter-schema.ts';
import { type Database, openSqlite } from '../index.ts';
import { DATABASE_LIMITS } from '../limits.ts';

const schema = new URL('../../test/counter-schema.ts', import.meta.url);

/** What only this engine does or has; the rest stands in `test/database-contract.ts`. */
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

  it('answers short queries beside a long one', async () => {
    await database.write('add', { name: 'a', by: 1 });
    const endless = sql<{ n: number }>`
      WITH RECURSIVE step(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < 10000000) SELECT max(n) AS n FROM step`;
    let ended = false;
    const long = database.read({ compile: () => endless.compile(db) }).then((rows) => {
      ended = true;
      return rows;
    });
    let beside = 0;
    const short: Promise<unknown>[] = [];
    while (!ended && beside === 0) {
      const asked = counters().then(() => {
        beside += ended ? 0 : 1;
      });
      short.push(asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(beside).toBeGreaterThan(0);
    expect(await long).toEqual([{ n: 10_000_000 }]);
    await Promise.all(short);
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

  it('does what it can be asked for, though something else in the same message cannot be sent', async () => {
    const unsendable: object = { name: 'a', by: () => 1 };
    const [one, other] = await Promise.allSettled([
      database.write('add', unsendable as { name: string; by: number }),
      database.write('add', { name: 'b', by: 1 }),
    ]);
    expect([one.status, other.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe.each([0, 1])('databases that share a writer, and with %i readers each the thread of those', (readers) => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const open = (name: string) => openSqlite<typeof procedures>({ file: join(folder, name), schema, readers, threads: 'shared' });
  const rows = (database: Database<typeof procedures>) => database.read(db.selectFrom('counter').selectAll());

  it('keep their own rows, their own order and their own failures', async () => {
    await using first = await open('first.db');
    await using second = await open('second.db');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => [
        first.write('add', { name: 'a', by: 1 }),
        second.write('add', { name: 'a', by: index % 10 === 0 ? 2000 : 1 }),
      ]).flat(),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect([await rows(first), await rows(second)]).toEqual([[{ name: 'a', value: 100 }], [{ name: 'a', value: 90 }]]);
  });

  it('are closed one by one: what was asked before is done, and the others go on', async () => {
    await using first = await open('first.db');
    const second = await open('second.db');
    const asked = Array.from({ length: 50 }, () => second.write('add', { name: 'a', by: 1 }));
    await second[Symbol.asyncDispose]();
    expect(await Promise.all(asked)).toContain(50);
    await expect(second.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'closed' });
    expect(await first.write('add', { name: 'a', by: 1 })).toBe(1);
  });

  it('get a new thread after the last one ended, well or not', async () => {
    const first = await open('first.db');
    await expect(first.write('endThread', {})).rejects.toThrow();
    expect(first.problem()).toMatch(/closed/);
    await using second = await open('second.db');
    expect(await second.write('add', { name: 'a', by: 1 })).toBe(1);
    await first[Symbol.asyncDispose]();
    expect(await second.write('add', { name: 'a', by: 1 })).toBe(2);
  });

  it('open a file or refuse it without regard to the others', async () => {
    await using first = await open('first.db');
    await writeFile(join(folder, 'broken.db'), 'this is no database, but it is long enough to be looked at as one '.repeat(20));
    const adding = first.write('add', { name: 'a', by: 1 });
    await expect(open('broken.db')).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('broken.db is damaged'),
    });
    expect(await adding).toBe(1);
  });
});

describe('the log of a database', () => {
  it('is bounded while commits never pause', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
    const file = join(folder, 'test.db');
    {
      await using database = await openSqlite<typeof procedures>({ file, schema, readers: 0 });
      const most = DATABASE_LIMITS.mostLogPages * 4096;
      for (let round = 0, written = 0; written < 3 * most; round += 1) {
        const text = `${round} ${'x'.repeat(1_000_000)}`;
        await database.write('add', { name: text, by: 1 });
        // The row and the key of its index.
        written += 2 * text.length;
      }
      expect((await stat(`${file}-wal`)).size).toBeLessThan(1.3 * most);
    }
    await rm(folder, { recursive: true });
  });

  it('is copied into the file when nothing happens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
    const file = join(folder, 'test.db');
    {
      await using database = await openSqlite<typeof procedures>({ file, schema, readers: 0 });
      for (const letter of ['a', 'b', 'c']) {
        await database.write('add', { name: letter.repeat(1_000_000), by: 1 });
      }
      await vi.waitFor(async () => expect((await stat(file)).size).toBeGreaterThan(5_000_000), 15_000);
    }
    await rm(folder, { recursive: true });
  });
});
