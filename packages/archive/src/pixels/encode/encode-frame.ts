import { deflateRawSync } from 'node:zlib';
import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding, LossyCoding, RecodedFrame } from '../../core/ports.ts';
import { toDecodedFrame } from '../decode/decoded-frame.ts';
import type { PixelLayout } from '../image/layout.ts';
import { bytesOf, type Samples } from '../image/samples.ts';
import { asExtended, encodeJpegBaseline } from './jpeg-baseline.ts';
import { encodeJpegExtended } from './jpeg-dct.ts';
import { encodeJpegLossless } from './jpeg-lossless.ts';
import { cellsOf, unsignedCells } from './lossless-cells.ts';
import { encodeRle } from './rle.ts';
import { Htj2kEncoder, Jpeg2000Encoder, JpegLsEncoder } from './wasm-encoder.ts';

/** Encodes frames; holds the loaded codecs of one worker. */
export class FrameEncoder {
  readonly #jpegLs = new JpegLsEncoder();
  readonly #jpeg2000 = new Jpeg2000Encoder();
  readonly #htj2k = new Htj2kEncoder();

  /** @throws ArchiveError `not-acceptable` for pixels the coding cannot hold */
  async encode(samples: Samples, layout: PixelLayout, coding: LosslessCoding | LossyCoding): Promise<RecodedFrame> {
    const { rows, columns, samplesPerPixel, photometricInterpretation } = samples;
    const shape = { rows, columns, samplesPerPixel, bitsAllocated: 8 * samples.data.BYTES_PER_ELEMENT };
    const named = { ...shape, photometricInterpretation };
    switch (coding) {
      case 'encapsulated-native':
        return toDecodedFrame(samples, layout);
      case 'deflated-frame': {
        const native = toDecodedFrame(samples, layout);
        return { ...native, bytes: new Uint8Array(deflateRawSync(native.bytes)) };
      }
      case 'rle':
        return { ...named, bytes: rle(samples, layout) };
      case 'jpeg-lossless': {
        const cells = cellsOf(samples, layout);
        return { ...named, bytes: encodeJpegLossless({ ...cells, ...unsignedCells(cells), rgb: isRgb(samples) }) };
      }
      case 'jpeg-baseline':
      case 'jpeg-extended':
        return { ...shape, ...(await jpeg(samples, layout, coding)) };
      case 'jpeg-ls':
      case 'jpeg-ls-near':
        return { ...named, bytes: await this.#jpegLs.encode(cellsOf(samples, layout), coding === 'jpeg-ls-near') };
      default:
        return { ...shape, ...(await this.#wavelets(samples, layout, coding)) };
    }
  }

  async #wavelets(
    samples: Samples,
    layout: PixelLayout,
    coding: 'jpeg-2000' | 'jpeg-2000-lossy' | 'htj2k' | 'htj2k-rpcl' | 'htj2k-lossy',
  ): Promise<Pick<RecodedFrame, 'bytes' | 'photometricInterpretation'>> {
    const rgb = isRgb(samples);
    const cells = cellsOf(samples, layout);
    const lossy = coding === 'jpeg-2000-lossy' || coding === 'htj2k-lossy';
    const bytes = coding.startsWith('htj2k')
      ? await this.#htj2k.encode(cells, { colourTransform: rgb, lossy, byResolution: coding === 'htj2k-rpcl' })
      : await this.#jpeg2000.encode(cells, { colourTransform: rgb, lossy, byResolution: false });
    // The transform of colours is part of the codestream, and what is stored is named after it. PS3.5 8.2.4.
    return { bytes, photometricInterpretation: rgb ? (lossy ? 'YBR_ICT' : 'YBR_RCT') : samples.photometricInterpretation };
  }
}

function isRgb({ photometricInterpretation, samplesPerPixel }: Samples): boolean {
  return photometricInterpretation === 'RGB' && samplesPerPixel === 3;
}

/** Most that the extended process holds. */
const EXTENDED_BITS = 12;

async function jpeg(
  samples: Samples,
  layout: PixelLayout,
  coding: 'jpeg-baseline' | 'jpeg-extended',
): Promise<Pick<RecodedFrame, 'bytes' | 'photometricInterpretation'>> {
  const { data, rows, columns, samplesPerPixel, photometricInterpretation } = samples;
  if (coding === 'jpeg-baseline' || data instanceof Uint8Array) {
    const made = await encodeJpegBaseline(samples);
    return coding === 'jpeg-baseline' ? made : { ...made, bytes: asExtended(made.bytes) };
  }
  const isGray = samplesPerPixel === 1 && photometricInterpretation.startsWith('MONOCHROME');
  if (!(data instanceof Uint16Array) || !isGray || cellsOf(samples, layout).precision > EXTENDED_BITS) {
    throw new ArchiveError(
      'not-acceptable',
      'JPEG with loss holds gray and colours of 8 bits without a sign, and gray of up to 12.',
    );
  }
  return { photometricInterpretation, bytes: encodeJpegExtended({ rows, columns, data }) };
}

function rle({ data, columns, samplesPerPixel }: Samples, { bitsAllocated }: PixelLayout): Uint8Array {
  if (bitsAllocated === 1 || data instanceof Float32Array || data instanceof Float64Array) {
    throw new ArchiveError('not-acceptable', 'Pixels of one bit, or of real numbers, are not compressed in RLE.');
  }
  return encodeRle(bytesOf(data), columns, samplesPerPixel, data.BYTES_PER_ELEMENT);
}
