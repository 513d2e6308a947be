import type { Vector3 } from './geometry.ts';
import type { VolumeGeometry } from './volume-geometry.ts';

/** The voxels that are made of a volume: its own, or fewer where those would not find room. */
export interface VolumePlan {
  /** Voxels of the file that make one, along each axis; 1 everywhere is full resolution. */
  readonly factors: Vector3;
  readonly dimensions: Vector3;
  /** In mm. */
  readonly spacing: Vector3;
  /** Middle of the first voxel, in mm. */
  readonly origin: Vector3;
  readonly bytes: number;
}

/** Two bytes of the value, and four of the number the graphics card interpolates between. */
const BYTES_PER_VOXEL = 6;

/** Larger 3D textures are not promised by WebGL 2 beyond 256, but by every card since 2012. */
const MOST_ALONG = 2048;

/** Reading is of no use at coarser voxels: a file that would need more is refused by memory, not by us. */
const MOST_FACTOR = 64;

/**
 * How a volume fits into `maxBytes`: the axis along which voxels are closest is halved, thirded and so on first, so that they
 * come nearer to cubes. Rows and columns go together.
 */
export function planVolume({ dimensions, spacing, origin, row, column, stacking }: VolumeGeometry, maxBytes: number): VolumePlan {
  let inPlane = 1;
  let across = 1;
  const size = (): Vector3 => [
    Math.ceil(dimensions[0] / inPlane),
    Math.ceil(dimensions[1] / inPlane),
    Math.ceil(dimensions[2] / across),
  ];
  const fits = ([x, y, z]: Vector3): boolean => x * y * z * BYTES_PER_VOXEL <= maxBytes && Math.max(x, y, z) <= MOST_ALONG;
  while (!fits(size()) && Math.max(inPlane, across) < MOST_FACTOR) {
    if (Math.min(spacing[0], spacing[1]) * inPlane <= spacing[2] * across) {
      inPlane += 1;
    } else {
      across += 1;
    }
  }
  const [x, y, z] = size();
  const off = [((inPlane - 1) / 2) * spacing[0], ((inPlane - 1) / 2) * spacing[1], ((across - 1) / 2) * spacing[2]] as const;
  const at = (axis: 0 | 1 | 2): number => origin[axis] + row[axis] * off[0] + column[axis] * off[1] + stacking[axis] * off[2];
  return {
    factors: [inPlane, inPlane, across],
    dimensions: [x, y, z],
    spacing: [spacing[0] * inPlane, spacing[1] * inPlane, spacing[2] * across],
    origin: [at(0), at(1), at(2)],
    bytes: x * y * z * BYTES_PER_VOXEL,
  };
}

export function isReduced({ factors }: VolumePlan): boolean {
  return Math.max(...factors) > 1;
}
