import { describe, expect, test } from 'vitest';
import { gripAt, outline, pulled } from './grips.ts';
import type { Measurement } from './measurements.ts';

const line: Measurement = {
  id: '1',
  tool: 'length',
  frameId: 'f',
  points: [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
  ],
};
const box: Measurement = {
  ...line,
  tool: 'rectangle',
  points: [
    { x: 0, y: 0 },
    { x: 10, y: 6 },
  ],
};
const same = (point: { readonly x: number; readonly y: number }) => point;

describe('grips', () => {
  test('are the points before the line between them', () => {
    expect(gripAt(line, { x: 9.5, y: 1 }, 2, same)).toEqual({ kind: 'point', index: 1 });
    expect(gripAt(line, { x: 5, y: 1 }, 2, same)).toEqual({ kind: 'whole' });
    expect(gripAt(line, { x: 5, y: 4 }, 2, same)).toBeUndefined();
  });

  test('of an area are its edge, not its inside: one measures what is drawn in it', () => {
    expect(gripAt(box, { x: 5, y: 3 }, 1, same)).toBeUndefined();
    expect(gripAt(box, { x: 5, y: 5.5 }, 1, same)).toEqual({ kind: 'whole' });
  });
});

describe('pulling', () => {
  test('moves one point', () => {
    expect(pulled(line, { kind: 'point', index: 1 }, { x: 10, y: 0 }, { x: 12, y: 3 }).points).toEqual([
      { x: 0, y: 0 },
      { x: 12, y: 3 },
    ]);
  });

  test('moves the whole', () => {
    expect(pulled(line, { kind: 'whole' }, { x: 1, y: 1 }, { x: 2, y: 3 }).points).toEqual([
      { x: 1, y: 2 },
      { x: 11, y: 2 },
    ]);
  });

  test('of any corner of an area leaves the opposite one in place', () => {
    expect(pulled(box, { kind: 'point', index: 2 }, { x: 0, y: 6 }, { x: -1, y: 8 }).points).toEqual([
      { x: -1, y: 0 },
      { x: 10, y: 8 },
    ]);
    expect(pulled(box, { kind: 'point', index: 3 }, { x: 10, y: 0 }, { x: 12, y: -1 }).points).toEqual([
      { x: 0, y: -1 },
      { x: 12, y: 6 },
    ]);
  });
});

test('the outline of an ellipse stays in its box and closes', () => {
  const path = outline('ellipse', box.points);
  expect(path.every(({ x, y }) => x >= -1e-9 && x <= 10 + 1e-9 && y >= -1e-9 && y <= 6 + 1e-9)).toBe(true);
  expect(path[0]?.x).toBeCloseTo(path.at(-1)?.x ?? Number.NaN);
});
