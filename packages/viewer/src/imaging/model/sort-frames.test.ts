import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { frameOf, framesOf, slice } from './fixture.ts';
import { sortFrames } from './sort-frames.ts';

const at = (instance: number, z: number, more = {}) =>
  frameOf({
    [TAG.InstanceNumber]: instance,
    [TAG.SOPInstanceUID]: `1.${instance}`,
    [TAG.ImagePositionPatient]: [0, 0, z],
    ...more,
  });
const order = (frames: ReturnType<typeof sortFrames>) => frames.map(({ instanceNumber }) => instanceNumber);

describe('sortFrames', () => {
  test('orders parallel slices by position, not by the order they came in', () => {
    expect(order(sortFrames([at(3, 10), at(1, 0), at(2, 5)]))).toEqual([1, 2, 3]);
  });

  test('runs in the sense of the instance numbers', () => {
    expect(order(sortFrames([at(1, 10), at(2, 5), at(3, 0)]))).toEqual([1, 2, 3]);
  });

  test('puts a slice with a wrong number where it lies', () => {
    expect(order(sortFrames([at(1, 0), at(2, 10), at(9, 5), at(10, 20)]))).toEqual([1, 9, 2, 10]);
  });

  test('falls back to instance numbers where slices are not parallel', () => {
    const sagittal = { [TAG.ImageOrientationPatient]: [0, 1, 0, 0, 0, -1] };
    expect(order(sortFrames([at(3, 0), at(2, 10, sagittal), at(1, 5)]))).toEqual([1, 2, 3]);
  });

  test('falls back to instance numbers where there are no positions', () => {
    const nowhere = { [TAG.ImagePositionPatient]: [], [TAG.ImageOrientationPatient]: [] };
    expect(order(sortFrames([at(2, 0, nowhere), at(10, 0, nowhere), at(1, 0, nowhere)]))).toEqual([1, 2, 10]);
  });

  test('keeps the frames of a cine in their order', () => {
    const frames = framesOf(slice({ [TAG.NumberOfFrames]: 12 }));
    expect(sortFrames([...frames].reverse()).map(({ frameNumber }) => frameNumber)).toEqual(
      frames.map(({ frameNumber }) => frameNumber),
    );
  });

  test('keeps slices of one place in the order of time', () => {
    const frames = [at(4, 5), at(1, 0), at(3, 5), at(2, 0)];
    expect(order(sortFrames(frames))).toEqual([1, 2, 3, 4]);
  });

  test('gives the same order whatever order the frames came in, also without any number', () => {
    const bare = (uid: string) =>
      frameOf({ [TAG.SOPInstanceUID]: uid, [TAG.InstanceNumber]: [], [TAG.ImagePositionPatient]: [] });
    const uids = (frames: ReturnType<typeof sortFrames>) => frames.map(({ sopInstanceUid }) => sopInstanceUid);
    expect(uids(sortFrames([bare('1.3'), bare('1.1'), bare('1.2')]))).toEqual(['1.1', '1.2', '1.3']);
  });
});
