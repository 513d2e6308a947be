import { describe, expect, it, vi } from 'vitest';
import { CacheFiller } from './cache-filler.ts';

function filler() {
  const read: string[] = [];
  const waiting: { resolve: () => void; goesOn: () => boolean }[] = [];
  const cache = new CacheFiller(async (key, goesOn) => {
    read.push(key);
    await new Promise<void>((resolve) => waiting.push({ resolve, goesOn }));
  });
  const next = async () => {
    await vi.waitFor(() => expect(waiting).not.toHaveLength(0), { timeout: 5000 });
    return waiting.shift();
  };
  return { cache, read, next };
}

describe('the filler of the page cache', () => {
  it('reads what was put, one after the other, once nothing is being put', async () => {
    const { cache, read, next } = filler();
    const late = Promise.withResolvers<string>();
    const both = [cache.during(Promise.resolve('a')), cache.during(late.promise)];
    await both[0];
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(read).toEqual([]);
    late.resolve('b');
    await both[1];
    const first = await next();
    expect([read, first?.goesOn()]).toEqual([['a'], true]);
    first?.resolve();
    (await next())?.resolve();
    expect(read).toEqual(['a', 'b']);
    await cache[Symbol.asyncDispose]();
  });

  it('stops as soon as something is put, and goes on afterwards', async () => {
    const { cache, read, next } = filler();
    await Promise.all([cache.during(Promise.resolve('a')), cache.during(Promise.resolve('b'))]);
    const first = await next();
    const late = Promise.withResolvers<string>();
    const put = cache.during(late.promise);
    expect(first?.goesOn()).toBe(false);
    first?.resolve();
    late.resolve('c');
    await put;
    (await next())?.resolve();
    (await next())?.resolve();
    expect(read).toEqual(['a', 'b', 'c']);
    await cache[Symbol.asyncDispose]();
  });

  it('passes on what a put fails with, and remembers nothing of it', async () => {
    const { cache, read } = filler();
    await expect(cache.during(Promise.reject(new Error('full')))).rejects.toThrow('full');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(read).toEqual([]);
    await cache[Symbol.asyncDispose]();
  });

  it('reads nothing once it is closed', async () => {
    const { cache, read } = filler();
    await cache.during(Promise.resolve('a'));
    await cache[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(read).toEqual([]);
  });
});
