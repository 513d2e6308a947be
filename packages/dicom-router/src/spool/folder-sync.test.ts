import { describe, expect, it } from 'vitest';
import { FolderSync } from './folder-sync.ts';

describe('syncing a folder', () => {
  it('shares one fsync among those who wait, but never one that began before they came', async () => {
    const running: (() => void)[] = [];
    const folder = new FolderSync(() => new Promise((resolve) => running.push(resolve)));
    const done: string[] = [];
    const ask = (name: string) => folder.sync().then(() => done.push(name));
    const tick = () => new Promise((resolve) => setImmediate(resolve));
    const first = ask('first');
    await tick();
    const later = [ask('second'), ask('third')];
    await tick();
    expect(running).toHaveLength(1);
    running[0]?.();
    await first;
    await tick();
    expect(done).toEqual(['first']);
    expect(running).toHaveLength(2);
    running[1]?.();
    await Promise.all(later);
    expect(running).toHaveLength(2);
  });

  it('fails those who asked, and works again after it', async () => {
    let fails = true;
    const folder = new FolderSync(() => (fails ? Promise.reject(new Error('EIO')) : Promise.resolve()));
    await expect(folder.sync()).rejects.toThrow('EIO');
    fails = false;
    await expect(folder.sync()).resolves.toBeUndefined();
  });
});
