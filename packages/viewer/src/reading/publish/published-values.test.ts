import { TAG } from '@filmless/dicom';
import { expect, test } from 'vitest';
import { frameOf, pictureOf } from '../../imaging/model/fixture.ts';
import { publishedValues } from './published-values.ts';

const frame = frameOf({ [TAG.PixelSpacing]: [2, 0.5], [TAG.Modality]: 'CT', '00281054': 'HU' });
const picture = pictureOf(
  frame,
  Array.from({ length: 12 }, (_, index) => index),
);
const at = (...numbers: readonly number[]) =>
  Array.from({ length: numbers.length / 2 }, (_, index) => ({ x: numbers[2 * index] ?? 0, y: numbers[2 * index + 1] ?? 0 }));

test('a length is published in mm, with its line', () => {
  expect(publishedValues({ tool: 'length', points: at(0, 0, 6, 2) }, frame, picture)).toEqual([
    { quantity: 'length', value: 5, unit: 'mm', lines: [[0, 1]] },
  ]);
});

test('the longer diameter is told with the line it is of, whichever was drawn first', () => {
  const lines = (...numbers: readonly number[]) =>
    publishedValues({ tool: 'bidirectional', points: at(...numbers) }, frame, picture).map(({ quantity, value, lines: on }) => [
      quantity,
      value,
      on,
    ]);
  expect(lines(0, 0, 0, 3, 0, 0, 16, 0)).toEqual([
    ['longer-diameter', 8, [[2, 3]]],
    ['shorter-diameter', 6, [[0, 1]]],
  ]);
  expect(lines(0, 0, 16, 0, 0, 0, 0, 3)).toEqual([
    ['longer-diameter', 8, [[0, 1]]],
    ['shorter-diameter', 6, [[2, 3]]],
  ]);
});

test('a region has its area and, of an image that is loaded, its values in their unit', () => {
  const region = { tool: 'rectangle', points: at(-0.5, -0.5, 1.5, 0.5) } as const;
  expect(publishedValues(region, frame, undefined)).toEqual([{ quantity: 'area', value: 2, unit: 'mm2' }]);
  expect(
    publishedValues(region, frame, picture)
      .slice(1)
      .map(({ quantity, value }) => [quantity, value]),
  ).toEqual([
    ['mean', 0.5],
    ['deviation', 0.5],
    ['least', 0],
    ['greatest', 1],
  ]);
});

test('a ratio and an angle of Cobb name both their lines', () => {
  const points = at(0, 0, 4, 0, 0, 1, 8, 1);
  expect(publishedValues({ tool: 'cardiothoracic', points }, frame, picture)).toEqual([
    {
      quantity: 'cardiothoracic-ratio',
      value: 0.5,
      unit: '1',
      lines: [
        [0, 1],
        [2, 3],
      ],
    },
    { quantity: 'heart-width', value: 2, unit: 'mm', lines: [[0, 1]] },
    { quantity: 'chest-width', value: 4, unit: 'mm', lines: [[2, 3]] },
  ]);
  expect(publishedValues({ tool: 'cobb', points }, frame, picture)).toMatchObject([{ quantity: 'cobb-angle', unit: 'deg' }]);
});

test('what nothing calibrates is published in pixels', () => {
  const bare = frameOf({ [TAG.PixelSpacing]: [] });
  expect(publishedValues({ tool: 'length', points: at(0, 0, 3, 4) }, bare, undefined)).toMatchObject([
    { value: 5, unit: '{pixels}' },
  ]);
});
