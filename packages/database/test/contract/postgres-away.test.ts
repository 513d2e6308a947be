// needs: postgres
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openPostgres, type PostgresOptions, type Schema } from '../../src/index.ts';
import { db, type procedures } from '../counter-schema.ts';
import { counterVersion } from '../counter-versions.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';

const schema = new URL('../counter-schema.ts', import.meta.url);
const all = db.selectFrom('counter').select(['name', 'value']).orderBy('name');

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  url = await server.freshDatabase();
});

const open = (
  more: Partial<Pick<PostgresOptions, 'url' | 'writers' | 'answerMs' | 'schema'>> = {},
): Promise<Database<typeof procedures>> => openPostgres<typeof procedures>({ url, name: 'filmless_test', schema, ...more });

/** As an operator would. */
async function ask(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const cut = () =>
  ask('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');

interface Writer {
  readonly child: ChildProcess;
  readonly lines: string[];
}

/** A process of its own that writes until it is told to end. */
async function writing(prefix: string): Promise<Writer> {
  const script = fileURLToPath(new URL('../postgres-writing-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, url, prefix], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(50);
  return { child, lines };
}

async function ended({ child }: Writer): Promise<void> {
  const exit = new Promise((resolve) => child.once('close', resolve));
  child.stdin?.end();
  await exit;
}

const acknowledged = ({ lines }: Writer) => lines.filter((line) => /^[a-z]+-/.test(line));
const refusals = ({ lines }: Writer) => new Set(lines.filter((line) => line.startsWith('!')));

/** Every name that was acknowledged is there once, and none that was refused. */
async function expectKept(writers: readonly Writer[]): Promise<void> {
  const rows = await ask('SELECT name, value FROM filmless_test.counter');
  const there = new Map(rows.map(({ name, value }) => [String(name), Number(value)]));
  const names = writers.flatMap(acknowledged);
  expect(names.filter((name) => there.get(name) !== 1)).toEqual([]);
  const unknown = writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('?')).map((line) => line.slice(1)));
  const known = new Set([...names, ...unknown]);
  expect([...there.keys()].filter((name) => !known.has(name))).toEqual([]);
}

const goesOn = async (writer: Writer) => {
  const before = acknowledged(writer).length;
  await expect.poll(() => acknowledged(writer).length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
};

describe('a PostgreSQL server that goes away', () => {
  it('killed at any moment, keeps all that several processes were told is kept, and nothing else', async () => {
    const writers = await Promise.all([writing('a'), writing('b')]);
    for (let round = 0; round < 3; round += 1) {
      await server.kill();
      await server.start();
      await Promise.all(writers.map(goesOn));
    }
    await Promise.all(writers.map(ended));
    await expectKept(writers);
    expect(writers.map((writer) => [...refusals(writer)])).toEqual([['!away'], ['!away']]);
  });

  it('loses nothing when a process that writes is killed, and the others go on', async () => {
    const writers = await Promise.all([writing('a'), writing('b')]);
    const [killed, other] = writers;
    const exit = new Promise((resolve) => killed?.child.once('close', resolve));
    killed?.child.kill('SIGKILL');
    await exit;
    if (other !== undefined) {
      await goesOn(other);
      await ended(other);
      expect(refusals(other)).toEqual(new Set());
    }
    const there = new Set((await ask('SELECT name FROM filmless_test.counter')).map(({ name }) => String(name)));
    expect(writers.flatMap(acknowledged).filter((name) => !there.has(name))).toEqual([]);
  });

  it('is said to be away while it is stopped, by each call at once, and goes on by itself', async () => {
    await using database = await open();
    await database.write('add', { name: 'a', by: 1 });
    await server.stop();
    const away = { name: 'DatabaseError', code: 'away', notRun: true };
    await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject(away);
    await expect(database.read(all)).rejects.toMatchObject(away);
    expect(database.problem()).toMatch(/^the PostgreSQL server 127\.0\.0\.1:\d+ cannot be reached: check that it runs/);
    expect(database.problem()).not.toContain(new URL(url).password);
    await server.start();
    await expect.poll(() => database.problem(), { timeout: 10_000 }).toBeUndefined();
    expect(await database.write('add', { name: 'a', by: 1 })).toBe(2);
  });

  it('is missed though nobody asks', async () => {
    await using database = await open();
    await server.stop();
    await expect.poll(() => database.problem(), { timeout: 15_000 }).toMatch(/cannot be reached/);
    await server.start();
    await expect.poll(() => database.problem(), { timeout: 10_000 }).toBeUndefined();
  });

  it('costs nobody a request when it only cuts the connections', async () => {
    await using database = await open({ writers: 2 });
    let over = false;
    const cutting = (async () => {
      for (let round = 0; round < 5; round += 1) {
        await cut();
      }
      over = true;
    })();
    let reads = 0;
    let writes = 0;
    while (!over) {
      await Promise.all([
        database.read(all).then(() => {
          reads += 1;
        }),
        database.write('add', { name: `n${writes}`, by: 1 }).then(
          () => {
            writes += 1;
          },
          // A COMMIT that was cut off is the one thing that cannot be told.
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'away', notRun: false, message: expect.stringMatching(/while it committed/) });
            writes += 1;
          },
        ),
      ]);
    }
    await cutting;
    expect(reads).toBeGreaterThan(0);
  });

  it('that takes requests and says nothing is given up, and is used again when it speaks', async () => {
    await using database = await open({ answerMs: 1000 });
    await database.write('add', { name: 'a', by: 1 });
    server.freeze();
    try {
      await expect(database.write('add', { name: 'a', by: 1 })).rejects.toMatchObject({ code: 'away', notRun: true });
      const began = performance.now();
      await expect(database.read(all)).rejects.toMatchObject({ code: 'away' });
      expect(performance.now() - began).toBeLessThan(5000);
      expect(database.problem()).toBeDefined();
    } finally {
      server.thaw();
    }
    await expect.poll(() => database.problem(), { timeout: 20_000 }).toBeUndefined();
    expect(await database.write('add', { name: 'a', by: 1 })).toBe(2);
  });
});

