import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Compilable, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { byEngine, type Database } from '../src/index.ts';
import { db, type procedures } from './counter-schema.ts';
import { type CounterVersion, counterVersion } from './counter-versions.ts';

/** An engine, as the contract opens it. */
export interface Engine extends AsyncDisposable {
  /** A database that is empty, by its name; the same name opens the same again, also at the same time. */
  fresh(): Promise<string>;
  open(name: string, version: CounterVersion): Promise<Database<typeof procedures>>;
}

const SCHEMA = counterVersion(1);
const all = db.selectFrom('counter').select(['name', 'value']).orderBy('name');

const same = <O>(text: string, ...values: readonly (string | number | Uint8Array | null)[]): Compilable<O> => ({
  compile: () => ({ ...sql<O>`SELECT 1`.compile(db), sql: text, parameters: values }),
});

/** What every engine behind the port `Database` does. */
export function databaseContract(name: string, start: () => Promise<Engine>): void {
  describe(`a database on ${name}`, () => {
    let engine: Engine;
    let place: string;
    let database: Database<typeof procedures>;
    let folder: string;

    beforeAll(async () => {
      engine = await start();
      folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
    });

    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    beforeEach(async () => {
      place = await engine.fresh();
      database = await engine.open(place, SCHEMA);
    });

    afterEach(async () => {
      await database[Symbol.asyncDispose]();
    });

    it('commits many concurrent calls, each once', async () => {
      const results = await Promise.all(Array.from({ length: 500 }, () => database.write('add', { name: 'a', by: 1 })));
      expect(Math.max(...results)).toBe(500);
      expect(await database.read(all)).toEqual([{ name: 'a', value: 500 }]);
    });

    it('runs calls in the order they were made', async () => {
      const results = await Promise.all(Array.from({ length: 100 }, () => database.write('add', { name: 'a', by: 1 })));
      expect(results).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    });

    it('undoes only the call that fails, not its neighbours in the batch', async () => {
      const outcomes = await Promise.allSettled([
        database.write('add', { name: 'a', by: 1 }),
        database.write('addThenFail', { name: 'b' }),
        database.write('add', { name: 'c', by: 2000 }),
        database.write('add', { name: 'd', by: 1 }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: { code: 'failed', message: 'on purpose' } },
        { status: 'rejected', reason: { code: 'constraint' } },
        { status: 'fulfilled', value: 1 },
      ]);
      expect(await database.read(all)).toEqual([
        { name: 'a', value: 1 },
        { name: 'd', value: 1 },
      ]);
    });

    it('undoes a call that fails alone', async () => {
      await expect(database.write('addThenFail', { name: 'a' })).rejects.toMatchObject({ code: 'failed' });
      expect(await database.write('add', { name: 'a', by: 3 })).toBe(3);
    });

    it('lets calls from several openings see each other, as if one came after the other', async () => {
      await using other = await engine.open(place, SCHEMA);
      const claims = Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? database : other).write('claim', { name: `n${index}`, most: 5 }),
      );
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(5);
      expect(await database.read(all)).toHaveLength(5);
    });

    it('resolves calls of several openings that want the same rows the other way round', async () => {
      await using other = await engine.open(place, SCHEMA);
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          index % 2 === 0
            ? database.write('addTwice', { first: 'a', second: 'b' })
            : other.write('addTwice', { first: 'b', second: 'a' }),
        ),
      );
      expect(await database.read(all)).toEqual([
        { name: 'a', value: 40 },
        { name: 'b', value: 40 },
      ]);
    });

    it('reads several queries over one snapshot, while others write', async () => {
      await database.write('addTwice', { first: 'a', second: 'b' });
      let over = false;
      const writing = (async () => {
        for (let round = 0; round < 100; round += 1) {
          await database.write('addTwice', { first: 'a', second: 'b' });
        }
        over = true;
      })();
      const one = (of: string) => db.selectFrom('counter').select('value').where('name', '=', of);
      while (!over) {
        const [a, b] = await database.readAll([one('a'), one('b')]);
        expect(a).toEqual(b);
      }
      await writing;
    });

    it('runs a call once its work besides is done, and lets others go before it', async () => {
      const path = join(folder, 'ahead');
      const values = await Promise.all([
        database.write('addWith', { name: 'a', by: 1, ahead: { path, after: 50 } }),
        database.write('add', { name: 'a', by: 10 }),
        database.write('addWith', { name: 'a', by: 100, ahead: null }),
      ]);
      expect([values, await readFile(path, 'utf8')]).toEqual([[111, 10, 110], 'ahead']);
    });

    it('does not run a call whose work besides fails, and says why; its neighbours are none the worse', async () => {
      const path = join(folder, 'none', 'ahead');
      const outcomes = await Promise.allSettled([
        database.write('addWith', { name: 'a', by: 1, ahead: { path, after: 0 } }),
        database.write('add', { name: 'a', by: 10 }),
        database.write('addWith', { name: 'a', by: 100, ahead: { path: '/dev/full', after: 0 } }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'rejected', reason: { code: 'failed', notRun: true, message: expect.stringContaining('ENOENT') } },
        { status: 'fulfilled', value: 10 },
        { status: 'rejected', reason: { code: 'full', notRun: true } },
      ]);
      expect(await database.read(all)).toEqual([{ name: 'a', value: 10 }]);
    });

    it('does what it was asked before it closes, also what waits for work besides', async () => {
      const path = join(folder, 'closing');
      const call = database.write('addWith', { name: 'a', by: 1, ahead: { path, after: 50 } });
      await database[Symbol.asyncDispose]();
      expect([await call, await readFile(path, 'utf8')]).toEqual([1, 'ahead']);
    });

    it('keeps what was committed when opened again', async () => {
      await database.write('add', { name: 'a', by: 7 });
      await database[Symbol.asyncDispose]();
      database = await engine.open(place, SCHEMA);
      expect(await database.read(all)).toEqual([{ name: 'a', value: 7 }]);
    });

    it('answers calls after closing with an error', async () => {
      await database[Symbol.asyncDispose]();
      await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'closed' });
      await expect(database.read(all)).rejects.toMatchObject({ code: 'closed' });
      expect(database.problem()).toBeUndefined();
    });

    it('orders text by its code points, and keeps every letter', async () => {
      const names = ['Đỗ', 'Nguyễn', 'a', 'B', 'Z', 'ab', 'đ', '\u{1f468}\u{200d}\u{2695}', "it's ?", '"x"', '\\x00'];
      await Promise.all(names.map((each) => database.write('add', { name: each, by: 1 })));
      const found = (await database.read(all)).map((row) => row.name);
      expect(found).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    });

    it('gives the same values as the other engine does', async () => {
      const query = byEngine<Record<string, unknown>>({
        sqlite: () =>
          same(
            'SELECT ? AS text, CAST(? AS INTEGER) AS big, ? AS bytes, ? AS none, 1 = 1 AS truth, 1.5 AS half, count(*) AS rows, sum(value) AS total FROM counter',
            'ữ ?',
            9_007_199_254_740_991,
            BYTES,
            null,
          ),
        postgres: () =>
          same(
            `SELECT ?::text AS text, ?::bigint AS big, ?::bytea AS bytes, ?::text AS none, 1 = 1 AS truth,
            1.5 AS half, count(*) AS rows, sum(value) AS total FROM counter`,
            'ữ ?',
            9_007_199_254_740_991,
            BYTES,
            null,
          ),
      });
      await database.write('add', { name: 'a', by: 5 });
      const [row] = await database.read(query);
      expect({ ...row, bytes: row?.bytes instanceof Uint8Array ? [...row.bytes] : row?.bytes }).toEqual({
        text: 'ữ ?',
        big: 9_007_199_254_740_991,
        bytes: [...BYTES],
        none: null,
        truth: 1,
        half: 1.5,
        rows: 1,
        total: 5,
      });
    });

    it('refuses a statement that makes no sense, and goes on', async () => {
      await expect(database.read(same('SELECT nothing FROM nowhere'))).rejects.toMatchObject({ code: 'failed' });
      await expect(database.readAll([all, same('SELECT nothing FROM nowhere')])).rejects.toMatchObject({ code: 'failed' });
      await expect(database.write('nothing' as 'add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'failed' });
      expect(await database.write('add', { name: 'a', by: 1 })).toBe(1);
    });
  });

  describe(`an upgrade on ${name}`, () => {
    let engine: Engine;
    let place: string;

    beforeAll(async () => {
      engine = await start();
    });

    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });

    beforeEach(async () => {
      place = await engine.fresh();
      await using database = await engine.open(place, counterVersion(1));
      await database.write('add', { name: 'A', by: 7 });
      await database.write('add', { name: 'B', by: 8 });
    });

    const upgradeTo = async (version: CounterVersion) => {
      await using database = await engine.open(place, version);
      return await database.read(all);
    };

    it('takes all steps', async () => {
      expect(await upgradeTo(counterVersion(4))).toEqual([
        { name: 'a', value: 7 },
        { name: 'b', value: 8 },
      ]);
    });

    it('that fails in a later step leaves all to the earlier version, and says which step', async () => {
      await expect(upgradeTo(counterVersion(3, 3))).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringMatching(/is as it was: step 3, names are folded: .*nowhere/),
      });
      expect(await upgradeTo(counterVersion(1))).toHaveLength(2);
    });

    it('is refused backwards, in words', async () => {
      await upgradeTo(counterVersion(3));
      await expect(upgradeTo(counterVersion(1))).rejects.toMatchObject({
        code: 'newer-schema',
        message: expect.stringContaining('has schema version 3, this Filmless knows 1: install the newer Filmless again, or'),
      });
    });
  });
}

const BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);
