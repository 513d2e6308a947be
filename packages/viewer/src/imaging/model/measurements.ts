import { type Spacing, scaleAt } from './calibration.ts';
import type { Point } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';
import type { Picture } from './pixels.ts';
import { valueUnit } from './value-unit.ts';

export type MeasureTool = 'length' | 'angle' | 'ellipse' | 'rectangle';

/** Points a tool needs: the ends of a line; end, vertex, end; two opposite corners. */
export const POINTS_OF: Readonly<Record<MeasureTool, number>> = { length: 2, angle: 3, ellipse: 2, rectangle: 2 };

/** A measurement lies on one frame, in image coordinates, so that it is the same in every viewport and after a reload. */
export interface Measurement {
  readonly id: string;
  readonly tool: MeasureTool;
  readonly frameId: string;
  readonly points: readonly Point[];
}

interface PixelStatistics {
  readonly mean: number;
  /** Of the population: every pixel inside is known. */
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** What a measurement says. `scale.kind` is `none` where sizes are in pixels. */
export type Finding =
  | { readonly kind: 'length'; readonly value: number; readonly scale: Spacing }
  | { readonly kind: 'angle'; readonly degrees: number }
  | {
      readonly kind: 'area';
      readonly value: number;
      readonly scale: Spacing;
      readonly statistics: PixelStatistics | undefined;
      readonly unit: string;
    };

/** `picture` may be missing while its frame loads: sizes are known, values not yet. */
export function evaluate(
  measurement: Pick<Measurement, 'tool' | 'points'>,
  frame: ImageFrame,
  picture: Picture | undefined,
): Finding {
  const { points } = measurement;
  const scale = scaleAt(frame, points);
  switch (measurement.tool) {
    case 'length':
      return { kind: 'length', value: distance(points, scale), scale };
    case 'angle':
      return { kind: 'angle', degrees: angle(points, scale.kind === 'none' ? frame.displaySpacing : scale) };
    case 'ellipse':
    case 'rectangle': {
      const value = areaOf(measurement.tool, points, scale);
      return {
        kind: 'area',
        value,
        scale,
        statistics: statistics(measurement.tool, points, picture),
        unit: valueUnit(frame.dataSet),
      };
    }
  }
}

function distance([from, to]: readonly Point[], scale: { readonly x: number; readonly y: number }): number {
  return from === undefined || to === undefined ? 0 : Math.hypot((to.x - from.x) * scale.x, (to.y - from.y) * scale.y);
}

function angle([end, vertex, other]: readonly Point[], scale: { readonly x: number; readonly y: number }): number {
  if (end === undefined || vertex === undefined || other === undefined) {
    return 0;
  }
  const a = [(end.x - vertex.x) * scale.x, (end.y - vertex.y) * scale.y] as const;
  const b = [(other.x - vertex.x) * scale.x, (other.y - vertex.y) * scale.y] as const;
  const radians = Math.abs(Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]));
  return (radians * 180) / Math.PI;
}

function areaOf(tool: 'ellipse' | 'rectangle', points: readonly Point[], scale: Spacing): number {
  const box = boxOf(points);
  const rectangle = (box.right - box.left) * scale.x * (box.bottom - box.top) * scale.y;
  return tool === 'ellipse' ? (rectangle * Math.PI) / 4 : rectangle;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boxOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Of the pixels whose middle lies inside; undefined for colour, and where no middle does. */
function statistics(
  tool: 'ellipse' | 'rectangle',
  points: readonly Point[],
  picture: Picture | undefined,
): PixelStatistics | undefined {
  if (picture === undefined || picture.colour) {
    return undefined;
  }
  const box = boxOf(points);
  const inside = insideTest(tool, box);
  let [count, mean, squares] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = Math.max(Math.ceil(box.top), 0); y <= Math.min(Math.floor(box.bottom), picture.rows - 1); y += 1) {
    for (let x = Math.max(Math.ceil(box.left), 0); x <= Math.min(Math.floor(box.right), picture.columns - 1); x += 1) {
      if (inside(x, y)) {
        const value = picture.values[y * picture.columns + x] ?? 0;
        count += 1;
        // Welford's recurrence: a sum of squares would lose the small deviation of large values.
        const step = value - mean;
        mean += step / count;
        squares += step * (value - mean);
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return count === 0 ? undefined : { mean, deviation: Math.sqrt(squares / count), low, high, count };
}

function insideTest(tool: 'ellipse' | 'rectangle', box: Box): (x: number, y: number) => boolean {
  if (tool === 'rectangle') {
    return () => true;
  }
  const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const [rx, ry] = [(box.right - box.left) / 2, (box.bottom - box.top) / 2];
  return (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
}

/** A mark that was only clicked, not drawn: it measures nothing. Sizes in screen pixels. */
export function isDrawn(tool: MeasureTool, screen: readonly Point[]): boolean {
  const box = boxOf(screen);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  return (
    screen.length === POINTS_OF[tool] &&
    (tool === 'ellipse' || tool === 'rectangle' ? width > 3 && height > 3 : Math.hypot(width, height) > 3)
  );
}
