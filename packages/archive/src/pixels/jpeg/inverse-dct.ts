const C1 = 0.5 * Math.cos(Math.PI / 16);
const C2 = 0.5 * Math.cos((2 * Math.PI) / 16);
const C3 = 0.5 * Math.cos((3 * Math.PI) / 16);
const C4 = 0.5 * Math.cos((4 * Math.PI) / 16);
const C5 = 0.5 * Math.cos((5 * Math.PI) / 16);
const C6 = 0.5 * Math.cos((6 * Math.PI) / 16);
const C7 = 0.5 * Math.cos((7 * Math.PI) / 16);

const work = new Float64Array(64);

/** Eight values at `at`, `step` apart, transformed in place. T.81 A.3.3, one dimension. */
function transform(values: Float64Array, at: number, step: number): void {
  const x0 = values[at] ?? 0;
  const x1 = values[at + step] ?? 0;
  const x2 = values[at + 2 * step] ?? 0;
  const x3 = values[at + 3 * step] ?? 0;
  const x4 = values[at + 4 * step] ?? 0;
  const x5 = values[at + 5 * step] ?? 0;
  const x6 = values[at + 6 * step] ?? 0;
  const x7 = values[at + 7 * step] ?? 0;
  const sum = (x0 + x4) * C4;
  const difference = (x0 - x4) * C4;
  const low = x2 * C2 + x6 * C6;
  const high = x2 * C6 - x6 * C2;
  const odd0 = x1 * C1 + x3 * C3 + x5 * C5 + x7 * C7;
  const odd1 = x1 * C3 - x3 * C7 - x5 * C1 - x7 * C5;
  const odd2 = x1 * C5 - x3 * C1 + x5 * C7 + x7 * C3;
  const odd3 = x1 * C7 - x3 * C5 + x5 * C3 - x7 * C1;
  values[at] = sum + low + odd0;
  values[at + 7 * step] = sum + low - odd0;
  values[at + step] = difference + high + odd1;
  values[at + 6 * step] = difference + high - odd1;
  values[at + 2 * step] = difference - high + odd2;
  values[at + 5 * step] = difference - high - odd2;
  values[at + 3 * step] = sum - low + odd3;
  values[at + 4 * step] = sum - low - odd3;
}

/**
 * One block of coefficients to samples: dequantized, transformed, level shifted, clamped. T.81 A.3.1, A.3.3, A.3.4.
 * @param target first sample of the block among `samples`, whose lines are `line` apart
 */
export function blockToSamples(
  coefficients: Int16Array,
  from: number,
  quantization: Float64Array,
  precision: number,
  samples: Uint16Array,
  target: number,
  line: number,
): void {
  for (let k = 0; k < 64; k += 1) {
    work[k] = (coefficients[from + k] ?? 0) * (quantization[k] ?? 0);
  }
  for (let column = 0; column < 8; column += 1) {
    transform(work, column, 8);
  }
  const shift = 1 << (precision - 1);
  const greatest = (1 << precision) - 1;
  for (let row = 0; row < 8; row += 1) {
    transform(work, row * 8, 1);
    for (let column = 0; column < 8; column += 1) {
      const value = Math.round((work[row * 8 + column] ?? 0) + shift);
      samples[target + row * line + column] = Math.max(0, Math.min(greatest, value));
    }
  }
}
