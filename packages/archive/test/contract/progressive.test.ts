import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type DataSet, firstNumber, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveError } from '../../src/core/errors.ts';
import type { Pixels } from '../../src/core/ports.ts';
import { MakeProgressive } from '../../src/core/series/make-progressive.ts';
import { ALL, from, openTestArchive, type TestArchive } from '../support/archive.ts';
import { attribute, dataSetOf, fileOf } from '../support/objects.ts';

/** 16 x 16 images are large, and there is room for two of 100 bytes each. */
const LIMITS = {
  seriesQuietMs: 0,
  seriesLookMs: 3_600_000,
  progressiveFrameBytes: 256,
  progressiveNativeBytes: 1024,
  progressiveKeptBytes: 250,
};
const LARGE = { [TAG.Rows]: attribute('US', 16), [TAG.Columns]: attribute('US', 16) };

let archive: TestArchive;
let made = 0;

const recode: Pixels['recode'] = () => {
  made += 1;
  const image = { rows: 16, columns: 16, samplesPerPixel: 1, bitsAllocated: 8, photometricInterpretation: 'MONOCHROME2' };
  return Promise.resolve({ ...image, bytes: Buffer.alloc(100, made) });
};

beforeEach(async () => {
  made = 0;
  archive = await openTestArchive({ limits: LIMITS });
  use(recode);
});
afterEach(async () => {
  await archive[Symbol.asyncDispose]();
});

function use(coder: Pixels['recode']): void {
  const maker = new MakeProgressive(archive.with, { recode: coder }, (instance, ranges) =>
    archive.core.readRanges(instance, ranges),
  );
  archive.core.seriesWork.also((series, goesOn) => maker.make(series, goesOn));
}

const formsOnDisk = () => globSync(join(archive.folder, 'objects', '*', '*', '*.progressive')).length;

async function formOf(number: number) {
  const target = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: `1.2.3.1.${number}` };
  return await archive.core.progressive(await archive.core.stored(target, ALL));
}

function imageFile(number: number, more: DataSet = {}, pixel = 7): Uint8Array {
  const image = { ...dataSetOf({ number }), ...LARGE, ...more };
  const length = Number(firstNumber(image, TAG.Rows)) * 16;
  return fileOf({ ...image, [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.alloc(length, pixel).toString('base64') } });
}

const store = async (number: number, more: DataSet = {}, pixel = 7) =>
  await archive.store(imageFile(number, more, pixel), from('main'));

describe('the progressive form of an image', () => {
  it('is made of large ones alone, once, and read as it was made', async () => {
    await store(1);
    await store(2, { [TAG.Rows]: attribute('US', 4) });
    await store(3, { [TAG.PhotometricInterpretation]: attribute('CS', 'PALETTE COLOR') });
    await archive.core.seriesWork.workAll();
    expect([made, formsOnDisk(), await formOf(2), await formOf(3)]).toEqual([1, 1, undefined, undefined]);
    const form = await formOf(1);
    expect(form?.lengths).toEqual([100]);
    const stream = await archive.core.readProgressive(form ?? { key: '', lengths: [] }, { offset: 10, length: 20 });
    expect(Buffer.from(await new Response(stream).arrayBuffer())).toEqual(Buffer.alloc(20, 1));
    await store(4);
    await archive.core.seriesWork.workAll();
    expect([made, formsOnDisk()]).toEqual([2, 2]);
  });

  it('gives way to a newer one when there is no more room', async () => {
    for (const number of [1, 2, 3]) {
      await store(number);
      await archive.core.seriesWork.workAll();
    }
    expect(formsOnDisk()).toBe(1);
    expect([await formOf(1), await formOf(2), (await formOf(3))?.lengths]).toEqual([undefined, undefined, [100]]);
  });

  it('goes with its object, and is not that of the one that takes its place', async () => {
    await store(1);
    await archive.core.seriesWork.workAll();
    await store(1, {}, 9);
    const [conflict] = (await archive.core.conflicts({}, ALL)).conflicts;
    await archive.core.resolveConflict(conflict?.id ?? '', 'new', 'somebody', ALL);
    expect(await formOf(1)).toBeUndefined();
    await archive.core.seriesWork.workAll();
    expect((await formOf(1))?.lengths).toEqual([100]);
    const instances = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    const before = formsOnDisk();
    expect(await archive.core.removing.remove('1.2.3', instances)).toBe(true);
    expect([before, formsOnDisk()]).toEqual([1, 0]);
  });

  it('is not made of what cannot be coded so, and keeps no other from being made', async () => {
    use((frame, coding) =>
      frame.frameIndex === 0 && made++ === 0
        ? Promise.reject(new ArchiveError('not-acceptable', 'not these pixels'))
        : recode(frame, coding),
    );
    await store(1);
    await store(2);
    await archive.core.seriesWork.workAll();
    expect([formsOnDisk(), (await formOf(2))?.lengths]).toEqual([1, [100]]);
    expect(await archive.with.index.texts.anyDue('2030'), 'it is not tried again and again').toBe(false);
  });

  it('is made later when the server ends meanwhile', async () => {
    await store(1);
    const maker = new MakeProgressive(archive.with, { recode }, (instance, ranges) => archive.core.readRanges(instance, ranges));
    const series = await archive.with.index.texts.claim({ now: '2030', quietSince: '2030', quietMs: 0, by: 'x', until: '2031' });
    expect(
      await maker.make(
        series ?? { id: 0, changes: 0, instances: 0, studyInstanceUid: '', seriesInstanceUid: '', facility: '' },
        () => false,
      ),
    ).toBe(false);
    expect([made, formsOnDisk()]).toEqual([0, 0]);
  });
});
