import { inflateRawSync } from 'node:zlib';
import { ArchiveError } from '../../core/errors.ts';
import { isJpeg2000, readCodestreamSize } from '../codecs/codestream.ts';
import { type CodedImage, Jpeg2000Decoder } from '../codecs/decode-jpeg-2000.ts';
import { JpegLsDecoder } from '../codecs/decode-jpeg-ls.ts';
import type { PixelLayout } from '../image/layout.ts';
import { integerArray, type SampleArray, type Samples } from '../image/samples.ts';
import { ybrToRgb } from '../image/ybr.ts';
import { decodeJpeg } from '../jpeg/decode-jpeg.ts';
import { type JpegHeader, readJpegHeader } from '../jpeg/headers.ts';
import { checkSize, type PixelLimits } from '../limits.ts';
import { expand422, interleavePlanes } from './colour-layout.ts';
import { checkFit, fitToHeader } from './fit.ts';
import { isSubsampled, readCells, storedSamples } from './native.ts';
import { decodeRle } from './rle.ts';

/** What is decoded by looking at the bytes: transfer syntaxes are mislabelled too often to be believed. */
const IMAGE_CODINGS: ReadonlySet<string> = new Set([
  'jpeg-baseline',
  'jpeg-extended',
  'jpeg-lossless',
  'jpeg-retired',
  'jpeg-ls',
  'jpeg-2000',
  'jpeg-2000-part2',
  'htj2k',
]);

/** Decodes stored frames to samples; holds the loaded codecs of one worker. */
export class FrameDecoder {
  readonly #jpeg2000 = new Jpeg2000Decoder();
  readonly #jpegLs = new JpegLsDecoder();
  readonly #limits: PixelLimits;

  constructor(limits: PixelLimits) {
    this.#limits = limits;
  }

