import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../faults/instances.ts';
import { listedInstances } from '../faults/listing.ts';
import { Ledger, load } from '../faults/load.ts';
import { json, sampleFile, stow } from '../support/facilities.ts';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';
import { type Ran, run } from '../support/run.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const SITE = 'facilities: [{ id: main, name: Bệnh viện Sa Đéc }, { id: ward, name: Phòng khám Lấp Vò }]\n';
const DOCTOR = { username: 'an.nguyen', displayName: 'Bác sĩ An', role: 'doctor', facilities: ['main'] };
const PASSWORD = 'mưa rào chiều thứ bảy';

const filmless = (...words: readonly string[]): Promise<Ran> => run(process.execPath, [MAIN, ...words]);

interface Listing {
  readonly conflicts?: readonly { readonly id: string; readonly sopInstanceUid: string }[];
  readonly shares?: readonly { readonly facility: string }[];
}

/** An account, a share and an open conflict, as a hospital has them. Gives the study's UID. */
async function furnish(product: Product): Promise<string> {
  await product.fetch('/api/users', { method: 'POST', ...json({ ...DOCTOR, password: PASSWORD }) });
  const file = await sampleFile();
  await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) });
  const [listed] = await listedInstances(product);
  const study = listed?.study ?? '';
  const share = { facility: 'ward', basis: 'consultation', evidence: 'Biên bản hội chẩn 12' };
  expect((await product.fetch(`/api/studies/${study}/shares`, { method: 'POST', ...json(share) })).status).toBe(201);
  const other = file.slice();
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(other) });
  return study;
}

const read = async (product: Product, path: string): Promise<Listing> => (await (await product.fetch(path)).json()) as Listing;

async function signIn(product: Product, password: string): Promise<number> {
  const body = json({ username: DOCTOR.username, password });
  return (await fetch(new URL('/api/session', product.url), { method: 'POST', ...body })).status;
}

/** What of these cannot be had back byte for byte. */
async function missing(product: Product, ledger: Ledger, wanted: readonly string[]): Promise<readonly string[]> {
  const listed = new Map((await listedInstances(product)).map((entry) => [entry.sop, entry]));
  const bad: string[] = [];
  for (const sop of wanted) {
    const at = listed.get(sop);
    const back = at === undefined ? 404 : await fetchInstance(product, at.study, at.series, sop);
    if (typeof back === 'number' || sha256(dataSetOf(back)) !== ledger.sent.get(sop)?.sha256) {
      bad.push(sop);
    }
  }
  return bad;
}

