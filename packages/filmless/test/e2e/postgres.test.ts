// needs: postgres
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stow } from '../support/facilities.ts';
import { patientFile } from '../support/patient.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';
import { type Ran, run } from '../support/run.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const PATIENT = { name: 'Nguyễn^Văn An', id: 'P1', birthDate: '19700101', accession: 'A1' };

const file = (number: number) =>
  patientFile(PATIENT, {
    study: '2.25.81',
    series: '2.25.82',
    sop: `2.25.83.${number}`,
    studyDate: '20260301',
    studyTime: '120000',
  });

const store = (product: Product, number: number) =>
  product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file(number)) });

async function instances(product: Product): Promise<number> {
  const response = await product.fetch('/dicom-web/studies/2.25.81/instances');
  expect(response.status, await response.clone().text()).toBe(200);
  return ((await response.json()) as readonly unknown[]).length;
}

describe('a server whose accounts, records and index are on PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'filmless-on-postgres-'));
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (data: string, index: string) => startProduct({ data: join(folder, data), args: ['--index', index] });
  const filmless = (...words: readonly string[]): Promise<Ran> => run(process.execPath, [MAIN, ...words]);

  it('keeps and finds what it was sent, over a restart, and has no file of its own for it', async () => {
    const index = await server.freshDatabase();
    {
      await using product = await start('kept', index);
      expect((await store(product, 1)).status).toBe(200);
      const found = (await (await product.fetch('/dicom-web/studies?PatientName=nguyen*&fuzzymatching=true')).json()) as unknown;
      expect(found).toHaveLength(1);
      expect(await (await product.fetch('/metrics')).text()).toContain('filmless_database_bytes{database="router"}');
      expect(product.log()).not.toContain(new URL(index).password);
    }
    expect((await readdir(join(folder, 'kept', 'records'))).filter((name) => !name.startsWith('router'))).toEqual([]);
    await using product = await start('kept', index);
    expect(await instances(product)).toBe(1);
  });

  it('answers 503 with a time while the server is away, says so at /readyz, and goes on by itself', async () => {
    await using product = await start('away', await server.freshDatabase());
    expect((await store(product, 1)).status).toBe(200);
    await server.kill();
    const [stored, searched] = [await store(product, 2), await product.fetch('/api/studies')];
    expect([stored.status, searched.status]).toEqual([503, 503]);
    expect(Number(searched.headers.get('retry-after'))).toBeGreaterThan(0);
    const ready = await fetch(new URL('/readyz', product.url));
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('PostgreSQL server')]);
    await server.start();
    await expect.poll(async () => (await fetch(new URL('/readyz', product.url))).status, { timeout: 20_000 }).toBe(200);
    expect((await store(product, 2)).status).toBe(200);
    expect(await instances(product)).toBe(2);
  });

  it('makes its index again from the objects, and leaves it as it is when there are none', async () => {
    const index = await server.freshDatabase();
    {
      await using product = await start('rebuilt', index);
      expect((await store(product, 1)).status).toBe(200);
      const beside = await filmless('rebuild', '--data', join(folder, 'nothing'), '--index', index);
      expect(beside.stderr).toContain('stop all of them');
      expect(await instances(product)).toBe(1);
    }
    const rebuilt = await filmless('rebuild', '--data', join(folder, 'rebuilt'), '--index', index);
    expect(rebuilt.stdout, rebuilt.stderr).toContain('The index was made again: 1 instances');
    const empty = await filmless('rebuild', '--data', join(folder, 'nothing'), '--index', index);
    expect(empty.stderr).toContain('the index is left as it is');
    await using product = await start('rebuilt', index);
    expect(await instances(product)).toBe(1);
  });

  it('says what a backup holds and what pg_dump is for, and gives the administrator a new link', async () => {
    const index = await server.freshDatabase();
    const data = join(folder, 'backed-up');
    await using _product = await start('backed-up', index);
    const backup = await filmless('backup', '--to', join(folder, 'backups'), '--data', data, '--index', index);
    expect(backup.stdout, backup.stderr).toMatch(/on PostgreSQL and NOT in it: .*pg_dump --format=custom/s);
    const reset = await filmless('reset-admin', '--data', data, '--index', index);
    expect(reset.stdout).toContain('/setup?token=');
    expect(reset.stdout + backup.stdout).not.toContain(new URL(index).password);
  });
});
