import type { Interpolation } from '../image/interpolation.ts';

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
