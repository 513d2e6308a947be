import { expect, it } from 'vitest';
import { batches } from './batches.ts';

const rows = (...sizes: readonly number[]) => sizes.map((header_bytes) => ({ header_bytes }));
const cut = (sizes: readonly number[], most: number) =>
  [...batches(rows(...sizes), most)].map((batch) => batch.map((row) => row.header_bytes));

it.each([
  [[], []],
  [[3, 3, 4], [[3, 3, 4]]],
  [
    [3, 3, 5, 1],
    [
      [3, 3],
      [5, 1],
    ],
  ],
  [[50], [[50]]],
  [
    [1, 50, 1, 1],
    [[1], [50], [1, 1]],
  ],
] as const)('headers of %j bytes are read ten bytes at a time as %j', (sizes, expected) => {
  expect(cut(sizes, 10)).toEqual(expected);
});

it('rows without headers are one piece', () => {
  expect([...batches([{}, {}, {}], 1)]).toHaveLength(1);
});
