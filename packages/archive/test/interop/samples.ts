import type { DecodedFrame } from '../../src/core/ports.ts';
import { ybrToRgb } from '../../src/pixels/image/ybr.ts';

/** A decoded frame's samples as numbers; one-bit pixels as 0 and 1; YBR as RGB where asked for, as pydicom gives it. */
export function numbersOf(frame: DecodedFrame, float: boolean, rgb: boolean): ArrayLike<number> {
  const buffer = Uint8Array.from(frame.bytes).buffer;
  if (frame.bitsAllocated === 1) {
    const bytes = new Uint8Array(buffer);
    return Uint8Array.from({ length: frame.rows * frame.columns }, (_, i) => ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1);
  }
  const values = typed(buffer, frame, float);
  if (rgb && frame.photometricInterpretation === 'YBR_FULL' && values instanceof Uint8Array) {
    ybrToRgb(values, 8);
  }
  return values;
}

function typed(buffer: ArrayBuffer, { bitsAllocated, signed }: DecodedFrame, float: boolean) {
  switch (bitsAllocated) {
    case 8:
      return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
    case 16:
      return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
    case 32:
      return float ? new Float32Array(buffer) : signed ? new Int32Array(buffer) : new Uint32Array(buffer);
    default:
      return new Float64Array(buffer);
  }
}

export function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    return Number.POSITIVE_INFINITY;
  }
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  }
  return most;
}

/** Peak signal-to-noise ratio of 8-bit samples, in dB. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    return 0;
  }
  let squares = 0;
  for (let i = 0; i < a.length; i += 1) {
    squares += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  }
  return squares === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * a.length) / squares);
}
