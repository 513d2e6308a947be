import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropBox, outputSize } from './geometry.ts';

const whole = { left: 0, top: 0, width: 100, height: 50 };

test('without a viewport an image keeps its size', () => {
  expect(outputSize(whole, 1, undefined, 1e6)).toEqual({ width: 100, height: 50 });
});

test('pixels that are not square are stretched along their longer side', () => {
  expect(outputSize(whole, 2, undefined, 1e6)).toEqual({ width: 100, height: 100 });
  expect(outputSize(whole, 0.5, undefined, 1e6)).toEqual({ width: 200, height: 50 });
});

test('an image fits its viewport, touches it and keeps its proportions', () => {
  const measure = fc.integer({ min: 1, max: 4000 });
  fc.assert(
    fc.property(measure, measure, measure, measure, (width, height, columns, rows) => {
      const size = outputSize({ left: 0, top: 0, width, height }, 1, { columns, rows }, 1e9);
      expect(size.width).toBeLessThanOrEqual(columns);
      expect(size.height).toBeLessThanOrEqual(rows);
      expect(size.width === columns || size.height === rows).toBe(true);
    }),
  );
});

test('a region is cut to the image; one outside it is a wrong request', () => {
  const crop = { left: 90, top: -10, width: 50, height: 30 };
  expect(cropBox(100, 50, { columns: 10, rows: 10, crop })).toEqual({ left: 90, top: 0, width: 10, height: 20 });
  const outside = { left: 100, top: 0, width: 5, height: 5 };
  expect(() => cropBox(100, 50, { columns: 10, rows: 10, crop: outside })).toThrow('outside the image of 100 x 50');
});

test('an output beyond the limits is refused', () => {
  expect(() => outputSize(whole, 1, { columns: 40_000, rows: 40_000 }, 1e12)).toThrow('smaller viewport');
  expect(() => outputSize(whole, 1, { columns: 2000, rows: 2000 }, 1e6)).toThrow('smaller viewport');
});
