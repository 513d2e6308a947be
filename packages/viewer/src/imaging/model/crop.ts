import type { Vector3 } from './geometry.ts';
import type { VolumeGeometry } from './volume-geometry.ts';
import type { VolumePlan } from './volume-plan.ts';

/** What is kept along one axis, as shares of the way from 0 to 1. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Along the axes of the patient: from right to left, from front to back, from the feet to the head. PS3.3 C.7.6.2.1.1. */
export type CropAxis = 'x' | 'y' | 'z';

export const CROP_AXES: readonly CropAxis[] = ['x', 'y', 'z'];

export type Crop = Readonly<Record<CropAxis, Span>>;

const WHOLE: Span = { from: 0, to: 1 };

export const UNCROPPED: Crop = { x: WHOLE, y: WHOLE, z: WHOLE };

/** Less would be nothing to look at. */
const LEAST = 0.02;

/** A box along the axes of the patient, in mm. */
export interface Bounds {
  readonly low: Vector3;
  readonly high: Vector3;
}

/** What lies on the side its normal points to is kept. */
export interface CutPlane {
  readonly origin: Vector3;
  readonly normal: Vector3;
}

/** The box that the outer edges of the voxels of a volume fill, however it lies. */
export function boundsOf({ row, column, stacking }: VolumeGeometry, { dimensions, spacing, origin }: VolumePlan): Bounds {
  const along = (axis: 0 | 1 | 2, pick: (...ends: readonly number[]) => number): number =>
    [row, column, stacking].reduce((sum, direction, at) => {
      const step = direction[axis] * (spacing[at] ?? 0);
      return sum + pick(step * -0.5, step * ((dimensions[at] ?? 1) - 0.5));
    }, origin[axis]);
  return {
    low: [along(0, Math.min), along(1, Math.min), along(2, Math.min)],
    high: [along(0, Math.max), along(1, Math.max), along(2, Math.max)],
  };
}

/** One end moved; the other gives way before they meet. */
export function croppedTo(crop: Crop, axis: CropAxis, end: keyof Span, share: number): Crop {
  const { from, to } = crop[axis];
  const moved =
    end === 'from'
      ? { from: Math.min(share, 1 - LEAST), to: Math.max(to, Math.min(share, 1 - LEAST) + LEAST) }
      : { from: Math.min(from, Math.max(share, LEAST) - LEAST), to: Math.max(share, LEAST) };
  return { ...crop, [axis]: moved };
}

export function isCropped(crop: Crop): boolean {
  return CROP_AXES.some((axis) => crop[axis].from > 0 || crop[axis].to < 1);
}

/** The planes that cut off what is not kept; none where nothing is cut off. */
export function cutPlanes({ low, high }: Bounds, crop: Crop): readonly CutPlane[] {
  return CROP_AXES.flatMap((axis, at): readonly CutPlane[] => {
    const place = (share: number): Vector3 => axisVector(at, (low[at] ?? 0) + ((high[at] ?? 0) - (low[at] ?? 0)) * share);
    const { from, to } = crop[axis];
    return [
      ...(from > 0 ? [{ origin: place(from), normal: axisVector(at, 1) }] : []),
      ...(to < 1 ? [{ origin: place(to), normal: axisVector(at, -1) }] : []),
    ];
  });
}

function axisVector(at: number, value: number): Vector3 {
  return [at === 0 ? value : 0, at === 1 ? value : 0, at === 2 ? value : 0];
}