describe('a backup', () => {
  let folder: string;
  let data: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-backup-'));
    data = join(folder, 'data');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function backUp(): Promise<string> {
    const to = join(folder, 'backups');
    const made = await filmless('backup', '--data', data, '--to', to);
    expect([made.code, made.stderr]).toEqual([0, '']);
    const names = await readdir(to);
    expect(names.at(-1)).toMatch(/^filmless-backup-\d{8}T\d{6}Z$/);
    return join(to, names.at(-1) ?? '');
  }

  it('taken under load brings back, in another place, all that was acknowledged before, and who may see it', async () => {
    const ledger = new Ledger('backup');
    let study: string;
    let before: readonly string[];
    let backup: string;
    {
      await using product = await startProduct({ data, config: SITE });
      study = await furnish(product);
      const stop = new AbortController();
      const senders = load(product, ledger, stop.signal);
      await expect.poll(() => ledger.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(100);
      before = ledger.acknowledged.map(({ sop }) => sop);
      backup = await backUp();
      const during = ledger.acknowledged.length;
      await expect.poll(() => ledger.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(during);
      stop.abort();
      await senders;
      expect(ledger.complaints).toEqual([]);
      // The objects after the records, as the documents say.
      await cp(join(data, 'objects'), join(folder, 'new', 'objects'), { recursive: true });
    }
    const restored = await filmless('restore', '--from', backup, '--data', join(folder, 'new'));
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    expect((await filmless('rebuild', '--data', join(folder, 'new'))).code).toBe(0);
    await using product = await startProduct({ data: join(folder, 'new') });
    expect(await missing(product, ledger, before)).toEqual([]);
    expect([await signIn(product, PASSWORD), await signIn(product, 'another password')]).toEqual([204, 401]);
    expect((await read(product, `/api/studies/${study}/shares`)).shares).toMatchObject([{ facility: 'ward' }]);
    expect((await read(product, '/api/conflicts')).conflicts).toHaveLength(1);
    expect((await product.fetch('/readyz')).status).toBe(200);
  });

  it('is for its owner alone, is no copy of the index, and can be told whole from damaged', async () => {
    await using product = await startProduct({ data });
    const backup = await backUp();
    await product.stop();
    expect((await readdir(backup)).toSorted()).toEqual(['manifest.json', 'records']);
    expect((await readdir(join(backup, 'records'))).toSorted()).toEqual(['access.db', 'archive.db', 'router.db']);
    expect([(await stat(backup)).mode & 0o777, (await stat(join(backup, 'records', 'access.db'))).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    const file = join(backup, 'records', 'router.db');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    const kept = await readFile(join(data, 'records', 'access.db'));
    const refused = await filmless('restore', '--from', backup, '--data', data);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('is not the file that was backed up');
    expect(await readFile(join(data, 'records', 'access.db'))).toEqual(kept);
    expect(await readdir(data)).not.toContain('restoring');
  });

  it('restores only where no server runs, and keeps what was there', async () => {
    let backup: string;
    {
      await using product = await startProduct({ data, config: SITE });
      backup = await backUp();
      await furnish(product);
      const refused = await filmless('restore', '--from', backup, '--data', data);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`in use by process ${product.process.pid}`);
    }
    expect((await filmless('restore', '--from', backup, '--data', data)).code).toBe(0);
    const aside = (await readdir(data)).find((name) => name.startsWith('before-restore-')) ?? '';
    expect((await readdir(join(data, aside, 'records'))).toSorted()).toContain('access.db');
    {
      await using product = await startProduct({ data });
      expect(await signIn(product, PASSWORD)).toBe(401);
      // The object is still there, and its conflict is found anew.
      expect(await listedInstances(product)).toHaveLength(1);
      expect((await read(product, '/api/conflicts')).conflicts).toHaveLength(1);
    }
    await rm(join(data, 'records'), { recursive: true });
    await cp(join(data, aside, 'records'), join(data, 'records'), { recursive: true });
    await using product = await startProduct({ data });
    expect(await signIn(product, PASSWORD)).toBe(204);
  });

  it('of a newer version is refused, and so is what is none', async () => {
    await using product = await startProduct({ data });
    const backup = await backUp();
    await product.stop();
    const manifest = join(backup, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    const restore = () => filmless('restore', '--from', backup, '--data', data);
    for (const [changed, sentence] of [
      [text.replace(/"archive": \d+/, '"archive": 99'), 'has schema version 99, this one knows'],
      [text.replace('records/archive.db', '../../../tmp/x'), 'is no manifest of a Filmless backup'],
      [text.replace('"format": 1', '"format": 2'), 'was written by a later Filmless'],
      ['{', 'is no manifest of a Filmless backup'],
    ] as const) {
      await writeFile(manifest, changed);
      const refused = await restore();
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain(sentence);
    }
    const none = await filmless('restore', '--from', folder, '--data', data);
    expect([none.code, none.stderr.includes('holds no backup')]).toEqual([2, true]);
  });

  it('that was being restored when the power went is restored again before anything starts', async () => {
    await using product = await startProduct({ data });
    const backup = await backUp();
    await product.stop();
    await rm(join(data, 'records'), { recursive: true });
    await writeFile(join(data, 'restore-unfinished'), '');
    const refused = await filmless('serve', '--data', data, '--http-port=0', '--dicom-port=0');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('did not come to its end');
    expect((await filmless('restore', '--from', backup, '--data', data)).code).toBe(0);
    await using again = await startProduct({ data });
    expect((await again.fetch('/readyz')).status).toBe(200);
  });

  it.each([
    [['backup'], 'Say where the backup goes: --to DIR'],
    [['backup', '--to'], '--to needs a value'],
    [['backup', '--to=a', '--to=b'], '--to is given twice'],
    [['restore'], 'Say which backup to restore: --from DIR'],
    [['backup', '--to=x', '--data=nowhere'], 'There are no records in'],
  ])('asked for as %j is refused in a sentence', async (words, sentence) => {
    const { code, stdout, stderr } = await filmless(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });

  it('finds a damaged database, and leaves nothing half-made', async () => {
    await using product = await startProduct({ data });
    await product.stop();
    const file = join(data, 'records', 'access.db');
    const bytes = await readFile(file);
    bytes.fill(0x5a, 4096, 8192);
    await writeFile(file, bytes);
    const failed = await filmless('backup', '--data', data, '--to', join(folder, 'backups'));
    expect([failed.code, failed.stdout]).toEqual([2, '']);
    expect(failed.stderr).toContain('is damaged');
    expect(await readdir(join(folder, 'backups'))).toEqual([]);
  });

  it('has the schema versions that are in its databases', async () => {
    await using product = await startProduct({ data });
    const backup = await backUp();
    await product.stop();
    const { schemas } = JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8')) as {
      readonly schemas: Record<string, number>;
    };
    for (const name of ['access', 'archive', 'router']) {
      using database = new DatabaseSync(join(backup, 'records', `${name}.db`), { readOnly: true });
      expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: schemas[name] });
    }
  });
});
