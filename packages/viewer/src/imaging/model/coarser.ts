import type { Vector3 } from './geometry.ts';

/** Adds up values to the means of blocks, slice after slice; blocks at the far edges may hold fewer. */
export interface Coarser {
  add(values: ArrayLike<number>): void;
  /** The slice of the values added since the last one. */
  take(): Int16Array | Uint16Array | Float32Array;
}

/** Of slices of `columns` x `rows`. `kind` is that of the values: means of whole numbers stay whole. */
export function createCoarser(
  columns: number,
  rows: number,
  [fx, fy]: Vector3,
  kind: 'Int16Array' | 'Uint16Array' | 'Float32Array',
): Coarser {
  const [width, height] = [Math.ceil(columns / fx), Math.ceil(rows / fy)];
  let sums = new Float64Array(width * height);
  let counts = new Uint32Array(width * height);
  return {
    add: (values) => {
      for (let y = 0; y < rows; y += 1) {
        const line = Math.floor(y / fy) * width;
        for (let x = 0; x < columns; x += 1) {
          const at = line + Math.floor(x / fx);
          sums[at] = (sums[at] ?? 0) + (values[y * columns + x] ?? 0);
          counts[at] = (counts[at] ?? 0) + 1;
        }
      }
    },
    take: () => {
      const out =
        kind === 'Float32Array'
          ? new Float32Array(sums.length)
          : kind === 'Int16Array'
            ? new Int16Array(sums.length)
            : new Uint16Array(sums.length);
      for (let at = 0; at < out.length; at += 1) {
        const mean = (sums[at] ?? 0) / Math.max(counts[at] ?? 1, 1);
        out[at] = kind === 'Float32Array' ? mean : Math.round(mean);
      }
      sums = new Float64Array(width * height);
      counts = new Uint32Array(width * height);
      return out;
    },
  };
}
