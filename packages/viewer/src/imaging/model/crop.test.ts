import { describe, expect, it } from 'vitest';
import { boundsOf, croppedTo, cutPlanes, isCropped, UNCROPPED } from './crop.ts';
import type { VolumeGeometry } from './volume-geometry.ts';
import { planVolume } from './volume-plan.ts';

/** Sagittal slices: rows run to the back, columns to the feet, slices to the right. */
const GEOMETRY: VolumeGeometry = {
  kind: 'volume',
  frames: [],
  dimensions: [4, 3, 5],
  spacing: [1, 2, 3],
  origin: [10, 20, 30],
  row: [0, 1, 0],
  column: [0, 0, -1],
  stacking: [-1, 0, 0],
};

const BOUNDS = boundsOf(GEOMETRY, planVolume(GEOMETRY, 1_000_000));

describe('cutting a volume along the axes of the patient', () => {
  it('begins with the box of its voxels, from edge to edge', () => {
    expect(BOUNDS).toEqual({ low: [-3.5, 19.5, 25], high: [11.5, 23.5, 31] });
  });

  it('needs no plane where nothing is cut off', () => {
    expect(isCropped(UNCROPPED)).toBe(false);
    expect(cutPlanes(BOUNDS, UNCROPPED)).toEqual([]);
  });

  it('keeps the left half of the patient when the right is cut off, and the head end when the feet are', () => {
    const crop = croppedTo(croppedTo(UNCROPPED, 'x', 'from', 0.5), 'z', 'from', 0.5);
    expect(isCropped(crop)).toBe(true);
    expect(cutPlanes(BOUNDS, crop)).toEqual([
      { origin: [4, 0, 0], normal: [1, 0, 0] },
      { origin: [0, 0, 28], normal: [0, 0, 1] },
    ]);
  });

  it('cuts from both ends', () => {
    const crop = croppedTo(croppedTo(UNCROPPED, 'y', 'from', 0.25), 'y', 'to', 0.75);
    expect(cutPlanes(BOUNDS, crop)).toEqual([
      { origin: [0, 20.5, 0], normal: [0, 1, 0] },
      { origin: [0, 22.5, 0], normal: [0, -1, 0] },
    ]);
  });

  it('always leaves something: one end pushes the other', () => {
    const crop = croppedTo(croppedTo(UNCROPPED, 'x', 'to', 0.4), 'x', 'from', 0.7);
    expect(crop.x.from).toBe(0.7);
    expect(crop.x.to).toBeCloseTo(0.72, 9);
    expect(croppedTo(UNCROPPED, 'x', 'from', 1).x).toEqual({ from: 0.98, to: 1 });
    expect(croppedTo(UNCROPPED, 'x', 'to', 0).x).toEqual({ from: 0, to: 0.02 });
  });
});
