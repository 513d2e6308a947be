import { describe, expect, it } from 'vitest';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, StoredInstance, Target } from '../../core/model.ts';
import { InstanceCache } from './instance-cache.ts';

const ALL = { facilities: 'all' } as const;
const target = (sopInstanceUid: string): Required<Target> => ({
  studyInstanceUid: '1',
  seriesInstanceUid: '1.1',
  sopInstanceUid,
});

/** A core whose objects can be exchanged and hidden; counts how often a header is read. */
function core(textBytes = 1000) {
  const hidden = new Set<string>();
  const versions = new Map<string, number>();
  let headers = 0;
  const stored = (uid: string): StoredInstance => {
    if (hidden.has(uid)) {
      throw new ArchiveError('not-found', '');
    }
    return { sopInstanceUid: uid, objectKey: `${uid}-${versions.get(uid) ?? 1}` } as StoredInstance;
  };
  return {
    hidden,
    versions,
    headers: () => headers,
    instance: (of: Required<Target>) => {
      const instance = { ...stored(of.sopInstanceUid), header: {}, textBytes } as InstanceHeader;
      headers += 1;
      return Promise.resolve(instance);
    },
    stored: (of: Required<Target>) => Promise.resolve().then(() => stored(of.sopInstanceUid)),
  };
}

describe('headers kept in memory', () => {
  it('are read once, however often they are asked for', async () => {
    const from = core();
    const cache = new InstanceCache(from, from.instance);
    for (let i = 0; i < 5; i += 1) {
      expect((await cache.instance(target('a'), ALL)).objectKey).toBe('a-1');
    }
    expect(from.headers()).toBe(1);
  });

  it('are read again when another object was put in their place', async () => {
    const from = core();
    const cache = new InstanceCache(from, from.instance);
    await cache.instance(target('a'), ALL);
    from.versions.set('a', 2);
    expect((await cache.instance(target('a'), ALL)).objectKey).toBe('a-2');
  });

  it('are not given to who may not see them', async () => {
    const from = core();
    const cache = new InstanceCache(from, from.instance);
    await cache.instance(target('a'), ALL);
    from.hidden.add('a');
    await expect(cache.instance(target('a'), ALL)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are few: the one asked for longest ago goes first', async () => {
    const from = core();
    const cache = new InstanceCache(from, from.instance);
    for (let i = 0; i < 64; i += 1) {
      await cache.instance(target(String(i)), ALL);
    }
    await cache.instance(target('0'), ALL);
    await cache.instance(target('new'), ALL);
    const before = from.headers();
    await cache.instance(target('0'), ALL);
    expect(from.headers()).toBe(before);
    await cache.instance(target('1'), ALL);
    expect(from.headers()).toBe(before + 1);
  });

  it.each([
    [20, 3],
    [40, 1],
    [65, 0],
  ])('are few where each has %i MiB: %i are kept', async (mebibytes, kept) => {
    const from = core(mebibytes * 1024 * 1024);
    const cache = new InstanceCache(from, from.instance);
    for (const uid of ['a', 'b', 'c', 'd']) {
      await cache.instance(target(uid), ALL);
    }
    for (const uid of ['d', 'c', 'b', 'a'].slice(0, kept)) {
      await cache.instance(target(uid), ALL);
    }
    expect(from.headers()).toBe(4);
    await cache.instance(target('a'), ALL);
    expect(from.headers()).toBe(5);
  });
});
