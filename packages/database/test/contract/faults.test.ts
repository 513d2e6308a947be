import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openSqlite } from '../../src/index.ts';
import { db, type procedures } from '../counter-schema.ts';
import { type FaultPlan, FaultyDatabase, faultAt } from '../faulty-database.ts';

const schema = new URL('../counter-schema.ts', import.meta.url);
const all = db.selectFrom('counter').selectAll().orderBy('name');

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
  file = join(folder, 'test.db');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const opened = (): Promise<Database<typeof procedures>> => openSqlite<typeof procedures>({ file, schema, readers: 0 });

async function faulty(plan: FaultPlan): Promise<FaultyDatabase<typeof procedures>> {
  return new FaultyDatabase(await opened(), plan);
}

describe('a database with fault points', () => {
  it('is the database inside where the plan has nothing', async () => {
    await using database = await faulty(() => undefined);
    expect(await database.write('add', { name: 'a', by: 2 })).toBe(2);
    expect(await database.read(all)).toEqual([{ name: 'a', value: 2 }]);
    await database.backup(join(folder, 'copy.db'));
    expect(database.problem()).toBeUndefined();
    expect(database.steps.map(({ kind, name, number }) => `${kind} ${name} ${number}`)).toEqual([
      'write add 1',
      'read  1',
      'backup  1',
    ]);
  });

  it('fails at one step with nothing written, and goes on', async () => {
    await using database = await faulty(faultAt('add', 2, { kind: 'fails', code: 'full' }));
    await database.write('add', { name: 'a', by: 1 });
    await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'full' });
    expect(await database.write('add', { name: 'a', by: 1 })).toBe(2);
  });

  it('loses an answer: what was said to have failed is there', async () => {
    await using database = await faulty(faultAt('add', 1, { kind: 'answer-lost' }));
    await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'io' });
    expect(await database.read(all)).toEqual([{ name: 'a', value: 1 }]);
  });

  it.each([
    { kind: 'dies', there: [] },
    { kind: 'dies-after', there: [{ name: 'a', value: 1 }] },
  ] as const)('$kind: answers nothing more and says so', async ({ kind, there }) => {
    {
      await using database = await faulty(faultAt('add', 1, { kind }));
      await expect(database.write('add', { name: 'a', by: 1 })).rejects.toThrow(/thread has ended/);
      await expect(database.read(all)).rejects.toThrow(/thread has ended/);
      expect(database.problem()).toMatch(/thread has ended/);
    }
    await using again = await opened();
    expect(await again.read(all)).toEqual(there);
  });

  it('holds a step up for as long as it is told', async () => {
    let goOn = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await using database = await faulty(faultAt('add', 1, { kind: 'waits', until }));
    const held = database.write('add', { name: 'a', by: 1 });
    await database.write('add', { name: 'b', by: 1 });
    expect(await database.read(all)).toEqual([{ name: 'b', value: 1 }]);
    goOn();
    expect(await held).toBe(1);
  });
});