  /** @throws ArchiveError `cannot-decode`, `limit-exceeded` */
  async decode(bytes: Uint8Array, firstBit: number, layout: PixelLayout): Promise<Samples> {
    if (bytes.length === 0) {
      throw new ArchiveError('cannot-decode', 'the frame is empty');
    }
    if (IMAGE_CODINGS.has(layout.coding)) {
      return fitToHeader(await this.#decodeImage(bytes, layout), layout);
    }
    switch (layout.coding) {
      case 'native':
      case 'encapsulated-native':
        return fromCells(readCells(bytes, firstBit, layout), layout, layout.planar);
      case 'deflated-frame':
        return fromCells(readCells(inflate(bytes, layout), 0, layout), layout, layout.planar);
      case 'rle':
        return fromRle(bytes, layout);
      default:
        throw new ArchiveError(
          'cannot-decode',
          `transfer syntax ${layout.transferSyntaxUid} holds no single images this server can decode (${layout.coding})`,
        );
    }
  }

  async #decodeImage(bytes: Uint8Array, layout: PixelLayout): Promise<Samples> {
    const { samplesPerPixel } = layout;
    if (isJpeg2000(bytes)) {
      const size = readCodestreamSize(bytes);
      const bits = Math.max(...size.components.map((component) => component.bits));
      checkSize(size.rows, size.columns, size.components.length, 16, this.#limits);
      checkFit({ rows: size.rows, columns: size.columns, components: size.components.length, bits }, layout);
      return fromCodec(await this.#jpeg2000.decode(bytes), layout);
    }
    const header = readJpegHeader(bytes);
    if (header === undefined) {
      throw new ArchiveError('cannot-decode', `the frame is no ${layout.coding} image: its first bytes are not those of one`);
    }
    const { rows, columns, precision, components } = header;
    checkSize(rows, columns, Math.max(components.length, samplesPerPixel), 16, this.#limits);
    checkFit({ rows, columns, components: components.length, bits: precision }, layout);
    if (header.jpegLs) {
      return fromCodec(await this.#jpegLs.decode(bytes), layout);
    }
    return fromJpeg(decodeJpeg(bytes), layout);
  }
}

function inflate(bytes: Uint8Array, layout: PixelLayout): Uint8Array {
  const most = Math.ceil((storedSamples(layout) * layout.bitsAllocated) / 8) + 1;
  try {
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch (error) {
    throw new ArchiveError('cannot-decode', 'the deflated frame cannot be inflated to the size its header names', {
      cause: error,
    });
  }
}

function fromCells(cells: SampleArray, layout: PixelLayout, planar: boolean): Samples {
  const { rows, columns, samplesPerPixel, bitsStored, signed } = layout;
  const subsampled = isSubsampled(layout);
  const data = subsampled ? expand422(cells, rows, columns) : planar ? interleavePlanes(cells, samplesPerPixel) : cells;
  const photometricInterpretation = subsampled ? 'YBR_FULL' : layout.photometricInterpretation;
  return { rows, columns, samplesPerPixel, bitsStored, signed, photometricInterpretation, data };
}

/** RLE puts samples side by side whatever the planar configuration says. PS3.5 G.2. */
function fromRle(bytes: Uint8Array, layout: PixelLayout): Samples {
  const { rows, columns, samplesPerPixel, bitsAllocated } = layout;
  const packed = bitsAllocated < 8;
  const cells = packed ? Math.ceil((rows * columns * bitsAllocated) / 8) : rows * columns;
  const native = decodeRle(bytes, cells, samplesPerPixel, packed ? 1 : Math.ceil(bitsAllocated / 8));
  const little: PixelLayout = { ...layout, bigEndian: false, photometricInterpretation: rleColour(layout) };
  return fromCells(readCells(native, 0, little), little, false);
}

/** RLE cannot subsample, so its YBR_FULL_422 has a value of colour for each pixel. */
function rleColour({ photometricInterpretation }: PixelLayout): string {
  return photometricInterpretation === 'YBR_FULL_422' ? 'YBR_FULL' : photometricInterpretation;
}

/** YBR_ICT and YBR_RCT are undone inside the codestream; what the codec gives out is RGB. PS3.3 C.7.6.3.1.2. */
function fromCodec(image: CodedImage, layout: PixelLayout): Samples {
  const { rows, columns, components, bits, bytes } = image;
  const coded: SampleArray = bits <= 8 ? bytes : new Uint16Array(bytes.buffer, 0, bytes.length >> 1);
  const data = toLayout(coded, bits, layout);
  const named = layout.photometricInterpretation;
  const rgb = image.becameRgb || named === 'YBR_ICT' || named === 'YBR_RCT';
  return {
    rows,
    columns,
    samplesPerPixel: components,
    bitsStored: Math.min(layout.bitsStored, 8 * data.BYTES_PER_ELEMENT),
    signed: layout.signed,
    photometricInterpretation: rgb && components === 3 ? 'RGB' : named,
    data,
  };
}

function fromJpeg(image: { readonly header: JpegHeader; readonly samples: Uint16Array }, layout: PixelLayout): Samples {
  const { header, samples } = image;
  const colour = header.components.length === 3;
  const transform = colour && header.process !== 'lossless' && isYcbcr(header, layout);
  if (transform) {
    ybrToRgb(samples, header.precision);
  }
  const data = toLayout(samples, header.precision, layout);
  return {
    rows: header.rows,
    columns: header.columns,
    samplesPerPixel: header.components.length,
    bitsStored: layout.bitsStored,
    signed: layout.signed,
    photometricInterpretation: colour && header.process !== 'lossless' ? 'RGB' : layout.photometricInterpretation,
    data,
  };
}

/** What the codestream says of its colours counts for more than the header, which is often wrong. PS3.5 8.2.1. */
function isYcbcr(header: JpegHeader, layout: PixelLayout): boolean {
  if (header.adobeTransform !== undefined) {
    return header.adobeTransform !== 0;
  }
  if (header.components.map(({ id }) => String.fromCharCode(id)).join('') === 'RGB') {
    return false;
  }
  const subsampled = header.components.some(({ h, v }) => h !== header.components[0]?.h || v !== header.components[0]?.v);
  return header.jfif || subsampled || layout.photometricInterpretation !== 'RGB';
}

/** Coded values of `bits` bits to the depth and sign the header names; a sign bit lies where the codestream's depth ends. */
function toLayout(coded: SampleArray, bits: number, layout: PixelLayout): SampleArray {
  const { signed } = layout;
  const allocated = Math.max(8, layout.bitsAllocated);
  const out = inPlace(coded, allocated, signed) ?? integerArray(Math.max(allocated, bits > 8 ? 16 : 8), signed, coded.length);
  if (!signed) {
    const mask = 2 ** bits - 1;
    for (let i = 0; i < coded.length; i += 1) {
      out[i] = (coded[i] ?? 0) & mask;
    }
    return out;
  }
  const shift = 32 - bits;
  for (let i = 0; i < coded.length; i += 1) {
    out[i] = ((coded[i] ?? 0) << shift) >> shift;
  }
  return out;
}

/** The same memory under the sign of the header, where its numbers have the right size: a large image is held once, not twice. */
function inPlace(coded: SampleArray, bits: number, signed: boolean): SampleArray | undefined {
  if (coded instanceof Uint16Array && bits > 8 && bits <= 16) {
    return signed ? new Int16Array(coded.buffer, coded.byteOffset, coded.length) : coded;
  }
  if (coded instanceof Uint8Array && bits <= 8) {
    return signed ? new Int8Array(coded.buffer, coded.byteOffset, coded.length) : coded;
  }
  return undefined;
}
