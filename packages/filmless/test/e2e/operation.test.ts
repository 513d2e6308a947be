import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stow } from '../support/facilities.ts';
import { patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, type Product, ROOT, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const PATIENT = { name: 'Test^Clock', id: 'C1', birthDate: '19700101', accession: 'A1' };

interface Ready {
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const readiness = async (product: Product): Promise<Ready> =>
  (await (await fetch(new URL('/readyz', product.url))).json()) as Ready;

describe('looking after a server', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-operation-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is ready, in JSON for programs and in words for people', async () => {
    await using product = await startProduct();
    expect(await readiness(product)).toMatchObject({ ready: true, problems: [] });
    const text = await fetch(new URL('/readyz', product.url), { headers: { accept: 'text/html,*/*' } });
    expect([text.status, text.headers.get('content-type')]).toEqual([200, 'text/plain; charset=UTF-8']);
    expect((await text.text()).split('\n')[0]).toBe('ready');
    // Looking at the port leaves no line in the association log.
    expect(await (await product.fetch('/api/associations')).json()).toMatchObject({ associations: [] });
  });

  it('warns, and is ready, when studies come from the future or browsers have another time', async () => {
    await using product = await startProduct();
    const tomorrow = new Date(Date.now() + 2 * 86_400_000);
    const studyDate = tomorrow.toISOString().slice(0, 10).replaceAll('-', '');
    const file = patientFile(PATIENT, { study: '2.25.81', series: '2.25.82', sop: '2.25.83', studyDate, studyTime: '120000' });
    expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    const signIn = (password: string, skew: number) =>
      fetch(new URL('/api/session', product.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'filmless-client-time': String(Date.now() + skew) },
        body: JSON.stringify({ username: 'admin', password }),
      });
    // Who proves no password is not listened to.
    expect((await signIn('wrong password', -3_600_000)).status).toBe(401);
    const before = await readiness(product);
    expect(before).toMatchObject({ ready: true, problems: [] });
    expect(before.warnings).toHaveLength(1);
    expect(before.warnings[0]).toMatch(/^1 of the newest studies are dated in the future, by up to \d/);
    expect((await signIn(ADMIN_PASSWORD, 600_000)).status).toBe(204);
    expect((await readiness(product)).warnings.join()).toContain(
      "This server's clock is 10 min behind those of 1 of the 1 workstations",
    );
  });

  it('makes a backup a day by itself, when it is told where', async () => {
    const backups = join(folder, 'backups');
    {
      await using product = await startProduct({
        data: join(folder, 'data'),
        args: ['--backup-dir', backups, '--backup-keep', '2'],
      });
      await expect.poll(() => product.log(), { timeout: 60_000 }).toContain('backup.made');
      expect((await readiness(product)).warnings).toEqual([]);
    }
    const [name = '', ...others] = await readdir(backups);
    expect([/^filmless-backup-/.test(name), others]).toEqual([true, []]);
    expect(await readdir(join(backups, name, 'records'))).toContain('access.db');
    // The next start finds that today's is there.
    await using again = await startProduct({ data: join(folder, 'data'), args: ['--backup-dir', backups] });
    await again.stop();
    expect(await readdir(backups)).toEqual([name]);
  });

  it('says that the daily backup cannot be made, and goes on', async () => {
    await writeFile(join(folder, 'file'), '');
    await using product = await startProduct({ args: ['--backup-dir', join(folder, 'file', 'backups')] });
    await expect
      .poll(async () => (await readiness(product)).warnings.join(), { timeout: 60_000 })
      .toContain('The daily backup failed');
    expect((await readiness(product)).ready).toBe(true);
  });

  it.each(['access', 'archive', 'router'])(
    'does not start on %s.db of a newer version: a sentence, code 2, nothing changed',
    async (name) => {
      const data = join(folder, 'data');
      await using product = await startProduct({ data });
      await product.stop();
      const file = join(data, 'records', `${name}.db`);
      {
        using database = new DatabaseSync(file);
        database.exec('PRAGMA user_version = 99');
      }
      const kept = await readFile(file);
      const refused = await run(process.execPath, [MAIN, 'serve', '--data', data, '--http-port=0', '--dicom-port=0']);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      const [sentence = '', ...more] = refused.stderr
        .trimEnd()
        .split('\n')
        .filter((line) => line.startsWith('filmless: '));
      expect(sentence).toContain('schema version 99');
      expect(sentence).toContain('install the newer Filmless again');
      expect(more).toEqual([]);
      expect(refused.stderr).not.toContain('    at ');
      expect(await readFile(file)).toEqual(kept);
    },
  );
});
