import { bytesSource, firstNumber, firstText, frameRanges, readObject, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { benchStudy } from './studies.ts';

describe('the studies the viewers are measured with', () => {
  it.each([
    ['warm', 3, 1, 64],
    ['dx', 1, 1, 3000],
    ['mg', 4, 1, 2000],
    ['us-200', 1, 200, 640],
  ] as const)('are readable: %s has %d objects of %d frames, %d wide', async (key, objects, frames, columns) => {
    const study = benchStudy(key);
    let count = 0;
    for (const file of study.files()) {
      const object = await readObject(bytesSource(file));
      count += 1;
      expect(firstText(object.header, TAG.StudyInstanceUID)).toBe(study.studyInstanceUid);
      expect(object.frames.count).toBe(frames);
      expect(firstNumber(object.header, TAG.Columns)).toBe(columns);
      const { ranges } = frameRanges(object.frames, frames - 1);
      const end = Math.max(...ranges.map(({ offset, length }) => offset + length));
      expect(end).toBe(file.length);
    }
    expect(count).toBe(objects);
  });

  it('have no two slices alike one after the other', () => {
    const [one, two, three] = [...benchStudy('warm').files()].map((file) => Buffer.from(file.subarray(-64 * 64 * 2)));
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(false);
    expect(two?.equals(three ?? Buffer.alloc(0))).toBe(false);
  });

  it('are named the same each time', () => {
    expect(benchStudy('dx').studyInstanceUid).toBe(benchStudy('dx').studyInstanceUid);
    expect(benchStudy('dx').studyInstanceUid).not.toBe(benchStudy('mg').studyInstanceUid);
  });
});
