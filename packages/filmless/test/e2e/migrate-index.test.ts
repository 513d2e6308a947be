// needs: postgres
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256 } from '../faults/instances.ts';
import { listedInstances } from '../faults/listing.ts';
import { Ledger, load } from '../faults/load.ts';
import { json } from '../support/facilities.ts';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';
import { type Ran, run } from '../support/run.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const SITE = 'facilities: [{ id: main, name: Bệnh viện Sa Đéc }, { id: ward, name: Phòng khám Lấp Vò }]\n';
const DOCTOR = { username: 'an.nguyen', displayName: 'Bác sĩ An', role: 'doctor', facilities: ['main'] };
const PASSWORD = 'mưa rào chiều thứ bảy';
const ORDER = {
  accessionNumber: 'WL001',
  facility: 'main',
  patient: { id: 'W001', name: 'Nguyễn^Văn Ước', birthDate: '1970-01-01', sex: 'M' },
  steps: [{ id: 'SPS1', modality: 'CT', stationAeTitle: 'CT01', start: '2026-03-01T08:00:00', description: 'CT ngực' }],
};

let folder: string;
let server: PostgresServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-migrate-'));
  server = await startPostgres();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What was acknowledged and cannot be had back byte for byte. */
async function missing(product: Product, ledger: Ledger): Promise<readonly string[]> {
  const listed = new Map((await listedInstances(product)).map((entry) => [entry.sop, entry]));
  const bad: string[] = [];
  for (const { sop } of ledger.acknowledged) {
    const at = listed.get(sop);
    const back = at === undefined ? 404 : await fetchInstance(product, at.study, at.series, sop);
    if (typeof back === 'number' || sha256(dataSetOf(back)) !== ledger.sent.get(sop)?.sha256) {
      bad.push(sop);
    }
  }
  return bad;
}

const acknowledged = async (ledger: Ledger, count: number) => {
  await expect.poll(() => ledger.acknowledged.length, { timeout: 60_000, interval: 50 }).toBeGreaterThan(count);
};

it('moves a server that takes load to PostgreSQL, killed in between, without losing an instance, an account or an order', async () => {
  const data = join(folder, 'data');
  const url = await server.freshDatabase();
  const words = ['migrate-index', '--data', data];
  const env = { FILMLESS_MIGRATE_TO: url };
  const ledger = new Ledger('migrate');
  let moving: Promise<Ran>;
  {
    await using product = await startProduct({ config: SITE, data });
    await product.fetch('/api/users', { method: 'POST', ...json({ ...DOCTOR, password: PASSWORD }) });
    expect((await product.fetch('/api/orders', { method: 'POST', ...json(ORDER) })).status).toBe(201);
    const ending = new AbortController();
    const senders = load(product, ledger, ending.signal);
    await acknowledged(ledger, 20);
    const first = spawn(process.execPath, [MAIN, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    const gone = new Promise((resolve) => first.once('exit', resolve));
    await new Promise((resolve) => first.stdout.once('data', resolve));
    await acknowledged(ledger, ledger.acknowledged.length + 5);
    first.kill('SIGKILL');
    await gone;
    moving = run(process.execPath, [MAIN, ...words], { env });
    await acknowledged(ledger, ledger.acknowledged.length + 40);
    ending.abort();
    await senders;
    expect(await product.stop()).toBe(0);
  }
  const { code, stdout, stderr } = await moving;
  expect(stderr).toBe('');
  expect(stdout).toContain('Moved and compared');
  expect(code).toBe(0);
  await using product = await startProduct({ config: SITE, data, args: ['--index', url] });
  expect(await missing(product, ledger)).toEqual([]);
  const body = json({ username: DOCTOR.username, password: PASSWORD });
  expect((await fetch(new URL('/api/session', product.url), { method: 'POST', ...body })).status).toBe(204);
  const found = (await (await product.fetch('/api/orders?name=uoc')).json()) as {
    readonly orders: readonly { readonly accessionNumber: string }[];
  };
  expect(found.orders.map((order) => order.accessionNumber)).toEqual(['WL001']);
  const audit = (await (await product.fetch('/api/audit?limit=200')).json()) as { readonly lines: readonly unknown[] };
  expect(audit.lines.length).toBeGreaterThan(2);
  // What comes from now on is kept there.
  const before = ledger.acknowledged.length;
  const ending = new AbortController();
  const senders = load(product, ledger, ending.signal);
  await acknowledged(ledger, before + 20);
  ending.abort();
  await senders;
  expect(await missing(product, ledger)).toEqual([]);
  const again = await run(process.execPath, [MAIN, ...words], { env });
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('in use already');
});
