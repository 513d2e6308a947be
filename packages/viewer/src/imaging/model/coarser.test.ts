import { describe, expect, it } from 'vitest';
import { createCoarser } from './coarser.ts';

describe('a slice of fewer voxels', () => {
  it('has the mean of each block, over all slices that were added', () => {
    const coarser = createCoarser(4, 2, [2, 2, 2], 'Int16Array');
    coarser.add([0, 2, 10, 10, 4, 6, 10, 10]);
    coarser.add([0, 2, -10, -10, 4, 6, -10, -10]);
    expect(coarser.take()).toEqual(Int16Array.of(3, 0));
  });

  it('begins anew with the next slice', () => {
    const coarser = createCoarser(2, 2, [2, 2, 1], 'Uint16Array');
    coarser.add([8, 8, 8, 8]);
    coarser.take();
    coarser.add([1, 2, 3, 4]);
    expect(coarser.take()).toEqual(Uint16Array.of(3));
  });

  it('has at the far edges the mean of what is left there', () => {
    const coarser = createCoarser(3, 3, [2, 2, 1], 'Float32Array');
    coarser.add([1, 1, 5, 1, 1, 5, 7, 9, 0.5]);
    expect(coarser.take()).toEqual(Float32Array.of(1, 5, 8, 0.5));
  });
});
