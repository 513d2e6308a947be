import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileStore } from './file-store.ts';

const disk = vi.hoisted(() => ({
  otherDisk: false,
  syncs: [] as string[],
  held: { path: '', until: Promise.resolve() },
}));

vi.mock('./directory-sync.ts', () => ({
  DirectorySync: class {
    async sync(path: string): Promise<void> {
      await (disk.held.path === path ? disk.held.until : undefined);
      disk.syncs.push(path);
    }
  },
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    link: (from: string, to: string) =>
      disk.otherDisk ? Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' })) : real.link(from, to),
  };
});

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-objects-'));
  root = join(folder, 'objects');
  disk.otherDisk = false;
  disk.held = { path: '', until: Promise.resolve() };
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const object = (key: string) => [{ key, bytes: Buffer.from('x') }];

it.each([
  ['the same new folder', '0a/one/b.json'],
  ['another folder in it', '0a/two/b.json'],
])(
  'acknowledges nothing in a folder that is new until it is on disk in the one above, to whoever else stores into %s',
  async (_what, second) => {
    await using store = await FileStore.open(root);
    const released = Promise.withResolvers<void>();
    disk.held = { path: root, until: released.promise };
    const done: string[] = [];
    const put = (key: string) => store.put(object(key)).then(() => done.push(key));
    const first = put('0a/one/a.json');
    await expect.poll(async () => (await stat(join(root, '0a')).catch(() => undefined))?.isDirectory()).toBe(true);
    const both = [first, put(second)];
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toEqual([]);
    released.resolve();
    await Promise.all(both);
    expect(done).toHaveLength(2);
    expect(disk.syncs).toEqual(expect.arrayContaining([root, join(root, '0a'), join(root, second, '..')]));
  },
);

it('makes a folder again after it could not', async () => {
  await using store = await FileStore.open(root);
  await writeFile(join(root, '0a'), 'in the way');
  await expect(store.put(object('0a/one/a.json'))).rejects.toMatchObject({ code: 'store-away' });
  await rm(join(root, '0a'));
  await store.put(object('0a/one/a.json'));
  expect(await store.size('0a/one/a.json')).toBe(1);
});

it('tells whether received files can be linked to, and leaves nothing of the trial', async () => {
  await using store = await FileStore.open(root);
  const incoming = await mkdtemp(join(folder, 'incoming-'));
  expect(await store.linksFrom(incoming)).toBe(true);
  disk.otherDisk = true;
  expect(await store.linksFrom(incoming)).toBe(false);
  expect(await Array.fromAsync(store.list(''))).toEqual([]);
});

it('keeps a copy of its own of what it cannot link to', async () => {
  await using store = await FileStore.open(root);
  const received = join(folder, 'received.part');
  await writeFile(received, 'image');
  disk.otherDisk = true;
  await store.put([{ key: '0a/one/a.dcm', file: received, size: 5 }]);
  await writeFile(received, 'other');
  expect(Buffer.from(await store.readBytes('0a/one/a.dcm', { offset: 0, length: 9 })).toString()).toBe('image');
  expect(await Array.fromAsync(store.list(''))).toEqual(['0a/one/a.dcm']);
});
