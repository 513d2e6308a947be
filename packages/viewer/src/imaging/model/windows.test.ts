import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet } from './fixture.ts';
import { draggedWindow, fileWindows, fullRange, greyCurve, windowRange } from './windows.ts';

describe('windows', () => {
  test('of a file are read with their explanations and shape', () => {
    const windows = fileWindows(
      dataSet({
        [TAG.WindowCenter]: [40, -600],
        [TAG.WindowWidth]: [400, 1500],
        [TAG.WindowCenterWidthExplanation]: ['SOFT', 'LUNG'],
        [TAG.VOILUTFunction]: 'LINEAR_EXACT',
      }),
    );
    expect(windows).toEqual([
      { center: 40, width: 400, shape: 'linear-exact', explanation: 'SOFT' },
      { center: -600, width: 1500, shape: 'linear-exact', explanation: 'LUNG' },
    ]);
  });

  test('without a width, or with none that can be used, are left out', () => {
    expect(fileWindows(dataSet({ [TAG.WindowCenter]: [40, 50], [TAG.WindowWidth]: 0 }))).toEqual([]);
  });

  test.each([
    ['linear', { low: -160.5 + 0.5, high: 239 }],
    ['linear-exact', { low: -160, high: 240 }],
  ] as const)('of 400 around 40 end where PS3.3 C.11.2.1 has them (%s)', (shape, range) => {
    expect(windowRange({ center: 40, width: 400, shape })).toEqual(range);
  });

  test('over the full range begin at the least value and end at the greatest', () => {
    expect(windowRange(fullRange(-1024, 3071))).toEqual({ low: -1024, high: 3071 });
    expect(windowRange(fullRange(0.25, 0.75, false))).toEqual({ low: 0.25, high: 0.75 });
  });

  test('of one single value still have a width to draw with', () => {
    const { low, high } = windowRange(fullRange(7, 7));
    expect(high).toBeGreaterThan(low);
  });

  test('widen to the right and rise downwards, and never close', () => {
    const window = { center: 40, width: 400, shape: 'linear' } as const;
    expect(draggedWindow(window, 10, 0, true).width).toBeGreaterThan(400);
    expect(draggedWindow(window, 0, 10, true).center).toBeGreaterThan(40);
    expect(draggedWindow(window, -100_000, 0, true).width).toBe(1);
  });
});

describe('the grey curve', () => {
  const window = { center: 50, width: 101, shape: 'linear' } as const;

  test('of a window runs from black to white', () => {
    expect(greyCurve({ window }, false)).toEqual([
      [-0.5, 0],
      [99.5, 1],
    ]);
  });

  test('is turned upside down when inverted', () => {
    expect(greyCurve({ window }, true).map(([, grey]) => grey)).toEqual([1, 0]);
  });

  test('of a sigmoid rises without a jump and is half way at the centre', () => {
    const curve = greyCurve({ window: { ...window, shape: 'sigmoid' } }, false);
    expect(curve[32]).toEqual([50, 0.5]);
    expect(curve.every(([, grey], index) => index === 0 || grey > (curve[index - 1]?.[1] ?? 1))).toBe(true);
  });

  test('of a table has its entries, stretched over the window', () => {
    const table = { first: 0, bits: 8, values: [0, 255, 51], explanation: undefined };
    expect(greyCurve({ window: fullRange(0, 2), table }, false)).toEqual([
      [0, 0],
      [1, 1],
      [2, 0.2],
    ]);
  });
});
