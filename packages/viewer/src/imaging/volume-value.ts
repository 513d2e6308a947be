import { dot, type Vector3 } from './model/geometry.ts';
import type { Slab } from './mpr.ts';
import type { Volume } from './volume.ts';

/** The value of the voxel a point of the patient lies in, as it was stored and rescaled: nothing between voxels is made up. */
export function valueAt({ geometry: { row, column, stacking }, plan, slices }: Volume, point: Vector3): number | undefined {
  const { origin, spacing, dimensions } = plan;
  const off: Vector3 = [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]];
  const x = Math.round(dot(off, row) / spacing[0]);
  const y = Math.round(dot(off, column) / spacing[1]);
  const z = Math.round(dot(off, stacking) / spacing[2]);
  const inside = x >= 0 && x < dimensions[0] && y >= 0 && y < dimensions[1] && z >= 0 && z < dimensions[2];
  return inside ? slices[z]?.[y * dimensions[0] + x] : undefined;
}

/** What a slab through a point shows there: of the voxels along the normal of its plane, those beside the volume left out. */
export function slabValueAt(volume: Volume, point: Vector3, normal: Vector3, { mode, thickness }: Slab): number | undefined {
  if (thickness <= 0) {
    return valueAt(volume, point);
  }
  const count = Math.ceil(thickness / (Math.min(...volume.plan.spacing) / 2));
  const values = Array.from({ length: count }, (_, at) => {
    const way = ((at + 0.5) / count - 0.5) * thickness;
    return valueAt(volume, [point[0] + normal[0] * way, point[1] + normal[1] * way, point[2] + normal[2] * way]);
  }).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : combined(values, mode);
}

function combined(values: readonly number[], mode: Slab['mode']): number {
  switch (mode) {
    case 'mip':
      return Math.max(...values);
    case 'minip':
      return Math.min(...values);
    case 'average':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}
