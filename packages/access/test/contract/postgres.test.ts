// needs: postgres
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/index.ts';
import { accessContract } from '../access-contract.ts';
import { ADMIN_TOKEN, Harness, memoryLog, PASSWORD } from '../harness.ts';
import { settingsContract } from '../settings-contract.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const fresh = async () => ({ url: await server.freshDatabase() });

accessContract('PostgreSQL', fresh);
settingsContract('PostgreSQL', fresh);

describe('access of several processes on one PostgreSQL', () => {
  it('begins once, however many begin it at the same time; the link of each works, one of them once', async () => {
    const place = await fresh();
    const facilities = [{ id: 'main', name: 'Sa Đéc', patientIdIssuer: 'SADEC' }];
    const open = () => createAccess({ place, version: '0', log: memoryLog(), facilities, adminToken: ADMIN_TOKEN });
    const opened = await Promise.all([open(), open(), open()]);
    const tokens = opened.map(({ setupToken }) => setupToken ?? '');
    expect(new Set(tokens).size).toBe(3);
    const setUp = (index: number, token: string | undefined) =>
      opened[index]?.app.request(
        '/api/setup',
        {
          method: 'POST',
          headers: { host: 'pacs.local', 'content-type': 'application/json' },
          body: JSON.stringify({ token, password: PASSWORD }),
        },
        { remoteAddress: '10.0.0.7', secure: false },
      );
    expect((await setUp(2, tokens[0]))?.status).toBe(204);
    expect((await setUp(1, tokens[1]))?.status).toBe(403);
    expect(opened.map((each) => each.facilities().length)).toEqual([1, 1, 1]);
    await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
  });

  it('never loses its last administrator to two who remove each other at the same time', async () => {
    await using h = await Harness.open({}, fresh);
    const first = await h.addUser('an', 'administrator', []);
    const second = await h.addUser('binh', 'administrator', []);
    await using other = await createAccess({
      place: h.place,
      version: '0',
      log: memoryLog(),
      adminToken: ADMIN_TOKEN,
      clock: () => h.now,
    });
    const users = await h.call('/api/users', { bearer: ADMIN_TOKEN });
    const { users: list } = (await users.json()) as { readonly users: readonly { readonly id: string }[] };
    const admin = list.find(({ id }) => id !== first && id !== second)?.id;
    expect((await h.call(`/api/users/${admin}`, { method: 'DELETE', bearer: ADMIN_TOKEN })).status).toBe(204);
    const headers = { host: 'pacs.local', authorization: `Bearer ${ADMIN_TOKEN}` };
    const [one, two] = await Promise.all([
      h.call(`/api/users/${first}`, { method: 'DELETE', bearer: ADMIN_TOKEN }),
      other.app.request(`/api/users/${second}`, { method: 'DELETE', headers }, { remoteAddress: '10.0.0.8', secure: false }),
    ]);
    expect([one.status, two.status].sort()).toEqual([204, 409]);
  });

  it('answers 503 with a time while the server is away, and goes on by itself', async () => {
    await using h = await Harness.open({}, fresh);
    const cookie = await h.signIn('admin', PASSWORD);
    await server.stop();
    const away = await h.call('/api/users', { bearer: ADMIN_TOKEN });
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await away.json()).toMatchObject({ title: 'Database not reachable' });
    expect(h.access.problems()).toEqual([expect.stringMatching(/cannot be reached/)]);
    await server.start();
    await expect.poll(() => h.access.problems(), { timeout: 10_000 }).toEqual([]);
    expect((await h.call('/api/users', { cookie })).status).toBe(200);
  });
});
