import type { Point } from './geometry.ts';
import { boxOf, type Measurement } from './measurements.ts';

/** What of a measurement lies under the pointer: one of its points, or the whole of it. */
export type Grip = { readonly kind: 'point'; readonly index: number } | { readonly kind: 'whole' };

/** Corners by which an area is pulled: its two points and the two others. */
export function gripPoints(measurement: Pick<Measurement, 'tool' | 'points'>): readonly Point[] {
  const { tool, points } = measurement;
  const [a, b] = points;
  if ((tool === 'ellipse' || tool === 'rectangle') && a !== undefined && b !== undefined) {
    return [a, b, { x: a.x, y: b.y }, { x: b.x, y: a.y }];
  }
  return points;
}

/** The grip under a screen point, with `reach` in screen pixels (wider for fingers). `screen` maps image to screen. */
export function gripAt(measurement: Measurement, at: Point, reach: number, screen: (point: Point) => Point): Grip | undefined {
  const index = gripPoints(measurement).findIndex((point) => between(screen(point), at) <= reach);
  if (index >= 0) {
    return { kind: 'point', index };
  }
  return outlineDistance(measurement, at, screen) <= reach ? { kind: 'whole' } : undefined;
}

function outlineDistance({ tool, points }: Measurement, at: Point, screen: (point: Point) => Point): number {
  const path = outline(tool, points).map(screen);
  return path
    .slice(1)
    .reduce((least, point, index) => Math.min(least, segmentDistance(path[index] ?? point, point, at)), Number.POSITIVE_INFINITY);
}

/** The drawn line as a path of points; an ellipse in steps of 7.5 degrees. */
export function outline(tool: Measurement['tool'], points: readonly Point[]): readonly Point[] {
  if (tool === 'length' || tool === 'angle') {
    return points;
  }
  const { left, top, right, bottom } = boxOf(points);
  if (tool === 'rectangle') {
    return [
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: bottom },
      { x: left, y: bottom },
      { x: left, y: top },
    ];
  }
  return Array.from({ length: 49 }, (_, step) => {
    const turn = (step / 48) * 2 * Math.PI;
    return {
      x: (left + right) / 2 + ((right - left) / 2) * Math.cos(turn),
      y: (top + bottom) / 2 + ((bottom - top) / 2) * Math.sin(turn),
    };
  });
}

/** The measurement after its grip was pulled from one image point to another. */
export function pulled(measurement: Measurement, grip: Grip, from: Point, to: Point): Measurement {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (grip.kind === 'whole') {
    return { ...measurement, points: measurement.points.map(({ x, y }) => ({ x: x + dx, y: y + dy })) };
  }
  const [a, b] = measurement.points;
  if (grip.index >= measurement.points.length && a !== undefined && b !== undefined) {
    // The two corners that are no points of their own move one coordinate of each.
    const points =
      grip.index === 2
        ? [
            { x: a.x + dx, y: a.y },
            { x: b.x, y: b.y + dy },
          ]
        : [
            { x: a.x, y: a.y + dy },
            { x: b.x + dx, y: b.y },
          ];
    return { ...measurement, points };
  }
  return {
    ...measurement,
    points: measurement.points.map((point, index) => (index === grip.index ? { x: point.x + dx, y: point.y + dy } : point)),
  };
}

function between(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function segmentDistance(a: Point, b: Point, at: Point): number {
  const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  const share = length === 0 ? 0 : Math.min(Math.max(((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / length, 0), 1);
  return between(at, { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) });
}