const REAL = [
  ['access', '../../../access/src/store/migrations.ts'],
  ['archive index', '../../../archive/src/index/migrations.ts'],
  ['archive records', '../../../archive/src/records/migrations.ts'],
] as const;

describe.each(REAL)('the schema of %s', (_, path) => {
  it('is made once on PostgreSQL, by processes that start at once', async () => {
    const { migrations } = (await import(new URL(path, import.meta.url).href)) as Pick<Schema, 'migrations'>;
    const opened = await Promise.all([1, 2, 3].map(() => open({ schema: { migrations, procedures: {} } })));
    expect(await ask('SELECT version FROM filmless_test.schema_version')).toEqual([{ version: String(migrations.length) }]);
    await Promise.all(opened.map((database) => database[Symbol.asyncDispose]()));
  });
});

describe('opening a database on PostgreSQL', () => {
  it.each([0, 1])('migrates once, however many begin it at the same time, from version %d', async (from) => {
    if (from > 0) {
      await using database = await open();
      await database.write('add', { name: 'A', by: 1 });
    }
    const { schema: newest } = counterVersion(4);
    const opened = await Promise.all(Array.from({ length: 4 }, () => open({ schema: newest })));
    for (const database of opened) {
      expect(await database.read(all)).toHaveLength(from);
    }
    expect(await ask('SELECT version FROM filmless_test.schema_version')).toEqual([{ version: '4' }]);
    await Promise.all(opened.map((database) => database[Symbol.asyncDispose]()));
  });

  it('goes on with statements whose columns a newer process has changed meanwhile', async () => {
    await using database = await open();
    const whole = db.selectFrom('counter').selectAll();
    for (let round = 0; round < 10; round += 1) {
      await database.read(whole);
    }
    await using newer = await open({ schema: counterVersion(4).schema });
    await newer.write('add', { name: 'a', by: 1 });
    expect(await database.read(whole)).toEqual([{ name: 'a', value: 1, person: null, at: '' }]);
  });

  it('waits for a server that is not there yet, and says so', async () => {
    await server.stop();
    const told: string[] = [];
    const opening = openPostgres<typeof procedures>({ url, name: 'filmless_test', schema, onWaiting: (why) => told.push(why) });
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
    await server.start();
    await using database = await opening;
    expect(await database.write('add', { name: 'a', by: 1 })).toBe(1);
    expect(told).toEqual([expect.stringMatching(/cannot be reached/)]);
  });

  it('says at once what waiting does not mend', async () => {
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(open({ url: wrong.href })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/refuses the connection: 28P01: password authentication failed/),
    });
    const nowhere = new URL(url);
    nowhere.pathname = '/nowhere';
    await expect(open({ url: nowhere.href })).rejects.toMatchObject({
      message: expect.stringMatching(/"nowhere" does not exist/),
    });
  });

  it('names the right that its user lacks, and needs none where its schema is there', async () => {
    await ask("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    const plain = new URL(url);
    plain.username = 'plain';
    plain.password = 'plain';
    await expect(open({ url: plain.href })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/may not make filmless_test: GRANT CREATE ON DATABASE/),
    });
    await ask('CREATE SCHEMA filmless_test AUTHORIZATION plain');
    await using database = await open({ url: plain.href });
    expect(await database.write('add', { name: 'a', by: 1 })).toBe(1);
  });

  it('refuses an encoding that does not hold every name', async () => {
    await ask("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0");
    const latin = new URL(url);
    latin.pathname = '/latin';
    await expect(open({ url: latin.href })).rejects.toMatchObject({ message: expect.stringContaining("ENCODING 'UTF8'") });
  });

  it('commits durably, whatever the server has as its default', async () => {
    await ask('ALTER ROLE filmless SET synchronous_commit = off');
    await using database = await open();
    const shown = await database.read({ compile: () => ({ ...all.compile(), sql: 'SHOW synchronous_commit', parameters: [] }) });
    expect(shown).toEqual([{ synchronous_commit: 'on' }]);
    await ask('ALTER ROLE filmless RESET synchronous_commit');
  });

  it('has the server bound how long it waits, for rows, for answers and for a client that has lost its power', async () => {
    await using database = await open();
    const names = ['search_path', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const all = [...names, 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count'];
    const text = `SELECT ${all.map((name) => `current_setting('${name}')`).join(" || ' ' || ")} AS shown`;
    const shown = await database.read({
      compile: () => ({ ...db.selectFrom('counter').selectAll().compile(), sql: text, parameters: [] }),
    });
    expect(shown).toEqual([{ shown: '"filmless_test" 15s 10s 1min 30 10 3' }]);
  });

  it('prepares statements that come again, once for each connection', async () => {
    await using database = await open();
    for (let round = 0; round < 20; round += 1) {
      await database.write('add', { name: 'a', by: 1 });
    }
    const prepared = { compile: () => ({ ...all.compile(), sql: 'SELECT name FROM pg_prepared_statements', parameters: [] }) };
    for (let round = 0; round < 10; round += 1) {
      await database.read(all);
    }
    expect(await database.read(prepared)).toHaveLength(1);
  });

  it('says of a backup what does it', async () => {
    await using database = await open();
    await expect(database.backup('/nowhere')).rejects.toThrow(/pg_dump/);
  });
});
