import type { Vector3 } from './geometry.ts';

/** Middle of the first pixel of a slice, and how far it lies along the common normal, in mm. */
export interface StackedSlice {
  /** Among the frames given. */
  readonly index: number;
  readonly position: Vector3;
  readonly height: number;
}

/** Why parallel slices do not stack to a volume. Distances are in mm. */
export type StackProblem =
  /** So many slices lie where another one lies already: several times, echoes or reconstructions in one series. */
  | { readonly kind: 'duplicates'; readonly count: number }
  /** The stack leans: the gantry was tilted, the table ran on straight. PS3.3 C.8.2.1 (0018,1120). */
  | { readonly kind: 'tilted'; readonly degrees: number }
  /** Slices lie beside each other, not above. */
  | { readonly kind: 'shifted'; readonly distance: number }
  /** So many slices are missing in between. */
  | { readonly kind: 'gaps'; readonly missing: number; readonly step: number }
  | { readonly kind: 'uneven'; readonly least: number; readonly most: number };

/** Slices at even distances along the normal, sorted. */
export interface EvenStack {
  readonly kind: 'even';
  readonly slices: readonly StackedSlice[];
  readonly first: Vector3;
  readonly step: number;
}

/** Nearer than this two slices lie at one place. */
const ONE_PLACE = 1e-3;

/** How far a slice may lie beside where the regular grid has it: half of what a distance is promised to. */
const MOST_OFF = 0.25;

/** Against the distance of slices: positions are often rounded to a tenth of a millimetre. */
const MOST_OFF_SHARE = 0.1;

/** A distance beyond this many usual ones has room for a slice. */
const GAP = 1.5;

/** How parallel slices lie to each other along `axis`, their normal. */
export function spreadOfHeights(given: readonly StackedSlice[], axis: Vector3): EvenStack | StackProblem {
  const slices = [...given].sort((a, b) => a.height - b.height);
  const [first] = slices;
  const last = slices.at(-1);
  if (first === undefined || last === undefined) {
    return { kind: 'duplicates', count: 0 };
  }
  const distances = slices.slice(1).map(({ height }, index) => height - (slices[index]?.height ?? height));
  const doubled = distances.filter((distance) => distance < ONE_PLACE).length;
  if (doubled > 0) {
    return { kind: 'duplicates', count: doubled };
  }
  const leaning = leaningOf(slices, first, last, axis);
  if (leaning !== undefined) {
    return leaning;
  }
  const usual = median(distances);
  const missing = distances.reduce((sum, distance) => sum + (distance > GAP * usual ? Math.round(distance / usual) - 1 : 0), 0);
  if (missing > 0) {
    return { kind: 'gaps', missing, step: usual };
  }
  const step = (last.height - first.height) / (slices.length - 1);
  const tolerance = Math.min(MOST_OFF, MOST_OFF_SHARE * step);
  if (slices.some(({ height }, index) => Math.abs(height - first.height - index * step) > tolerance + 1e-9)) {
    return { kind: 'uneven', least: Math.min(...distances), most: Math.max(...distances) };
  }
  return { kind: 'even', slices, first: first.position, step };
}

/** A stack that does not run along its normal: evenly, as a tilted gantry makes it, or anyhow. */
function leaningOf(
  slices: readonly StackedSlice[],
  first: StackedSlice,
  last: StackedSlice,
  axis: Vector3,
): StackProblem | undefined {
  const aside = slices.map((slice) => asideOf(slice, first, axis));
  const most = Math.max(...aside.map(length));
  if (most <= MOST_OFF) {
    return undefined;
  }
  const whole = asideOf(last, first, axis);
  const rise = last.height - first.height;
  const isStraight = slices.every(({ height }, index) => {
    const [x, y, z] = aside[index] ?? whole;
    const share = (height - first.height) / rise;
    return length([x - whole[0] * share, y - whole[1] * share, z - whole[2] * share]) <= MOST_OFF;
  });
  return isStraight
    ? { kind: 'tilted', degrees: (Math.atan2(length(whole), rise) * 180) / Math.PI }
    : { kind: 'shifted', distance: most };
}

/** How far a slice lies beside the line along the normal through the first. */
function asideOf({ position, height }: StackedSlice, first: StackedSlice, axis: Vector3): Vector3 {
  const up = height - first.height;
  const along = (at: 0 | 1 | 2): number => position[at] - first.position[at] - axis[at] * up;
  return [along(0), along(1), along(2)];
}

function length([x, y, z]: Vector3): number {
  return Math.hypot(x, y, z);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
