/** Samples of one component; `line` from one row to the next. */
export interface Plane {
  readonly samples: Uint16Array;
  readonly line: number;
}

/** Every `stride`th entry of `out` from `offset` on. */
export interface Target {
  readonly out: Uint16Array;
  readonly offset: number;
  readonly stride: number;
}

/** For each output position two source positions and the weight of the second. */
export interface Interpolation {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly weight: Float64Array;
}

/**
 * Where outputs lie among subsampled values: centres of coarse samples lie between those of the fine ones, as JFIF has it
 * and the common decoders do. T.871 6.1.
 */
export function interpolation(length: number, factor: number, most: number): Interpolation {
  const last = Math.ceil((length * factor) / most) - 1;
  const first = new Uint32Array(length);
  const second = new Uint32Array(length);
  const weight = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const at = Math.max(0, Math.min(last, ((i + 0.5) * factor) / most - 0.5));
    const below = Math.floor(at);
    first[i] = below;
    second[i] = Math.min(last, below + 1);
    weight[i] = at - below;
  }
  return { first, second, weight };
}

export function copyPlane({ samples, line }: Plane, rows: number, columns: number, { out, offset, stride }: Target): void {
  let to = offset;
  for (let row = 0; row < rows; row += 1) {
    for (let from = row * line; from < row * line + columns; from += 1) {
      out[to] = samples[from] ?? 0;
      to += stride;
    }
  }
}

/** Bilinear. */
export function stretchPlane({ samples, line }: Plane, across: Interpolation, down: Interpolation, target: Target): void {
  const { out, offset, stride } = target;
  const columns = across.first.length;
  const mixed = new Float64Array(line);
  let to = offset;
  for (let row = 0; row < down.first.length; row += 1) {
    const upper = (down.first[row] ?? 0) * line;
    const lower = (down.second[row] ?? 0) * line;
    const weight = down.weight[row] ?? 0;
    for (let i = 0; i < line; i += 1) {
      const value = samples[upper + i] ?? 0;
      mixed[i] = value + ((samples[lower + i] ?? 0) - value) * weight;
    }
    for (let column = 0; column < columns; column += 1) {
      const value = mixed[across.first[column] ?? 0] ?? 0;
      const next = mixed[across.second[column] ?? 0] ?? 0;
      out[to] = Math.round(value + (next - value) * (across.weight[column] ?? 0));
      to += stride;
    }
  }
}
