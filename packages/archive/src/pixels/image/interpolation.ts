/** For each output position two source positions and the weight of the second. */
export interface Interpolation {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly weight: Float64Array;
}

/**
 * Where the centres of `length` output samples lie among `source` input samples of which `perOutput` make up one output.
 * Centres, not corners: nothing moves when it grows. For subsampled colour so has JFIF. T.871 6.1.
 */
export function interpolation(length: number, source: number, perOutput: number): Interpolation {
  const last = source - 1;
  const first = new Uint32Array(length);
  const second = new Uint32Array(length);
  const weight = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const at = Math.max(0, Math.min(last, (i + 0.5) * perOutput - 0.5));
    const below = Math.floor(at);
    first[i] = below;
    second[i] = Math.min(last, below + 1);
    weight[i] = at - below;
  }
  return { first, second, weight };
}
