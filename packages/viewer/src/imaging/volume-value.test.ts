import { describe, expect, it } from 'vitest';
import type { VolumeGeometry } from './model/volume-geometry.ts';
import { planVolume } from './model/volume-plan.ts';
import type { Volume } from './volume.ts';
import { slabValueAt, valueAt } from './volume-value.ts';

/** Coronal slices: rows run to the left, columns to the feet, slices to the back. A voxel says where it is: 100 z + 10 y + x. */
const GEOMETRY: VolumeGeometry = {
  kind: 'volume',
  frames: [],
  dimensions: [4, 3, 5],
  spacing: [0.5, 1, 2],
  origin: [10, 20, 30],
  row: [1, 0, 0],
  column: [0, 0, -1],
  stacking: [0, 1, 0],
};

const VOLUME: Volume = {
  geometry: GEOMETRY,
  plan: planVolume(GEOMETRY, 1_000_000),
  slices: Array.from({ length: 5 }, (_, z) =>
    Int16Array.from({ length: 12 }, (_unused, at) => 100 * z + 10 * Math.floor(at / 4) + (at % 4)),
  ),
  low: 0,
  high: 423,
};

describe('the value at a point of the patient', () => {
  it('is that of the voxel it lies in, however the slices lie', () => {
    expect(valueAt(VOLUME, [10, 20, 30])).toBe(0);
    expect(valueAt(VOLUME, [11.5, 20, 30])).toBe(3);
    expect(valueAt(VOLUME, [10, 28, 28])).toBe(420);
    expect(valueAt(VOLUME, [10.7, 22.9, 29.4])).toBe(111);
  });

  it('is none beside the volume', () => {
    for (const point of [
      [9.7, 20, 30],
      [11.8, 20, 30],
      [10, 18.9, 30],
      [10, 29.1, 30],
      [10, 20, 30.6],
      [10, 20, 27.4],
    ] as const) {
      expect(valueAt(VOLUME, point), String(point)).toBeUndefined();
    }
  });
});

describe('the value of a slab', () => {
  const middle = [10, 24, 30] as const;
  const back = [0, 1, 0] as const;

  it('without thickness is that of the plane', () => {
    expect(slabValueAt(VOLUME, middle, back, { mode: 'mip', thickness: 0 })).toBe(200);
  });

  it('is the most, the least or the mean of the voxels along its normal', () => {
    expect(slabValueAt(VOLUME, middle, back, { mode: 'mip', thickness: 6 })).toBe(300);
    expect(slabValueAt(VOLUME, middle, back, { mode: 'minip', thickness: 6 })).toBe(100);
    expect(slabValueAt(VOLUME, middle, back, { mode: 'average', thickness: 6 })).toBeCloseTo(200, 9);
  });

  it('goes along the normal of a turned plane', () => {
    // From row 0 of slice 1 to row 2 of slice 3, through the middle of the volume.
    const turned = [0, Math.SQRT1_2, -Math.SQRT1_2] as const;
    expect(slabValueAt(VOLUME, [10, 24, 29], turned, { mode: 'mip', thickness: 4 })).toBe(320);
    expect(slabValueAt(VOLUME, [10, 24, 29], turned, { mode: 'minip', thickness: 4 })).toBe(100);
  });

  it('leaves out what lies beside the volume', () => {
    expect(slabValueAt(VOLUME, [10, 20, 30], back, { mode: 'average', thickness: 4 })).toBeCloseTo(100 / 3, 9);
    expect(slabValueAt(VOLUME, [10, 60, 30], back, { mode: 'average', thickness: 4 })).toBeUndefined();
  });
});
