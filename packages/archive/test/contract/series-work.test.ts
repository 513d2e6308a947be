import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isKept } from '../../src/core/series/series-texts.ts';
import { ALL, openTestArchive, type TestArchive } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';

const ONE = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1' };
/** The test's clock goes on by a second each time it is read. */
const LIMITS = { seriesQuietMs: 5_000, seriesLookMs: 3_600_000, seriesTextInstances: 3 };

let archive: TestArchive;

beforeEach(async () => {
  archive = await openTestArchive({ limits: LIMITS });
});
afterEach(async () => {
  await archive[Symbol.asyncDispose]();
});

async function fill(count: number, from = 1): Promise<void> {
  for (let number = from; number < from + count; number += 1) {
    await archive.store(objectFile({ number }));
  }
}

const keptOf = async (target = ONE) => {
  const [series] = await Array.fromAsync(archive.core.texts(target, 'zstd', ALL));
  return series !== undefined && isKept(series) ? series.instances : undefined;
};

const later = (ms: number) => new Date(Date.parse(archive.with.now()) + ms).toISOString();
const claim = (by: string, now = later(10_000), until = later(60_000)) =>
  archive.with.index.texts.claim({ now, quietSince: now, quietMs: 1000, by, until });

describe('what is made of a series', () => {
  it('waits until nothing came for a while', async () => {
    await fill(4);
    await archive.core.seriesWork.workAll();
    expect(await keptOf()).toBeUndefined();
    expect(await archive.with.index.texts.anyDue(later(0))).toBe(false);
    expect(await archive.with.index.texts.anyDue(later(60_000))).toBe(true);
    while (!(await archive.with.index.texts.anyDue(archive.with.now()))) {
      // Its clock goes on.
    }
    await archive.core.seriesWork.workAll();
    expect(await keptOf()).toBe(4);
    expect(await archive.with.index.texts.anyDue(later(3_600_000))).toBe(false);
  });

  it('is claimed by one, and by another once the first is not heard of', async () => {
    await fill(4);
    const now = later(10_000);
    const [first, second] = await Promise.all([claim('one', now), claim('other', now)]);
    expect([first, second].filter((claimed) => claimed !== undefined)).toMatchObject([{ ...ONE, instances: 4, changes: 4 }]);
    expect(await archive.with.index.texts.anyDue(now)).toBe(false);
    expect(await claim('other', later(3_600_000))).toMatchObject(ONE);
  });

  it('of several series each is claimed once', async () => {
    for (let series = 1; series <= 20; series += 1) {
      await archive.store(objectFile({ series: `1.2.3.${series}` }));
    }
    const now = later(10_000);
    const claimed = await Promise.all(Array.from({ length: 25 }, (_, index) => claim(`p${index % 3}`, now)));
    const uids = claimed.flatMap((one) => (one === undefined ? [] : [one.seriesInstanceUid]));
    expect([uids.length, new Set(uids).size]).toEqual([20, 20]);
  });

  it('is thrown away when the series changed meanwhile, and made again', async () => {
    await fill(3);
    const claimed = await claim('one');
    await fill(1, 4);
    const text = { sha256: 'x', root: 'x', instances: 3, textBytes: 0, crc32: 0, deflated: Buffer.of(0), zstd: Buffer.of(0) };
    expect(await archive.with.index.texts.settle(claimed ?? { id: 0, changes: 0 }, text)).toBe(false);
    expect(await keptOf()).toBeUndefined();
    await archive.with.index.texts.postpone(claimed ?? { id: 0 }, later(0));
    expect(await claim('one')).toMatchObject({ instances: 4, changes: 4 });
  });

  it('is nothing for few instances, and for headers that are too long', async () => {
    await using small = await openTestArchive({ limits: { ...LIMITS, seriesQuietMs: 0, seriesTextBytes: 2_000 } });
    for (let number = 1; number <= 8; number += 1) {
      await small.store(objectFile({ number }));
    }
    await small.store(objectFile({ series: '1.2.3.9' }));
    await small.core.seriesWork.workAll();
    const all = await Array.fromAsync(small.core.texts({ studyInstanceUid: '1.2.3' }, 'zstd', ALL));
    expect(all.map((series) => isKept(series))).toEqual([false, false]);
    expect(await small.with.index.texts.anyDue(later(3_600_000))).toBe(false);
  });

  it('goes with the study, and comes again with it', async () => {
    await using quick = await openTestArchive({ limits: { ...LIMITS, seriesQuietMs: 0 } });
    const store = async () => {
      for (let number = 1; number <= 4; number += 1) {
        await quick.store(objectFile({ number }));
      }
      await quick.core.seriesWork.workAll();
    };
    await store();
    const instances = await Array.fromAsync(quick.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    expect(await quick.core.removing.remove('1.2.3', instances)).toBe(true);
    await expect(Array.fromAsync(quick.core.texts(ONE, 'zstd', ALL))).rejects.toMatchObject({ code: 'not-found' });
    await store();
    const [again] = await Array.fromAsync(quick.core.texts(ONE, 'zstd', ALL));
    expect(again).toMatchObject({ ...ONE, instances: 4 });
  });
});
