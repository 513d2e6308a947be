import { ArchiveError } from '../../core/errors.ts';
import { type CodecEncoder, type CodecFactory, CodecLoader, type CodecModule } from '../codecs/codec-module.ts';
import { readCodestreamSize } from '../codecs/codestream.ts';
import { toPlanarLines } from '../codecs/planar-lines.ts';
import { type Cells, unsignedCells } from './lossless-cells.ts';

type EncoderOf = (module: CodecModule) => (new () => CodecEncoder) | undefined;

interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly data: Cells['data'];
  readonly precision: number;
  readonly signed: boolean;
  readonly colourTransform: boolean;
}

/** An encoder of a WebAssembly codec, set to lose nothing. */
class WasmEncoder {
  readonly #loader: CodecLoader;
  readonly #name: string;
  readonly #encoder: EncoderOf;

  constructor(name: string, factory: () => Promise<CodecFactory>, encoder: EncoderOf) {
    this.#name = name;
    this.#loader = new CodecLoader(name, factory);
    this.#encoder = encoder;
  }

  encode(image: Image, settle: (encoder: CodecEncoder) => void): Promise<Uint8Array> {
    const { rows, columns, samplesPerPixel, data, precision, signed, colourTransform } = image;
    return this.#loader.run((module) => {
      const Encoder = this.#encoder(module);
      if (Encoder === undefined) {
        throw new ArchiveError('cannot-decode', `${this.#name}: the codec is not complete`);
      }
      const encoder = new Encoder();
      const info = { width: columns, height: rows, bitsPerSample: precision, componentCount: samplesPerPixel, isSigned: signed };
      settle(encoder);
      encoder
        .getDecodedBuffer({ ...info, isUsingColorTransform: colourTransform })
        .set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      encoder.encode();
      const encoded = new Uint8Array(encoder.getEncodedBuffer());
      encoder.delete();
      if (encoded.length === 0) {
        throw new ArchiveError('cannot-decode', `${this.#name}: nothing came out`);
      }
      return encoded;
    });
  }
}

/** CharLS: samples side by side. T.87 annex A, PS3.5 8.2.3. */
const BY_SAMPLE = 2;
/** By so much at most a value of more than 8 bits may differ: less than its noise. T.87 A.4.4. */
const NEAR = 2;

export class JpegLsEncoder {
  readonly #charls = new WasmEncoder(
    'JPEG-LS',
    async () => (await import('@cornerstonejs/codec-charls/wasmjs')).default,
    (module) => module.JpegLSEncoder,
  );

  /** @param near whether each value may come back a little different */
  encode(cells: Cells, near: boolean): Promise<Uint8Array> {
    const image = { ...cells, ...unsignedCells(cells), signed: false, colourTransform: false };
    return this.#charls.encode(image, (encoder) => {
      encoder.setInterleaveMode?.(cells.samplesPerPixel > 1 ? BY_SAMPLE : 0);
      encoder.setNearLossless?.(near ? (cells.precision > 8 ? NEAR : 1) : 0);
    });
  }
}

/** How wavelets are coded. */
export interface WaveletOptions {
  readonly colourTransform: boolean;
  readonly lossy: boolean;
  /** The smallest picture first, then what each larger one adds, with a table of where they begin. PS3.5 A.4.12. */
  readonly byResolution: boolean;
}

/** Levels of the wavelet transform: five, fewer for small images. ISO 15444-1 A.6.1. */
function decompositions({ rows, columns }: Cells): number {
  return Math.max(0, Math.min(5, Math.floor(Math.log2(Math.min(rows, columns))) - 1));
}

/** The smallest picture has at most 64 rows and columns. PS3.5 8.2.13. */
const SMALLEST = 64;

function decompositionsToSmallest({ rows, columns }: Cells): number {
  return Math.max(1, Math.ceil(Math.log2(Math.max(rows, columns) / SMALLEST)));
}

/** Resolution, position, component, layer. ISO 15444-1 table A.16. */
const RPCL = 2;

/** JPEG 2000 or HTJ2K. */
class WaveletEncoder {
  readonly #codec: WasmEncoder;
  readonly #leastLevels: number;
  readonly #lose: (encoder: CodecEncoder, cells: Cells) => void;

