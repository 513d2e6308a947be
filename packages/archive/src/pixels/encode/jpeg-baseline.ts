import sharp from 'sharp';
import { ArchiveError } from '../../core/errors.ts';
import type { Samples } from '../image/samples.ts';
import { ybrToRgb } from '../image/ybr.ts';

/** At which a reader sees no difference. */
const QUALITY = 90;

/** Gray, or RGB as YBR without subsampling, of 8 bits. PS3.5 8.2.1. @throws ArchiveError `not-acceptable` for what 8 bits do not hold */
export async function encodeJpegBaseline(
  samples: Samples,
): Promise<{ readonly bytes: Uint8Array; readonly photometricInterpretation: string }> {
  const { data, rows, columns, samplesPerPixel, photometricInterpretation } = samples;
  const isColour = samplesPerPixel === 3 && ['RGB', 'YBR_FULL', 'YBR_FULL_422'].includes(photometricInterpretation);
  const isGray = samplesPerPixel === 1 && photometricInterpretation.startsWith('MONOCHROME');
  if (!(data instanceof Uint8Array) || (!isColour && !isGray)) {
    throw new ArchiveError(
      'not-acceptable',
      'JPEG with loss holds gray and colours of 8 bits without a sign, and gray of up to 12.',
    );
  }
  const bytes = isColour && photometricInterpretation !== 'RGB' ? asRgb(data) : data;
  const image = sharp(bytes, { raw: { width: columns, height: rows, channels: isColour ? 3 : 1 }, limitInputPixels: false });
  const encoded = await (isColour ? image : image.toColourspace('b-w'))
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { bytes: new Uint8Array(encoded), photometricInterpretation: isColour ? 'YBR_FULL' : photometricInterpretation };
}

function asRgb(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(ybr);
  ybrToRgb(rgb, 8);
  return rgb;
}

const BASELINE = 0xc0;
const EXTENDED = 0xc1;
const SCAN = 0xda;

/** The same image named after the extended process, which holds all that the baseline does. T.81 4.11. */
export function asExtended(baseline: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(baseline);
  for (let at = 2; bytes[at] === 0xff && bytes[at + 1] !== SCAN; at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))) {
    if (bytes[at + 1] === BASELINE) {
      bytes[at + 1] = EXTENDED;
    }
  }
  return bytes;
}
