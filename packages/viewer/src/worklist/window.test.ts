import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowWindow, scrollFor } from './window.ts';

it('draws every row in view, and no more than some around them', () => {
  fc.assert(
    fc.property(
      fc.nat(5_000),
      fc.nat(300_000),
      fc.integer({ min: 100, max: 2_000 }),
      fc.constantFrom(40, 124),
      (count, scrollTop, height, rowHeight) => {
        const { first, end } = rowWindow(scrollTop, height, rowHeight, count);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 26);
        const topRow = Math.floor(scrollTop / rowHeight);
        if (topRow < count) {
          expect(first).toBeLessThanOrEqual(topRow);
          expect(end).toBeGreaterThan(topRow);
        }
      },
    ),
  );
});

it('scrolls just so far that a chosen row is seen', () => {
  expect(scrollFor(3, 40, 0, 500, 37)).toBeUndefined();
  expect(scrollFor(3, 40, 200, 500, 37)).toBe(120);
  expect(scrollFor(20, 40, 0, 500, 37)).toBe(377);
});
