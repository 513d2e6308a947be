import { type Spacing, scaleAt } from './calibration.ts';
import type { Point } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';
import type { Picture } from './pixels.ts';
import { valueUnit } from './value-unit.ts';

/**
 * Points: the ends of a line (`length`); end, vertex, end (`angle`); two opposite corners (`ellipse`, `rectangle`); the ends of the longer, then
 * of the shorter diameter (`bidirectional`); the ends of one line, then of the other (`cobb`); of the heart's width, then of the chest's
 * (`cardiothoracic`); the outline, closed by itself (`freehand`).
 */
export const MEASURE_TOOLS = [
  'length',
  'bidirectional',
  'angle',
  'cobb',
  'cardiothoracic',
  'ellipse',
  'rectangle',
  'freehand',
] as const;
export type MeasureTool = (typeof MEASURE_TOOLS)[number];
type AreaTool = 'ellipse' | 'rectangle' | 'freehand';

/** Of an outline, at most: in hundredths of a pixel they fit in the 16 KiB the server keeps of a mark. */
export const MOST_OUTLINE_POINTS = 500;
const LEAST_OUTLINE_POINTS = 3;

const POINTS_OF: Readonly<Record<Exclude<MeasureTool, 'freehand'>, number>> = {
  length: 2,
  bidirectional: 4,
  angle: 3,
  cobb: 4,
  cardiothoracic: 4,
  ellipse: 2,
  rectangle: 2,
};

/** Whether a tool's mark may have so many points. */
export function hasPoints(tool: MeasureTool, count: number): boolean {
  return tool === 'freehand' ? count >= LEAST_OUTLINE_POINTS && count <= MOST_OUTLINE_POINTS : count === POINTS_OF[tool];
}

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
  | { readonly kind: 'diameters'; readonly longer: number; readonly shorter: number; readonly scale: Spacing }
  | { readonly kind: 'angle'; readonly degrees: number }
  | { readonly kind: 'ratio'; readonly value: number; readonly heart: number; readonly chest: number; readonly scale: Spacing }
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
    case 'bidirectional': {
      const [one, other] = [distance(points, scale), distance(points.slice(2), scale)];
      return { kind: 'diameters', longer: Math.max(one, other), shorter: Math.min(one, other), scale };
    }
    case 'cobb':
      return { kind: 'angle', degrees: cobbAngle(points, scale.kind === 'none' ? frame.displaySpacing : scale) };
    case 'cardiothoracic': {
      // Its rows are along the body's breadth: what counts is how far apart the ends are across it.
      const [heart, chest] = [across(points, scale), across(points.slice(2), scale)];
      return { kind: 'ratio', value: chest > 0 ? heart / chest : 0, heart, chest, scale };
    }
    case 'ellipse':
    case 'rectangle':
    case 'freehand': {
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

function across([from, to]: readonly Point[], scale: { readonly x: number }): number {
  return from === undefined || to === undefined ? 0 : Math.abs(to.x - from.x) * scale.x;
}

/** Between two lines without a direction: at most 90 degrees. */
function cobbAngle([a, b, c, d]: readonly Point[], scale: { readonly x: number; readonly y: number }): number {
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    return 0;
  }
  // The second line, moved to where the first ends.
  const degrees = angle([a, b, { x: b.x + d.x - c.x, y: b.y + d.y - c.y }], scale);
  return degrees > 90 ? 180 - degrees : degrees;
}

/** By the trapezoids under the outline. */
function outlineArea(points: readonly Point[]): number {
  let twice = 0;
  for (const [index, { x, y }] of points.entries()) {
    const next = points[(index + 1) % points.length];
    twice += x * (next?.y ?? y) - (next?.x ?? x) * y;
  }
  return Math.abs(twice) / 2;
}

function areaOf(tool: AreaTool, points: readonly Point[], scale: Spacing): number {
  if (tool === 'freehand') {
    return outlineArea(points) * scale.x * scale.y;
  }
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
function statistics(tool: AreaTool, points: readonly Point[], picture: Picture | undefined): PixelStatistics | undefined {
  if (picture === undefined || picture.colour) {
    return undefined;
  }
  const box = boxOf(points);
  const spans = spansOf(tool, points, box);
  let [count, mean, squares] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = Math.max(Math.ceil(box.top), 0); y <= Math.min(Math.floor(box.bottom), picture.rows - 1); y += 1) {
    for (const [from, to] of spans(y)) {
      for (let x = Math.max(Math.ceil(from), 0); x <= Math.min(Math.floor(to), picture.columns - 1); x += 1) {
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

type Span = readonly [from: number, to: number];

/** Which parts of a row lie inside. */
function spansOf(tool: AreaTool, points: readonly Point[], box: Box): (y: number) => readonly Span[] {
  switch (tool) {
    case 'rectangle':
      return () => [[box.left, box.right]];
    case 'ellipse': {
      const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const [rx, ry] = [(box.right - box.left) / 2, (box.bottom - box.top) / 2];
      return (y) => {
        const half = rx * Math.sqrt(1 - ((y - cy) / ry) ** 2);
        return [[cx - half, cx + half]];
      };
    }
    case 'freehand':
      return (y) => outlineSpans(points, y);
  }
}

/** Between the first and the second crossing of the outline, the third and the fourth, and so on. */
function outlineSpans(points: readonly Point[], y: number): readonly Span[] {
  const crossings: number[] = [];
  for (const [index, from] of points.entries()) {
    const to = points[(index + 1) % points.length] ?? from;
    // Half open, so that a corner on the row counts once.
    if (from.y <= y !== to.y <= y) {
      crossings.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
    }
  }
  crossings.sort((a, b) => a - b);
  return crossings.flatMap((from, index) => (index % 2 === 0 ? [[from, crossings[index + 1] ?? from] as const] : []));
}

/** A mark that was only clicked, not drawn: it measures nothing. Sizes in screen pixels. */
export function isDrawn(tool: MeasureTool, screen: readonly Point[]): boolean {
  const box = boxOf(screen);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  return (
    hasPoints(tool, screen.length) &&
    (tool === 'ellipse' || tool === 'rectangle' || tool === 'freehand' ? width > 3 && height > 3 : Math.hypot(width, height) > 3)
  );
}
