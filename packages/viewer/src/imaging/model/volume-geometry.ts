import { dot, normal, type Vector3 } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';
import { type StackedSlice, type StackProblem, spreadOfHeights } from './slice-distances.ts';

/** A regular grid of voxels in the patient, made of parallel slices at even distances. PS3.3 C.7.6.2. */
export interface VolumeGeometry {
  readonly kind: 'volume';
  /** The slices in the order of `stacking`. */
  readonly frames: readonly ImageFrame[];
  /** Voxels along a row, down a column, and slices. */
  readonly dimensions: Vector3;
  /** Distances of voxel middles in mm, in the same order. */
  readonly spacing: Vector3;
  /** Middle of the first voxel in the patient, in mm. */
  readonly origin: Vector3;
  readonly row: Vector3;
  readonly column: Vector3;
  /** From slice to slice: the normal, row x column, so that the three axes are right-handed as the patient's are. */
  readonly stacking: Vector3;
}

/** Why a series is no volume. */
export type VolumeProblem =
  | { readonly kind: 'few'; readonly count: number; readonly least: number }
  | { readonly kind: 'colour' | 'place' | 'reference' | 'direction' | 'matrix' | 'spacing' }
  | StackProblem;

/** Fewer slices make a ribbon, in which nothing is seen from the side. */
export const LEAST_SLICES = 5;

/** A tenth of a degree: scanners round the cosines, and 300 mm away it is half a millimetre. */
const SAME_DIRECTION = Math.cos((0.1 * Math.PI) / 180);

/** Of a Pixel Spacing; over 1,000 pixels of a millimetre it is a tenth of one. */
const SAME_SPACING = 1e-4;

/**
 * Whether the frames of a series, in any order, are a regular volume: one matrix, one orientation, stacked along their normal at
 * even distances. Only the attributes decide that say where pixels lie: Slice Thickness, Spacing Between Slices and Slice Location
 * need not agree with them. PS3.3 C.7.6.2.1.1.
 */
export function judgeVolume(frames: readonly ImageFrame[]): VolumeGeometry | VolumeProblem {
  const [first] = frames;
  if (first === undefined || frames.length < LEAST_SLICES) {
    return { kind: 'few', count: frames.length, least: LEAST_SLICES };
  }
  if (frames.some(isColour)) {
    return { kind: 'colour' };
  }
  const { plane } = first;
  const axis = plane === undefined ? undefined : normal(plane);
  const slices = frames.flatMap(({ plane: own }, index): StackedSlice[] =>
    own?.position === undefined || axis === undefined ? [] : [{ index, position: own.position, height: dot(own.position, axis) }],
  );
  if (plane === undefined || axis === undefined || slices.length < frames.length) {
    return { kind: 'place' };
  }
  const unlike = unlikeFirst(first, frames);
  if (unlike !== undefined) {
    return { kind: unlike };
  }
  const spread = spreadOfHeights(slices, axis);
  if (spread.kind !== 'even') {
    return spread;
  }
  return {
    kind: 'volume',
    frames: spread.slices.flatMap(({ index }) => frames[index] ?? []),
    dimensions: [first.format.columns, first.format.rows, frames.length],
    spacing: [first.spacing.x, first.spacing.y, spread.step],
    origin: spread.first,
    row: plane.row,
    column: plane.column,
    stacking: axis,
  };
}

function isColour({ format, palette }: ImageFrame): boolean {
  return format.samplesPerPixel !== 1 || palette !== undefined;
}

/** What the frames do not have in common. */
function unlikeFirst(
  first: ImageFrame,
  frames: readonly ImageFrame[],
): 'reference' | 'direction' | 'matrix' | 'spacing' | undefined {
  if (frames.some((frame) => frame.frameOfReferenceUid !== first.frameOfReferenceUid)) {
    return 'reference';
  }
  if (!frames.every((frame) => liesAlike(first, frame))) {
    return 'direction';
  }
  if (frames.some(({ format }) => format.rows !== first.format.rows || format.columns !== first.format.columns)) {
    return 'matrix';
  }
  return frames.every((frame) => isSpacedAlike(first, frame)) ? undefined : 'spacing';
}

function liesAlike({ plane: one }: ImageFrame, { plane: other }: ImageFrame): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    dot(one.row, other.row) > SAME_DIRECTION &&
    dot(one.column, other.column) > SAME_DIRECTION &&
    // Row and column are perpendicular. PS3.3 C.7.6.2.1.1.
    Math.abs(dot(other.row, other.column)) < 1e-3
  );
}

/** The aspect ratio and the size of a scanned film tell nothing of the patient. */
function isSpacedAlike({ spacing: one }: ImageFrame, { spacing: other }: ImageFrame): boolean {
  return (
    other.kind !== 'none' &&
    other.kind !== 'scanned' &&
    Math.abs(one.x / other.x - 1) < SAME_SPACING &&
    Math.abs(one.y / other.y - 1) < SAME_SPACING
  );
}
