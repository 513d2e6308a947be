import { firstText, parseMatchKey, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, openTestArchive, type TestArchive } from '../support/archive.ts';
import { attribute, objectFile } from '../support/objects.ts';

/** Every header is more than may be read at a time, and more than goes into one answer. */
const SMALL = { readPage: 3, readPageBytes: 1, searchBytes: 1 };

describe('headers larger than what is read at a time', () => {
  let archive: TestArchive;
  const uids = Array.from({ length: 7 }, (_, i) => `1.2.3.1.${i + 1}`);
  beforeAll(async () => {
    archive = await openTestArchive({ limits: SMALL });
    for (const number of uids.keys()) {
      const more = { '00104000': attribute('LT', 'x'.repeat(2000)) };
      await archive.store(objectFile({ number: number + 1, more }));
    }
  });
  afterAll(async () => {
    await archive[Symbol.asyncDispose]();
  });

  it('come one by one, all of them and in order', async () => {
    const found: string[] = [];
    for await (const { sopInstanceUid, header, textBytes } of archive.core.headers({ studyInstanceUid: '1.2.3' }, ALL)) {
      found.push(sopInstanceUid);
      expect(firstText(header, '00104000')).toHaveLength(2000);
      expect(textBytes).toBeGreaterThan(2000);
    }
    expect(found).toEqual(uids);
  });

  it.each([
    ['all attributes', [], 'all' as const],
    ['a key that is not indexed', [parseMatchKey(['00104000'], 'LT', 'x*')], [] as const],
  ])('make a search for %s answer with fewer, say that there are more, and go on from there', async (_, keys, include) => {
    const found: string[] = [];
    for (let offset = 0; offset < uids.length; offset += 1) {
      const { results, more } = await archive.core.search({ level: 'instance', keys, include, offset }, ALL);
      expect(results).toHaveLength(1);
      expect(more).toBe(offset < uids.length - 1);
      found.push(...results.map((result) => firstText(result, TAG.SOPInstanceUID) ?? ''));
    }
    expect(found).toEqual(uids);
  });

  it('do not matter to a search that needs none', async () => {
    const { results, more } = await archive.core.search({ level: 'instance', keys: [], include: [] }, ALL);
    expect([results.length, more]).toEqual([7, false]);
  });
});
