import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding, RecodedFrame } from '../../core/ports.ts';
import type { PixelLayout } from '../image/layout.ts';
import { bytesOf, type Samples } from '../image/samples.ts';
import { encodeJpegLossless } from './jpeg-lossless.ts';
import { cellsOf, unsignedCells } from './lossless-cells.ts';
import { encodeRle } from './rle.ts';
import { Htj2kEncoder, Jpeg2000Encoder, JpegLsEncoder } from './wasm-encoder.ts';

/** Encodes frames without loss; holds the loaded codecs of one worker. */
export class FrameEncoder {
  readonly #jpegLs = new JpegLsEncoder();
  readonly #jpeg2000 = new Jpeg2000Encoder();
  readonly #htj2k = new Htj2kEncoder();

  /** @throws ArchiveError `not-acceptable` for pixels the coding cannot hold */
  async encode(samples: Samples, layout: PixelLayout, coding: LosslessCoding): Promise<RecodedFrame> {
    const { rows, columns, samplesPerPixel, photometricInterpretation } = samples;
    const rgb = photometricInterpretation === 'RGB' && samplesPerPixel === 3;
    const shape = { rows, columns, samplesPerPixel, bitsAllocated: 8 * samples.data.BYTES_PER_ELEMENT };
    const named = { ...shape, photometricInterpretation };
    switch (coding) {
      case 'rle':
        return { ...named, bytes: rle(samples, layout) };
      case 'jpeg-lossless': {
        const cells = cellsOf(samples, layout);
        return { ...named, bytes: encodeJpegLossless({ ...cells, ...unsignedCells(cells), rgb }) };
      }
      case 'jpeg-ls':
        return { ...named, bytes: await this.#jpegLs.encode(cellsOf(samples, layout)) };
      case 'jpeg-2000':
      case 'htj2k': {
        const codec = coding === 'htj2k' ? this.#htj2k : this.#jpeg2000;
        const bytes = await codec.encode(cellsOf(samples, layout), rgb);
        // The reversible transform is part of the codestream, and what is stored is named after it. PS3.5 8.2.4.
        return { ...shape, bytes, photometricInterpretation: rgb ? 'YBR_RCT' : photometricInterpretation };
      }
    }
  }
}

function rle({ data, columns, samplesPerPixel }: Samples, { bitsAllocated }: PixelLayout): Uint8Array {
  if (bitsAllocated === 1 || data instanceof Float32Array || data instanceof Float64Array) {
    throw new ArchiveError('not-acceptable', 'Pixels of one bit, or of real numbers, are not compressed in RLE.');
  }
  return encodeRle(bytesOf(data), columns, samplesPerPixel, data.BYTES_PER_ELEMENT);
}
