import { describe, expect, it } from 'vitest';
import { FolderSync } from './folder-sync.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('syncing a folder', () => {
  it('shares one sync among those who wait, but never one that began before they came', async () => {
    const running: (() => void)[] = [];
    const folders = new FolderSync(() => new Promise((resolve) => running.push(resolve)));
    const done: string[] = [];
    const ask = (name: string) => folders.sync('/a').then(() => done.push(name));
    const first = [ask('first'), ask('with it')];
    await tick();
    const later = [ask('second'), ask('third')];
    await tick();
    expect(running).toHaveLength(1);
    running[0]?.();
    await Promise.all(first);
    await tick();
    expect(done).toEqual(['first', 'with it']);
    expect(running).toHaveLength(2);
    running[1]?.();
    await Promise.all(later);
    expect(running).toHaveLength(2);
  });

  it('syncs each folder by itself', async () => {
    const synced: string[] = [];
    const folders = new FolderSync((path) => {
      synced.push(path);
      return path === '/a' ? new Promise(() => undefined) : Promise.resolve();
    });
    void folders.sync('/a');
    await folders.sync('/b');
    await folders.sync('/b');
    expect(synced).toEqual(['/a', '/b', '/b']);
  });

  it('fails those who asked, and works again after it', async () => {
    let fails = true;
    const folders = new FolderSync(() => (fails ? Promise.reject(new Error('EIO')) : Promise.resolve()));
    const both = await Promise.allSettled([folders.sync('/a'), folders.sync('/a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    await expect(folders.sync('/a')).resolves.toBeUndefined();
  });
});
