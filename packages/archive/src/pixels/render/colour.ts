import { ArchiveError } from '../../core/errors.ts';
import type { Palette } from '../image/palette.ts';
import type { SampleArray, Samples } from '../image/samples.ts';
import { partialYbrToRgb, ybrToRgb } from '../image/ybr.ts';

/** Any colour image to 8-bit RGB. PS3.3 C.7.6.3.1.2. */
export function toRgb(samples: Samples): Uint8Array {
  const { data, bitsStored, photometricInterpretation, samplesPerPixel } = samples;
  if (samplesPerPixel !== 3) {
    throw new ArchiveError('cannot-decode', `${samplesPerPixel} samples a pixel in ${photometricInterpretation}`);
  }
  const bytes = toEightBits(data, bitsStored);
  switch (photometricInterpretation) {
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      ybrToRgb(bytes, 8);
      return bytes;
    case 'YBR_PARTIAL_422':
    case 'YBR_PARTIAL_420':
      partialYbrToRgb(bytes, 8);
      return bytes;
    default:
      return bytes;
  }
}

/** Each stored value to the colour its palette names. */
export function paletteToRgb({ data }: Samples, palette: Palette): Uint8Array {
  const out = new Uint8Array(data.length * 3);
  const last = palette.red.length - 1;
  let to = 0;
  for (let i = 0; i < data.length; i += 1) {
    const index = Math.max(0, Math.min(last, (data[i] ?? 0) - palette.first));
    out[to] = palette.red[index] ?? 0;
    out[to + 1] = palette.green[index] ?? 0;
    out[to + 2] = palette.blue[index] ?? 0;
    to += 3;
  }
  return out;
}

function toEightBits(data: SampleArray, bits: number): Uint8Array {
  if (data instanceof Uint8Array && bits >= 8) {
    return data;
  }
  const scale = 255 / (2 ** bits - 1);
  return Uint8Array.from(data, (value) => Math.max(0, Math.min(255, Math.round(value * scale))));
}