  constructor(codec: WasmEncoder, leastLevels: number, lose: (encoder: CodecEncoder, cells: Cells) => void) {
    this.#codec = codec;
    this.#leastLevels = leastLevels;
    this.#lose = lose;
  }

  async encode(cells: Cells, { colourTransform, lossy, byResolution }: WaveletOptions): Promise<Uint8Array> {
    // The codecs' wrappers read bytes without their sign: half the range is added, which is what coding without a sign takes away again.
    const shifted = cells.signed && cells.precision <= 8;
    const half = 1 << (cells.precision - 1);
    const data = shifted ? Uint8Array.from(cells.data, (value) => value + half) : cells.data;
    const image = { ...cells, data, signed: cells.signed && !shifted, colourTransform };
    const encoded = await this.#codec.encode(image, (encoder) => {
      encoder.setQuality?.(true, 0);
      const levels = byResolution ? decompositionsToSmallest(cells) : decompositions(cells);
      encoder.setDecompositions?.(Math.max(this.#leastLevels, levels));
      if (byResolution) {
        encoder.setProgressionOrder?.(RPCL);
        encoder.setTLMMarker?.(true);
        encoder.setTilePartDivisionsAtResolutions?.(true);
      }
      if (lossy) {
        this.#lose(encoder, cells);
      }
    });
    if (shifted) {
      const at = readCodestreamSize(encoded).componentsAt;
      encoded[at] = (encoded[at] ?? 0) | 0x80;
    }
    return encoded;
  }
}

/** How many times smaller than uncompressed. */
const JPEG_2000_RATIO = 10;

export class Jpeg2000Encoder {
  readonly #encoder = new WaveletEncoder(
    new WasmEncoder(
      'JPEG 2000',
      async () => (await import('@cornerstonejs/codec-openjpeg/wasmjs')).default,
      (module) => module.J2KEncoder,
    ),
    0,
    (encoder) => {
      encoder.setQuality?.(false, 0);
      encoder.setCompressionRatio?.(JPEG_2000_RATIO);
    },
  );

  /** @throws ArchiveError `not-acceptable`: the codec transforms the colours of every image with three, and none of 16 bits */
  encode(cells: Cells, options: WaveletOptions): Promise<Uint8Array> {
    if (cells.samplesPerPixel > 1 && (!options.colourTransform || cells.precision > 8)) {
      throw new ArchiveError('not-acceptable', 'Colours other than RGB of 8 bits cannot be compressed in JPEG 2000 here.');
    }
    return this.#encoder.encode(cells, options);
  }
}

/** Steps that frequencies are rounded to, of one value in 8 bits, and of four in more. */
const HTJ2K_STEP = 1;
const HTJ2K_STEP_DEEP = 4;

export class Htj2kEncoder {
  readonly #encoder = new WaveletEncoder(
    new WasmEncoder(
      'HTJ2K',
      async () => (await import('@cornerstonejs/codec-openjph/wasmjs')).default,
      (module) => module.HTJ2KEncoder,
    ),
    // Without any, the codec does 16 bits wrong.
    1,
    (encoder, { precision }) => {
      encoder.setQuality?.(false, (precision > 8 ? HTJ2K_STEP_DEEP : HTJ2K_STEP) / 2 ** precision);
    },
  );

  /** @throws ArchiveError `not-acceptable`: what this server could not decode again is not made */
  encode(cells: Cells, options: WaveletOptions): Promise<Uint8Array> {
    if (cells.samplesPerPixel > 1 && cells.precision > 8) {
      throw new ArchiveError('not-acceptable', 'Colours of more than 8 bits cannot be compressed in HTJ2K here.');
    }
    if (cells.samplesPerPixel === 1 || options.colourTransform) {
      return this.#encoder.encode(cells, options);
    }
    const { data, rows: height, columns: width, samplesPerPixel: componentCount, precision: bitsPerSample } = cells;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const lines = toPlanarLines(bytes, { width, height, componentCount, bitsPerSample });
    return this.#encoder.encode({ ...cells, data: lines }, options);
  }
}
