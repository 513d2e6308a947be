import { describe, expect, it } from 'vitest';
import type { ImageFrame } from './model/image-frame.ts';
import type { Picture } from './model/pixels.ts';
import type { VolumeGeometry } from './model/volume-geometry.ts';
import { planVolume } from './model/volume-plan.ts';
import { loadVolume, type VolumeSource } from './volume.ts';

const frames = Array.from({ length: 5 }, (_, at) => ({ id: String(at) }) as ImageFrame);
const AXES = { row: [1, 0, 0], column: [0, 1, 0], stacking: [0, 0, 1] } as const;
const GEOMETRY: VolumeGeometry = {
  kind: 'volume',
  frames,
  dimensions: [2, 2, 5],
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  ...AXES,
};

/** Slice n is all n. */
function picture({ id }: ImageFrame): Picture {
  const value = Number(id);
  return { values: new Int16Array(4).fill(value), low: value, high: value, columns: 2, rows: 2 } as unknown as Picture;
}

function source(maxBytes: number, changes: Partial<VolumeSource> = {}): VolumeSource {
  const load = (frame: ImageFrame): Promise<Picture> => Promise.resolve(picture(frame));
  const { signal } = new AbortController();
  return { geometry: GEOMETRY, plan: planVolume(GEOMETRY, maxBytes), load, onProgress: () => undefined, signal, ...changes };
}

describe('the slices of a volume', () => {
  it('come in the order in which they lie, with the range of their values', async () => {
    const told: number[] = [];
    const volume = await loadVolume(source(10_000, { onProgress: (done) => told.push(done) }));
    expect(volume.slices.map(([first]) => first)).toEqual([0, 1, 2, 3, 4]);
    expect([volume.low, volume.high]).toEqual([0, 4]);
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });

  it('are means of neighbours where there is no room for all', async () => {
    const volume = await loadVolume(source(20));
    expect(volume.plan.factors).toEqual([2, 2, 2]);
    expect(volume.slices.map((values) => [...values])).toEqual([[1], [3], [4]]);
  });

  it('are no volume when one of them does not come', async () => {
    const load = ({ id }: ImageFrame): Promise<Picture> =>
      id === '3' ? Promise.reject(new Error('slice 3')) : Promise.resolve(picture({ id } as ImageFrame));
    await expect(loadVolume(source(10_000, { load }))).rejects.toThrow('slice 3');
  });

  it('are given up when nobody waits for them any more', async () => {
    const abort = new AbortController();
    const onProgress = (): void => abort.abort(new Error('closed'));
    await expect(loadVolume(source(10_000, { onProgress, signal: abort.signal }))).rejects.toThrow('closed');
  });
});
