import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewInstance } from '../../src/core/index-port.ts';
import { isKept, type MadeText } from '../../src/core/series/series-texts.ts';
import { ALL } from '../support/archive.ts';
import type { IndexEngine, StartEngine } from '../support/index-engines.ts';
import { indexed } from '../support/search-cases.ts';

const NOW = '2030-06-01T00:00:00.000Z';
const SOON = '2030-06-01T00:05:00.000Z';
const LATE = '2030-06-01T01:00:00.000Z';
const CLAIM = { now: NOW, quietSince: NOW, quietMs: 1000, by: 'one', until: SOON };

function instanceOf(series: number, number: number): NewInstance {
  const header = { '00080060': { vr: 'CS', Value: ['CT'] }, '00200013': { vr: 'IS', Value: [number] } } as const;
  return indexed({ study: '1.4', series: `1.4.${series}`, sop: `1.4.${series}.${number}`, header }, number);
}

const text = (instances: number): MadeText => ({
  sha256: 'ab'.repeat(32),
  root: 'https://pacs.test/dicom-web',
  instances,
  textBytes: 3_000_000_000,
  crc32: 0xffff_fffe,
  deflated: Uint8Array.from({ length: 70_000 }, (_, at) => at % 251),
  zstd: Uint8Array.from([0, 255, 10, 13]),
});

/** What the index keeps of series and images at rest, and who makes it. */
export function seriesContract(name: string, start: StartEngine): void {
  describe(`what is made of series, ${name}`, () => {
    let engine: IndexEngine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });

    it('is of use until an instance comes, and is given in the form that is asked for', async () => {
      await using index = await engine.open('texts');
      const one = { studyInstanceUid: '1.4', seriesInstanceUid: '1.4.1' };
      await index.add(instanceOf(1, 1));
      await index.add(instanceOf(1, 2));
      expect(await index.texts.lastRoot()).toBeUndefined();
      const claimed = await index.texts.claim(CLAIM);
      expect(claimed).toMatchObject({ ...one, instances: 2, changes: 2 });
      expect(await index.texts.settle(claimed ?? { id: 0, changes: 0 }, text(2))).toBe(true);
      const { zstd, deflated, ...facts } = text(2);
      const [packed, joined] = await Promise.all(
        (['zstd', 'deflated'] as const).map((form) => Array.fromAsync(index.texts.of(one, form, ALL, NOW))),
      );
      expect(packed).toMatchObject([{ ...one, ...facts }]);
      expect([packed, joined].map((list) => (list?.[0] !== undefined && isKept(list[0]) ? [...list[0].bytes] : []))).toEqual([
        [...zstd],
        [...deflated],
      ]);
      expect(await Array.fromAsync(index.texts.of({ studyInstanceUid: '1.4' }, 'zstd', ALL, NOW))).toHaveLength(1);
      expect(await index.texts.lastRoot()).toBe('https://pacs.test/dicom-web');
      expect(await index.texts.anyDue(LATE)).toBe(false);
      await index.add(instanceOf(1, 3));
      const [changed] = await Array.fromAsync(index.texts.of(one, 'zstd', ALL, NOW));
      expect(changed !== undefined && isKept(changed)).toBe(false);
      expect(await index.texts.claim(CLAIM)).toMatchObject({ instances: 3, changes: 3 });
      expect(await index.texts.settle(claimed ?? { id: 0, changes: 0 }, text(2))).toBe(false);
    });

    it('is claimed by one at a time, and by another once its time is over', async () => {
      await using index = await engine.open('claims');
      for (let series = 1; series <= 12; series += 1) {
        await index.add(instanceOf(series, 1));
      }
      const claims = await Promise.all(
        Array.from({ length: 30 }, (_, at) => index.texts.claim({ ...CLAIM, by: `process ${at % 3}` })),
      );
      // Of two at once one may go away with nothing: it comes again.
      for (let more = await index.texts.claim(CLAIM); more !== undefined; more = await index.texts.claim(CLAIM)) {
        claims.push(more);
      }
      const uids = claims.flatMap((one) => (one === undefined ? [] : [one.seriesInstanceUid]));
      expect([uids.length, new Set(uids).size]).toEqual([12, 12]);
      expect(await index.texts.anyDue(NOW)).toBe(false);
      expect(await index.texts.claim({ ...CLAIM, now: SOON, quietSince: SOON, until: LATE })).toBeDefined();
      const [first] = claims;
      await index.texts.postpone(first ?? { id: 0 }, LATE);
      expect(await index.texts.anyDue(LATE)).toBe(true);
    });

    it('waits for a study that is not quiet, and can be asked for again', async () => {
      await using index = await engine.open('quiet');
      await index.add(instanceOf(1, 1));
      expect(await index.texts.claim({ ...CLAIM, quietSince: '2000-01-01T00:00:00.000Z' })).toBeUndefined();
      const claimed = await index.texts.claim({ ...CLAIM, now: LATE, quietSince: LATE });
      expect(await index.texts.settle(claimed ?? { id: 0, changes: 0 }, undefined)).toBe(true);
      expect(await index.texts.claim({ ...CLAIM, now: LATE, quietSince: LATE })).toBeUndefined();
      await index.texts.again({ studyInstanceUid: '1.4', seriesInstanceUid: '1.4.1' }, NOW);
      expect(await index.texts.claim({ ...CLAIM, now: LATE, quietSince: LATE })).toMatchObject({ changes: 1 });
    });

    it('of images is noted with the object it was made of, and goes with the study', async () => {
      await using index = await engine.open('forms');
      const image = instanceOf(1, 1);
      await index.add(image);
      const { objectKey } = image.instance;
      const of = { sopInstanceUid: '1.4.1.1', objectKey };
      const form = { key: `${objectKey}.progressive`, lengths: [5_000_000_000, 2] };
      expect(await index.progressive.note({ ...of, objectKey: 'another' }, form, NOW)).toBe(false);
      expect(await index.progressive.note(of, form, NOW)).toBe(true);
      expect(await index.progressive.note(of, form, LATE)).toBe(true);
      expect(await index.progressive.find(of)).toMatchObject(form);
      expect(await index.progressive.totalBytes()).toBe(5_000_000_002);
      expect(await index.progressive.oldest(5)).toMatchObject([{ ...form, objectKey, bytes: 5_000_000_002 }]);
      expect(await index.removeStudy('1.4', [objectKey])).toBe(true);
      expect([await index.progressive.find(of), await index.progressive.totalBytes()]).toEqual([undefined, 0]);
    });

    it('of images can be forgotten', async () => {
      await using index = await engine.open('forgotten');
      const image = instanceOf(1, 1);
      await index.add(image);
      const of = { sopInstanceUid: '1.4.1.1', objectKey: image.instance.objectKey };
      await index.progressive.note(of, { key: 'x', lengths: [1] }, NOW);
      await index.progressive.forget(['x', 'y']);
      expect(await index.progressive.find(of)).toBeUndefined();
    });
  });
}
