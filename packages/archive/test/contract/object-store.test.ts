import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileStore } from '../../src/objects/file-store.ts';
import { objectStoreContract } from './object-store.ts';

objectStoreContract('in a folder', (folder) => FileStore.open(join(folder, 'objects')));

it('removes with an object what a killed process left under its temporary name', async () => {
  const root = await mkdtemp(join(tmpdir(), 'filmless-objects-'));
  await mkdir(join(root, '0a'));
  await writeFile(join(root, '0a', 'b.json.tmp'), '{"format":');
  await using store = await FileStore.open(root);
  await store.delete('0a/b.json');
  expect(await readdir(join(root, '0a'))).toEqual([]);
  await rm(root, { recursive: true });
});

it('has a problem when its folder is gone, and tells it without naming a path', async () => {
  const root = await mkdtemp(join(tmpdir(), 'filmless-objects-'));
  await using store = await FileStore.open(root);
  await rm(root, { recursive: true });
  expect(await store.problem()).toMatch(/^the folder of the images cannot be used \(ENOENT\)/);
  expect(await store.problem()).not.toContain(root);
});
