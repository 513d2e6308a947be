import type { DecodedFrame } from '../../core/ports.ts';
import type { PixelLayout } from '../image/layout.ts';
import { bytesOf, type Samples } from '../image/samples.ts';

/** Samples as the bytes of a native frame; one-bit pixels are packed again, the first in the least significant bit. PS3.5 8.1.1. */
export function toDecodedFrame(samples: Samples, layout: PixelLayout): DecodedFrame {
  const { data, ...shape } = samples;
  const packed = layout.bitsAllocated === 1;
  return {
    rows: shape.rows,
    columns: shape.columns,
    samplesPerPixel: shape.samplesPerPixel,
    bitsAllocated: packed ? 1 : 8 * data.BYTES_PER_ELEMENT,
    bitsStored: shape.bitsStored,
    signed: shape.signed,
    photometricInterpretation: shape.photometricInterpretation,
    bytes: packed ? packBits(data) : bytesOf(data),
  };
}

function packBits(data: Samples['data']): Uint8Array {
  const out = new Uint8Array(Math.ceil(data.length / 8));
  for (let i = 0; i < data.length; i += 1) {
    if (data[i] !== 0) {
      out[i >> 3] = (out[i >> 3] ?? 0) | (1 << (i & 7));
    }
  }
  return out;
}
