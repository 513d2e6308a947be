import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, createArchive, type StoreOutcome } from '../../src/index.ts';
import { ALL, found, from, openTestArchive, silent } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-data-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (dataDir: string, settings: { readonly store?: string; readonly index?: string } = {}): Promise<Archive> =>
  createArchive({
    dataDir,
    store: 'file:',
    index: 'sqlite:',
    ...settings,
    access: {
      guard: () => (_c, next) => next(),
      whileHeld: () => ({ [Symbol.dispose]: () => undefined }),
      audit: () => Promise.resolve(),
      auditView: () => undefined,
      facilities: () => [{ id: 'main', name: 'Sa Đéc', patientIdIssuer: 'SADEC' }],
    },
    log: silent,
  });

async function adopt(archive: Archive, sent: Uint8Array): Promise<StoreOutcome> {
  const { object } = await archive.reception.receive(new Blob([new Uint8Array(sent)]).stream(), {});
  return await archive.adopt(object, from('main'));
}

describe('createArchive', () => {
  it('keeps what was stored when it is opened again, and makes a lost index anew', async () => {
    {
      await using archive = await open(folder);
      expect(await archive.isEmpty()).toBe(true);
      expect(await adopt(archive, objectFile())).toMatchObject({ status: 'stored', warnings: [] });
      expect(await archive.problems()).toEqual([]);
    }
    {
      await using again = await open(folder);
      expect(await again.isEmpty()).toBe(false);
    }
    await rm(join(folder, 'index'), { recursive: true });
    await using rebuilt = await open(folder);
    expect(await rebuilt.isEmpty()).toBe(false);
    expect((await readdir(join(folder, 'index'))).filter((name) => name.includes('building'))).toEqual([]);
  });

  it('takes no log that a killed process left for that of the index made anew', async () => {
    const store = (archive: Archive, number: number) => adopt(archive, objectFile({ number }));
    const index = join(folder, 'index', 'index.db');
    {
      await using archive = await open(folder);
      for (const number of [1, 2, 3]) {
        await store(archive, number);
      }
      // As a kill leaves it: the rows are in the log. Whoever then removes the index by its name leaves the log there.
      await copyFile(`${index}-wal`, join(folder, 'log'));
      for (const number of [4, 5, 6, 7]) {
        await store(archive, number);
      }
    }
    await rm(index);
    await copyFile(join(folder, 'log'), `${index}-wal`);
    {
      await using rebuilt = await open(folder);
      expect(await store(rebuilt, 8)).toMatchObject({ status: 'stored' });
    }
    const database = new DatabaseSync(index);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(database.prepare('SELECT count(*) AS n FROM instance').get()).toEqual({ n: 8 });
    expect(database.prepare('SELECT instance_count AS n FROM study').get()).toEqual({ n: 8 });
    database.close();
  });

  it.each([
    ['store', { store: 'ftp://x' }],
    ['index', { index: 'mysql://x' }],
  ])('refuses a %s it does not know', async (_what, settings) => {
    await expect(open(folder, settings)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('an archive killed while it stores', () => {
  it('has all it acknowledged, whole, and nothing else, when it is opened again', async () => {
    const script = fileURLToPath(new URL('../support/storing-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const [status, number] = line.split(' ');
      expect(status).toBe('stored');
      acknowledged.push(Number(number));
      if (acknowledged.length === 60) {
        child.kill('SIGKILL');
      }
    }
    await using archive = await openTestArchive({ folder });
    const kept = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    expect(kept.map(({ instanceNumber }) => instanceNumber)).toEqual(expect.arrayContaining(acknowledged));
    expect(kept.length).toBeLessThanOrEqual(acknowledged.length + 8);
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
    expect(await found(archive.with.objects)).toHaveLength(kept.length);
    for (const instance of kept) {
      expect(await archive.with.objects.size(instance.objectKey)).toBe(instance.size);
    }
    expect((await archive.core.studyDetail('1.2.3', ALL)).instanceCount).toBe(kept.length);
  });
});
