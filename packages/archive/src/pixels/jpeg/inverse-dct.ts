/**
 * The inverse DCT of Loeffler, Ligtenberg and Moschytz in whole numbers, with the scaling and rounding of the Independent
 * JPEG Group's "islow", so that images are those other software shows, to the bit. T.81 A.3.3.
 */
const CONST_BITS = 13;
const FIX_0_298631336 = 2446;
const FIX_0_390180644 = 3196;
const FIX_0_541196100 = 4433;
const FIX_0_765366865 = 6270;
const FIX_0_899976223 = 7373;
const FIX_1_175875602 = 9633;
const FIX_1_501321110 = 12_299;
const FIX_1_847759065 = 15_137;
const FIX_1_961570560 = 16_069;
const FIX_2_053119869 = 16_819;
const FIX_2_562915447 = 20_995;
const FIX_3_072711026 = 25_172;

const work = new Int32Array(64);

/** Eight values at `at`, `step` apart, transformed in place and divided by 2^`shift` with rounding. */
function transform(at: number, step: number, shift: number): void {
  const x0 = work[at] ?? 0;
  const x1 = work[at + step] ?? 0;
  const x2 = work[at + 2 * step] ?? 0;
  const x3 = work[at + 3 * step] ?? 0;
  const x4 = work[at + 4 * step] ?? 0;
  const x5 = work[at + 5 * step] ?? 0;
  const x6 = work[at + 6 * step] ?? 0;
  const x7 = work[at + 7 * step] ?? 0;
  const round = 1 << (shift - 1);

  const shared = (x2 + x6) * FIX_0_541196100;
  const even2 = shared - x6 * FIX_1_847759065;
  const even3 = shared + x2 * FIX_0_765366865;
  const even0 = (x0 + x4) * (1 << CONST_BITS) + round;
  const even1 = (x0 - x4) * (1 << CONST_BITS) + round;
  const a0 = even0 + even3;
  const a3 = even0 - even3;
  const a1 = even1 + even2;
  const a2 = even1 - even2;

  const z1 = -(x7 + x1) * FIX_0_899976223;
  const z2 = -(x5 + x3) * FIX_2_562915447;
  const z5 = (x7 + x3 + x5 + x1) * FIX_1_175875602;
  const z3 = -(x7 + x3) * FIX_1_961570560 + z5;
  const z4 = -(x5 + x1) * FIX_0_390180644 + z5;
  const b0 = x7 * FIX_0_298631336 + z1 + z3;
  const b1 = x5 * FIX_2_053119869 + z2 + z4;
  const b2 = x3 * FIX_3_072711026 + z2 + z3;
  const b3 = x1 * FIX_1_501321110 + z1 + z4;

  work[at] = (a0 + b3) >> shift;
  work[at + 7 * step] = (a0 - b3) >> shift;
  work[at + step] = (a1 + b2) >> shift;
  work[at + 6 * step] = (a1 - b2) >> shift;
  work[at + 2 * step] = (a2 + b1) >> shift;
  work[at + 5 * step] = (a2 - b1) >> shift;
  work[at + 3 * step] = (a3 + b0) >> shift;
  work[at + 4 * step] = (a3 - b0) >> shift;
}

/**
 * One block of coefficients to samples: dequantized, transformed, level shifted, clamped. T.81 A.3.1, A.3.3, A.3.4.
 * @param target first sample of the block among `samples`, whose lines are `line` apart
 */
export function blockToSamples(
  coefficients: Int16Array,
  from: number,
  quantization: Int32Array,
  precision: number,
  samples: Uint16Array,
  target: number,
  line: number,
): void {
  for (let k = 0; k < 64; k += 1) {
    work[k] = (coefficients[from + k] ?? 0) * (quantization[k] ?? 0);
  }
  // Bits kept between the two passes: fewer for 12-bit samples, so that 32 bits hold the products.
  const kept = precision > 8 ? 1 : 2;
  for (let column = 0; column < 8; column += 1) {
    transform(column, 8, CONST_BITS - kept);
  }
  const middle = 1 << (precision - 1);
  const greatest = (1 << precision) - 1;
  for (let row = 0; row < 8; row += 1) {
    transform(row * 8, 1, CONST_BITS + kept + 3);
    for (let column = 0; column < 8; column += 1) {
      const value = (work[row * 8 + column] ?? 0) + middle;
      samples[target + row * line + column] = Math.max(0, Math.min(greatest, value));
    }
  }
}
