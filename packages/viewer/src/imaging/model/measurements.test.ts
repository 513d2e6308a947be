import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { frameOf, pictureOf } from './fixture.ts';
import { evaluate, isDrawn } from './measurements.ts';

const frame = frameOf({ [TAG.PixelSpacing]: [2, 0.5] });
// Values 0 to 11 in rows of 4.
const picture = pictureOf(
  frame,
  Array.from({ length: 12 }, (_, index) => index),
);

describe('a length', () => {
  test('is in mm, with a spacing of its own in each direction', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 6, y: 2 },
    ];
    expect(evaluate({ tool: 'length', points }, frame, picture)).toEqual({
      kind: 'length',
      value: 5,
      scale: { kind: 'patient', x: 0.5, y: 2 },
    });
  });

  test('is in pixels where nothing is calibrated', () => {
    const bare = frameOf({ [TAG.PixelSpacing]: [] });
    const found = evaluate(
      {
        tool: 'length',
        points: [
          { x: 0, y: 0 },
          { x: 3, y: 4 },
        ],
      },
      bare,
      undefined,
    );
    expect(found).toMatchObject({ kind: 'length', value: 5, scale: { kind: 'none' } });
  });
});

describe('an angle', () => {
  test('is measured in mm, not in pixels that are no squares', () => {
    const points = [
      { x: 4, y: 0 },
      { x: 0, y: 0 },
      { x: 4, y: 1 },
    ];
    expect(evaluate({ tool: 'angle', points }, frame, undefined)).toMatchObject({
      kind: 'angle',
      degrees: expect.closeTo(45, 9),
    });
  });

  test('is never more than 180 degrees, on either side', () => {
    const points = [
      { x: 1, y: 0 },
      { x: 0, y: 0 },
      { x: -1, y: -0.0001 },
    ];
    expect(evaluate({ tool: 'angle', points }, frame, undefined)).toMatchObject({ degrees: expect.closeTo(180, 1) });
  });
});

describe('a rectangle', () => {
  test('has the area and the statistics of the pixels whose middle it holds', () => {
    const found = evaluate(
      {
        tool: 'rectangle',
        points: [
          { x: 2.4, y: 1.4 },
          { x: -0.4, y: -0.4 },
        ],
      },
      frame,
      picture,
    );
    expect(found).toMatchObject({ kind: 'area', value: expect.closeTo(2.8 * 0.5 * 1.8 * 2, 9), unit: 'HU' });
    // 0 1 2 / 4 5 6
    expect(found).toMatchObject({
      statistics: { count: 6, mean: 3, low: 0, high: 6, deviation: expect.closeTo(Math.sqrt(28 / 6), 9) },
    });
  });

  test('beyond the edge counts the pixels there are', () => {
    const found = evaluate(
      {
        tool: 'rectangle',
        points: [
          { x: 2.5, y: 1.5 },
          { x: 90, y: 90 },
        ],
      },
      frame,
      picture,
    );
    expect(found).toMatchObject({ statistics: { count: 1, mean: 11 } });
  });

  test('says nothing about values it cannot know', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 2, y: 2 },
    ];
    expect(evaluate({ tool: 'rectangle', points }, frame, undefined)).toMatchObject({ statistics: undefined });
    expect(evaluate({ tool: 'rectangle', points }, frame, { ...picture, colour: true })).toMatchObject({ statistics: undefined });
    expect(
      evaluate(
        {
          tool: 'rectangle',
          points: [
            { x: 0.2, y: 0.2 },
            { x: 0.4, y: 0.4 },
          ],
        },
        frame,
        picture,
      ),
    ).toMatchObject({ statistics: undefined });
  });
});

describe('an ellipse', () => {
  test('has its own area and leaves the corners out', () => {
    const square = frameOf({ [TAG.Rows]: 5, [TAG.Columns]: 5, [TAG.PixelSpacing]: [1, 1] });
    const values = Array.from({ length: 25 }, (_, index) => ([0, 4, 20, 24].includes(index) ? 1000 : 1));
    const found = evaluate(
      {
        tool: 'ellipse',
        points: [
          { x: -0.5, y: -0.5 },
          { x: 4.5, y: 4.5 },
        ],
      },
      square,
      pictureOf(square, values),
    );
    expect(found).toMatchObject({
      value: expect.closeTo((25 * Math.PI) / 4, 9),
      statistics: { count: 21, mean: 1, deviation: 0, high: 1 },
    });
  });
});