describe('SQLite itself, when it goes wrong', () => {
  it('undoes what does not fit, keeps what fitted, and goes on when there is room again', async () => {
    await using database = await opened();
    await database.write('add', { name: 'before', by: 1 });
    await database.write('limitPages', { pages: 1 });
    const long = (letter: string) => letter.repeat(9000);
    const outcomes = await Promise.allSettled([
      database.write('add', { name: 'short', by: 1 }),
      database.write('add', { name: long('x'), by: 1 }),
      database.write('add', { name: 'short', by: 1 }),
    ]);
    expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'full' } });
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const rows = await database.read(all);
    expect(rows.find(({ name }) => name === 'short')?.value ?? 0).toBe(kept);
    await database.write('limitPages', { pages: 1_000_000 });
    expect(await database.write('add', { name: long('x'), by: 1 })).toBe(1);
    expect(await database.write('add', { name: 'before', by: 1 })).toBe(2);
  });

  it('tells all whose work went with a transaction that SQLite ended by itself', async () => {
    await using database = await opened();
    let neighbours = 0;
    // Whether the three share a commit depends on the time the first takes.
    for (let round = 0; round < 20; round += 1) {
      const [left, ended, right] = await Promise.allSettled([
        database.write('add', { name: `left ${round}`, by: 1 }),
        database.write('endTransaction', {}),
        database.write('add', { name: `right ${round}`, by: 1 }),
      ]);
      const there = new Set((await database.read(all)).map(({ name }) => name));
      expect(ended.status).toBe('rejected');
      expect(there.has(`left ${round}`)).toBe(left.status === 'fulfilled');
      expect(there.has(`right ${round}`)).toBe(right.status === 'fulfilled');
      neighbours += left.status === 'rejected' ? 1 : 0;
    }
    expect(neighbours).toBeGreaterThan(0);
  });

  it.skipIf(process.platform === 'win32')('has every row it acknowledged before the disk took no more', async () => {
    const script = fileURLToPath(new URL('../filling-process.ts', import.meta.url));
    const child = promisify(execFile)('sh', ['-c', 'ulimit -f 1024; exec "$0" "$@"', process.execPath, script, file]);
    const stdout = await child.then(
      (ended) => ended.stdout,
      (killed: { readonly stdout: string }) => killed.stdout,
    );
    const { acknowledged, codes } = JSON.parse(stdout) as { acknowledged: string[]; codes: string[] };
    // The system says that the file has become too large, which SQLite takes for a fault of the disk.
    expect(codes).toEqual(['io']);
    expect(acknowledged.length).toBeGreaterThan(20);
    await using again = await opened();
    const there = new Set((await again.read(all)).map(({ name }) => name.replace(/-x+$/, '')));
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
    await again.write('add', { name: 'goes on', by: 1 });
  });

  it('says of a damaged file which it is and what to do', async () => {
    {
      await using database = await opened();
      for (let round = 0; round < 4; round += 1) {
        await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            database.write('add', { name: `${round}-${index}-${'x'.repeat(500)}`, by: 1 }),
          ),
        );
      }
    }
    const { size } = await stat(file);
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
    await handle.close();
    await using database = await opened();
    await expect(database.read(all)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(`${file} is damaged: stop`),
    });
    await expect(database.backup(join(folder, 'copy.db'))).rejects.toMatchObject({ code: 'corrupt' });
    await expect(readFile(join(folder, 'copy.db'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a backup', () => {
  it('is one whole file of one moment, made while others write', async () => {
    await using database = await opened();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => database.write('add', { name: `row ${index} ${'x'.repeat(2000)}`, by: 1 })),
    );
    let copied = false;
    const target = join(folder, 'copy.db');
    const backup = database.backup(target).then(() => {
      copied = true;
    });
    let during = 0;
    while (!copied) {
      await Promise.all([
        database.write('add', { name: `left ${during}`, by: 1 }),
        database.write('add', { name: `right ${during}`, by: 1 }),
      ]);
      during += 1;
    }
    await backup;
    const copy = new Sqlite(target, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(copy.prepare("SELECT count(*) FROM counter WHERE name LIKE 'row %'").pluck().get()).toBe(200);
    copy.close();
    expect(during).toBeGreaterThan(0);
  });

  it('replaces an earlier one, and leaves nothing of one that was cut off', async () => {
    await using database = await opened();
    const target = join(folder, 'copy.db');
    await database.backup(target);
    await database.write('add', { name: 'a', by: 1 });
    const part = await open(`${target}.part`, 'w');
    await part.write('cut off');
    await part.close();
    await database.backup(target);
    await using copy = await openSqlite<typeof procedures>({ file: target, schema, readers: 0 });
    expect(await copy.read(all)).toEqual([{ name: 'a', value: 1 }]);
    await expect(stat(`${target}.part`)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
