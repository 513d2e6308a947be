import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet, frameOf } from './fixture.ts';
import { recordedRate } from './frame-rate.ts';
import { followingIndex } from './linked-scroll.ts';
import { prefetchOrder } from './prefetch.ts';

describe('the order of prefetching', () => {
  test('goes outwards from the slice shown, the way one scrolls first', () => {
    expect(prefetchOrder(6, 2, 1)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(prefetchOrder(6, 2, -1)).toEqual([2, 1, 3, 0, 4, 5]);
  });

  test('names every slice once', () => {
    expect([...prefetchOrder(50, 49)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(prefetchOrder(0, 0)).toEqual([]);
  });
});

describe('linked scroll', () => {
  const stack = (step: number, uid: string, orientation = [1, 0, 0, 0, 1, 0]) =>
    Array.from({ length: 5 }, (_, index) =>
      frameOf({
        [TAG.ImagePositionPatient]: [0, 0, index * step],
        [TAG.FrameOfReferenceUID]: uid,
        [TAG.ImageOrientationPatient]: orientation,
      }),
    );
  const shown = stack(10, '1.9')[3] ?? frameOf();

  test('goes to the slice nearest in space', () => {
    expect(followingIndex(shown, stack(14, '1.9'), 0, 1)).toBe(2);
  });

  test('goes as many steps where the frame of reference is another', () => {
    expect(followingIndex(shown, stack(14, '1.8'), 1, 2)).toBe(3);
    expect(followingIndex(shown, stack(14, '1.8'), 4, 2)).toBe(4);
    expect(followingIndex(shown, stack(14, '1.8'), 0, -2)).toBe(0);
  });

  describe('with a study of another day', () => {
    // The other one has slices half as far apart, and its zero point is 97 mm away.
    const earlier = Array.from({ length: 30 }, (_, index) =>
      frameOf({ [TAG.ImagePositionPatient]: [0, 0, 97 + index * 5], [TAG.FrameOfReferenceUID]: '1.8' }),
    );
    const later = stack(10, '1.9');
    const pair = { shown: later[1] ?? frameOf(), other: earlier[12] ?? frameOf() };

    test('keeps the distance in mm from where they were linked, whatever the slices’ distance', () => {
      expect(followingIndex(later[2] ?? frameOf(), earlier, 12, 1, pair)).toBe(14);
      expect(followingIndex(later[4] ?? frameOf(), earlier, 12, 3, pair)).toBe(18);
      expect(followingIndex(later[0] ?? frameOf(), earlier, 12, -1, pair)).toBe(10);
    });

    test('goes the right way where its images run from the other end', () => {
      const reversed = [...earlier].reverse();
      expect(followingIndex(later[2] ?? frameOf(), reversed, 17, 1, pair)).toBe(15);
    });

    test('stops at its ends', () => {
      const low = { shown: later[0] ?? frameOf(), other: earlier[28] ?? frameOf() };
      expect(followingIndex(later[4] ?? frameOf(), earlier, 28, 4, low)).toBe(29);
    });

    test('goes as many steps where it lies another way', () => {
      const crossing = stack(14, '1.8', [0, 1, 0, 0, 0, -1]);
      expect(followingIndex(later[2] ?? frameOf(), crossing, 1, 1, { shown: pair.shown, other: crossing[1] ?? frameOf() })).toBe(
        2,
      );
    });
  });

  test('goes as many steps where planes cross', () => {
    expect(followingIndex(shown, stack(14, '1.9', [0, 1, 0, 0, 0, -1]), 1, 1)).toBe(2);
  });
});

describe('the rate of a cine', () => {
  test.each([
    ['the recommended one', { [TAG.RecommendedDisplayFrameRate]: 25, [TAG.CineRate]: 10, [TAG.FrameTime]: 100 }, 25],
    ['the cine rate', { [TAG.CineRate]: 10, [TAG.FrameTime]: 20 }, 10],
    ['the frame time', { [TAG.FrameTime]: 40 }, 25],
    ['the mean of the frame times', { [TAG.FrameTimeVector]: [0, 40, 60] }, 20],
    ['none where none is given', {}, undefined],
    ['none where it is nonsense', { [TAG.FrameTime]: 0, [TAG.CineRate]: -3 }, undefined],
    ['as fast as a screen can', { [TAG.FrameTime]: 0.1 }, 60],
  ])('is %s', (_, values, rate) => {
    expect(recordedRate(dataSet(values))).toBe(rate);
  });
});
