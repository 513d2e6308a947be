import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  axisTowards,
  FITTED,
  flipped,
  imageToScreen,
  looked,
  onPixelGrid,
  panned,
  pixelScale,
  type Stage,
  toImage,
  toScreen,
  turned,
  type View,
  zoomedAt,
  zoomForScale,
} from './view.ts';

const stage: Stage = { columns: 200, rows: 100, spacing: { x: 1, y: 1 }, width: 400, height: 400 };
const views = fc.record({
  turns: fc.constantFrom(0, 1, 2, 3) as fc.Arbitrary<View['turns']>,
  mirrored: fc.boolean(),
  zoom: fc.double({ min: 0.2, max: 20, noNaN: true }),
  center: fc.record({ x: fc.double({ min: -0.5, max: 0.5, noNaN: true }), y: fc.double({ min: -0.5, max: 0.5, noNaN: true }) }),
});
const points = fc.record({
  x: fc.double({ min: -300, max: 300, noNaN: true }),
  y: fc.double({ min: -300, max: 300, noNaN: true }),
});

describe('a view', () => {
  test('fits the picture into the viewport, in the middle', () => {
    expect(toScreen(FITTED, stage, { x: -0.5, y: -0.5 })).toEqual({ x: 0, y: 100 });
    expect(toScreen(FITTED, stage, { x: 199.5, y: 99.5 })).toEqual({ x: 400, y: 300 });
  });

  test('draws pixels that are no squares as they are', () => {
    const tall = { ...stage, spacing: { x: 1, y: 2 } };
    expect(toScreen(FITTED, tall, { x: 199.5, y: 99.5 })).toEqual({ x: 400, y: 400 });
  });

  test('maps to the screen and back to the same point', () => {
    fc.assert(
      fc.property(views, points, (view, point) => {
        const back = toImage(view, stage, toScreen(view, stage, point));
        expect(back.x).toBeCloseTo(point.x, 6);
        expect(back.y).toBeCloseTo(point.y, 6);
      }),
    );
  });

  test('keeps the point under the pointer where it is while zooming', () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0.5, max: 2, noNaN: true }), (view, factor) => {
        // Near the middle of the picture, where no edge stops the move.
        const centered = { ...view, center: { x: 0, y: 0 } };
        const anchor = { x: 220, y: 190 };
        const held = toImage(centered, stage, anchor);
        const after = toScreen(zoomedAt(centered, stage, factor, anchor), stage, held);
        expect(Math.hypot(after.x - anchor.x, after.y - anchor.y)).toBeLessThan(1e-6);
      }),
    );
  });

  test('never loses the picture out of sight', () => {
    const far = panned(FITTED, stage, 10_000, -10_000);
    const middle = toImage(far, stage, { x: 200, y: 200 });
    expect(middle).toEqual({ x: -0.5, y: 99.5 });
  });

  test('turns to the right as the hand of a clock', () => {
    const top = toScreen(turned(FITTED, 1), stage, { x: 99.5, y: -0.5 });
    expect(top.x).toBeGreaterThan(200);
    expect(top.y).toBeCloseTo(200);
  });

  test.each(['horizontal', 'vertical'] as const)('flips %s what is seen, whatever turns and flips came before', (direction) => {
    fc.assert(
      fc.property(views, points, (view, point) => {
        const before = toScreen({ ...view, center: { x: 0, y: 0 } }, stage, point);
        const after = toScreen(flipped({ ...view, center: { x: 0, y: 0 } }, direction), stage, point);
        expect(after.x).toBeCloseTo(direction === 'horizontal' ? 400 - before.x : before.x, 6);
        expect(after.y).toBeCloseTo(direction === 'vertical' ? 400 - before.y : before.y, 6);
      }),
    );
  });

  test('four turns, and two flips, change nothing', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(turned(turned(turned(turned(view, 1), 1), 1), 1)).toEqual(view);
        expect(flipped(flipped(view, 'horizontal'), 'horizontal')).toEqual(view);
        expect(turned(turned(view, 1), -1)).toEqual(view);
      }),
    );
  });

  test('tells which image axis points where, as the map to the screen has it', () => {
    fc.assert(
      fc.property(views, (view) => {
        const [a, b, c, d] = imageToScreen(view, stage);
        const axis = axisTowards(view, 1, 0);
        expect(Math.sign(a * axis.x + c * axis.y)).toBe(1);
        expect(b * axis.x + d * axis.y).toBeCloseTo(0, 9);
      }),
    );
  });

  test('1:1 draws one image pixel on one pixel of the screen', () => {
    const zoom = zoomForScale(FITTED, stage, 1);
    expect(pixelScale({ ...FITTED, zoom }, stage)).toBeCloseTo(1);
  });

  test.each([
    ['of the same parity', 200, 1],
    ['of the other parity', 201, 1],
    ['on a screen of two pixels to one', 201, 2],
  ])('1:1 begins at the corner of a pixel of the screen, in a pane %s', (_, columns, dense) => {
    const pane = { ...stage, columns };
    const zoom = zoomForScale(FITTED, pane, 1 / dense);
    const corner = toScreen(onPixelGrid({ ...FITTED, zoom }, pane, dense), pane, { x: -0.5, y: -0.5 });
    expect((corner.x * dense) % 1).toBeCloseTo(0, 9);
    expect(Math.abs(corner.x - (400 - columns / dense) / 2)).toBeLessThan(0.501);
    expect((corner.y * dense) % 1).toBeCloseTo(0, 9);
  });
});

test('a camera moved by a tool is taken over within the bounds of the page', () => {
  expect(looked(FITTED, { x: 0.2, y: -0.1 }, 3)).toEqual({ ...FITTED, center: { x: 0.2, y: -0.1 }, zoom: 3 });
  expect(looked(FITTED, { x: 7, y: -9 }, 1e6)).toEqual({ ...FITTED, center: { x: 0.5, y: -0.5 }, zoom: 64 });
});
