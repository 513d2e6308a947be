import type { Mark } from '../marks/model.ts';

/** What was drawn, column and row of each point, the outer corner of the first pixel being 0, 0. PS3.3 C.10.5.2, C.18.6.1. */
export interface Graphic {
  readonly type: 'POINT' | 'POLYLINE' | 'ELLIPSE';
  readonly data: readonly number[];
}

/** Marks count from the middle of the first pixel, objects of the standard from its outer corner. */
const HALF = 0.5;

export function polyline(points: readonly (readonly number[])[]): Graphic {
  return { type: 'POLYLINE', data: points.flatMap(([x = 0, y = 0]) => [x + HALF, y + HALF]) };
}

/** Outline of what has an inside; undefined for lines. */
export function regionOf({ tool, points }: Pick<Mark, 'tool' | 'points'>): Graphic | undefined {
  const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = points;
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
  switch (tool) {
    case 'rectangle':
      return polyline([
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
        [left, top],
      ]);
    case 'ellipse':
      return ellipse(left, top, right, bottom);
    case 'freehand':
      return polyline([...points, ...points.slice(0, 1)]);
    default:
      return undefined;
  }
}

/** All that is drawn of a mark: its outline, or its lines. */
export function graphicsOf(mark: Pick<Mark, 'tool' | 'points'>): readonly Graphic[] {
  const region = regionOf(mark);
  if (region !== undefined) {
    return [region];
  }
  const { tool, points } = mark;
  return tool === 'bidirectional' || tool === 'cobb' || tool === 'cardiothoracic'
    ? [polyline(points.slice(0, 2)), polyline(points.slice(2, 4))]
    : [polyline(points)];
}

/** By the ends of its longer axis, then of its shorter one. PS3.3 C.10.5.1.2, C.18.6.1.2. */
function ellipse(left: number, top: number, right: number, bottom: number): Graphic {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const level = [left, y, right, y];
  const upright = [x, top, x, bottom];
  const data = right - left >= bottom - top ? [...level, ...upright] : [...upright, ...level];
  return { type: 'ELLIPSE', data: data.map((one) => one + HALF) };
}
