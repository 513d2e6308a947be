import { describe, expect, it } from 'vitest';
import type { Vector3 } from './geometry.ts';
import type { VolumeGeometry } from './volume-geometry.ts';
import { isReduced, planVolume } from './volume-plan.ts';

const MEGABYTE = 2 ** 20;

function geometry(dimensions: Vector3, spacing: Vector3): VolumeGeometry {
  const axes = { row: [1, 0, 0], column: [0, 1, 0], stacking: [0, 0, 1] } as const;
  return { kind: 'volume', frames: [], dimensions, spacing, origin: [-100, -50, 20], ...axes };
}

describe('what a volume is made of', () => {
  it('is every voxel of the file where they find room', () => {
    const plan = planVolume(geometry([512, 512, 300], [0.7, 0.7, 1]), 1000 * MEGABYTE);
    expect(plan).toMatchObject({
      factors: [1, 1, 1],
      dimensions: [512, 512, 300],
      spacing: [0.7, 0.7, 1],
      origin: [-100, -50, 20],
    });
    expect(isReduced(plan)).toBe(false);
  });

  it('is fewer voxels where they do not, closest ones joined first, in the same place of the patient', () => {
    const plan = planVolume(geometry([512, 512, 1000], [0.8, 0.8, 1]), 1000 * MEGABYTE);
    expect(isReduced(plan)).toBe(true);
    expect(plan.bytes).toBeLessThanOrEqual(1000 * MEGABYTE);
    expect(plan.factors).toEqual([2, 2, 1]);
    expect(plan.dimensions).toEqual([256, 256, 1000]);
    expect(plan.spacing).toEqual([1.6, 1.6, 1]);
    // The middle of the first four pixels.
    expect(plan.origin).toEqual([-99.6, -49.6, 20]);
  });

  it('joins slices where these lie closer than pixels', () => {
    const { factors } = planVolume(geometry([256, 256, 2000], [1, 1, 0.3]), 400 * MEGABYTE);
    expect(factors[0]).toBe(1);
    expect(factors[2]).toBeGreaterThan(1);
  });

  it('has no edge that graphics cards do not take', () => {
    expect(planVolume(geometry([64, 64, 3000], [1, 1, 1]), 1000 * MEGABYTE).dimensions[2]).toBeLessThanOrEqual(2048);
  });
});