test('the deviation of large values is not lost in their size', () => {
  const big = { ...picture, values: Float32Array.from({ length: 12 }, (_, index) => 8_000_000 + (index % 2)) };
  const found = evaluate(
    {
      tool: 'rectangle',
      points: [
        { x: -1, y: -1 },
        { x: 9, y: 9 },
      ],
    },
    frame,
    big,
  );
  expect(found).toMatchObject({ statistics: { deviation: expect.closeTo(0.5, 9) } });
});

test('a mark that was only clicked is not drawn', () => {
  expect(
    isDrawn('length', [
      { x: 1, y: 1 },
      { x: 2, y: 2 },
    ]),
  ).toBe(false);
  expect(
    isDrawn('rectangle', [
      { x: 1, y: 1 },
      { x: 90, y: 2 },
    ]),
  ).toBe(false);
  expect(
    isDrawn('angle', [
      { x: 1, y: 1 },
      { x: 90, y: 2 },
    ]),
  ).toBe(false);
  expect(
    isDrawn('length', [
      { x: 1, y: 1 },
      { x: 90, y: 2 },
    ]),
  ).toBe(true);
});

const at = (...numbers: readonly number[]) =>
  Array.from({ length: numbers.length / 2 }, (_, index) => ({ x: numbers[2 * index] ?? 0, y: numbers[2 * index + 1] ?? 0 }));

describe('two diameters', () => {
  test('are in mm, the longer first, whichever was drawn first', () => {
    const found = evaluate({ tool: 'bidirectional', points: at(0, 0, 0, 3, 0, 0, 16, 0) }, frame, undefined);
    expect(found).toMatchObject({ kind: 'diameters', longer: 8, shorter: 6 });
  });
});

describe('the angle of Cobb', () => {
  const cobb = (...numbers: readonly number[]) => evaluate({ tool: 'cobb', points: at(...numbers) }, frame, undefined);

  test('is that between two lines, wherever they lie and whichever way they were drawn', () => {
    // 4 pixels of 0.5 mm across, 1 of 2 mm down: 45 degrees.
    expect(cobb(0, 0, 8, 0, 3, 9, 7, 10)).toMatchObject({ kind: 'angle', degrees: expect.closeTo(45, 9) });
    expect(cobb(8, 0, 0, 0, 3, 9, 7, 10)).toMatchObject({ degrees: expect.closeTo(45, 9) });
  });

  test('is 0 between lines that run alike, 90 between those that cross squarely, and never more', () => {
    expect(cobb(0, 0, 5, 1, 20, 4, 15, 3)).toMatchObject({ degrees: expect.closeTo(0, 6) });
    expect(cobb(0, 0, 5, 0, 2, 3, 2, 9)).toMatchObject({ degrees: expect.closeTo(90, 9) });
  });
});

describe('the cardiothoracic ratio', () => {
  test('is that of the breadths across the body, however slanting the lines were drawn', () => {
    const found = evaluate({ tool: 'cardiothoracic', points: at(10, 5, 24, 7, 2, 9, 30, 8) }, frame, undefined);
    expect(found).toMatchObject({ kind: 'ratio', value: 0.5, heart: 7, chest: 14 });
  });

  test('of a chest without breadth is none', () => {
    expect(evaluate({ tool: 'cardiothoracic', points: at(0, 0, 5, 0, 3, 0, 3, 9) }, frame, undefined)).toMatchObject({
      value: 0,
    });
  });
});

describe('an outline', () => {
  test('has the area inside it, and the values of the pixels whose middle it holds', () => {
    // Of the first row the second and third pixel, of the second row the third.
    const found = evaluate({ tool: 'freehand', points: at(-0.5, -0.5, 2.5, -0.5, 2.5, 1.6) }, frame, picture);
    expect(found).toMatchObject({ kind: 'area', value: expect.closeTo((3 * 0.5 * 2.1 * 2) / 2, 9) });
    expect(found).toMatchObject({ statistics: { count: 3, low: 1, high: 6, mean: expect.closeTo(3, 9) } });
  });

  test('that turns back on itself leaves out what lies between its arms', () => {
    const points = at(-0.5, -0.5, 3.5, -0.5, 3.5, 2.5, 2.5, 2.5, 2.5, 0.5, 0.5, 0.5, 0.5, 2.5, -0.5, 2.5);
    expect(evaluate({ tool: 'freehand', points }, frame, picture)).toMatchObject({
      value: expect.closeTo(8, 9),
      statistics: { count: 8, low: 0, high: 11 },
    });
  });

  test('is drawn when it has some breadth and height, and not too many points', () => {
    expect(isDrawn('freehand', at(0, 0, 10, 0, 5, 8))).toBe(true);
    expect(isDrawn('freehand', at(0, 0, 10, 0, 20, 1))).toBe(false);
    expect(isDrawn('freehand', at(0, 0, 10, 10))).toBe(false);
  });
});
