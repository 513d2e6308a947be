import { ArchiveError } from '../../core/errors.ts';
import { Codec } from './codec-module.ts';
import { type CodestreamSize, readCodestreamSize } from './codestream.ts';
import { fromPlanarLines } from './planar-lines.ts';

/** A frame as its codec gives it. */
export interface CodedImage {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly bits: number;
  readonly signed: boolean;
  /** Interleaved, 8 or 16 bits a sample by `bits`, little endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Chrominance was subsampled or marked as sYCC, and the codec made RGB of it. */
  readonly becameRgb: boolean;
}

const openJpeg = (): Codec =>
  new Codec(
    'JPEG 2000',
    async () => (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default,
    (module) => module.J2KDecoder,
  );

const openJph = (): Codec =>
  new Codec(
    'HTJ2K',
    async () => (await import('@cornerstonejs/codec-openjph/wasmjs')).default,
    (module) => module.HTJ2KDecoder,
  );

/** Decodes JPEG 2000 and HTJ2K. PS3.5 8.2.4, 8.2.13. */
export class Jpeg2000Decoder {
  readonly #part1 = openJpeg();
  readonly #highThroughput = openJph();

  /** @throws ArchiveError `cannot-decode`; the caller has checked the measures */
  async decode(encoded: Uint8Array): Promise<CodedImage> {
    const size = readCodestreamSize(encoded);
    const bits = checkComponents(size);
    const highThroughput = hasCapability(encoded, size);
    // OpenJPEG's wrapper cuts negative values of 8 bits: they are decoded as unsigned, which adds half the range, and moved back.
    const shifted = size.components[0]?.signed === true && bits <= 8;
    const input = shifted ? asUnsigned(encoded, size) : encoded;
    const { info, bytes: decoded } = await (highThroughput ? this.#highThroughput : this.#part1).decode(input);
    const bytes = highThroughput && hasPlanarLines(encoded, size) ? fromPlanarLines(decoded, info) : decoded;
    if (shifted) {
      const half = 1 << (bits - 1);
      bytes.forEach((value, index) => {
        bytes[index] = value - half;
      });
    }
    return {
      rows: info.height,
      columns: info.width,
      components: info.componentCount,
      bits,
      signed: size.components[0]?.signed === true,
      bytes,
      becameRgb: size.components.some(({ across }) => across !== 1),
    };
  }
}

/** The shapes the codecs' wrappers give out right; the others they would give out wrong without a word. */
function checkComponents(size: CodestreamSize): number {
  const count = size.components.length;
  const bits = size.components[0]?.bits ?? 0;
  const alike = size.components.every((component) => component.bits === bits && component.signed === size.components[0]?.signed);
  if (count !== 1 && count !== 3) {
    throw new ArchiveError('cannot-decode', `JPEG 2000: ${count} components`);
  }
  if (!alike || bits > 16 || (count === 3 && bits > 8)) {
    throw new ArchiveError(
      'cannot-decode',
      `JPEG 2000: ${count} components of ${size.components.map((c) => c.bits).join(', ')} bits`,
    );
  }
  if (size.components[0]?.across !== 1 || size.components[0].down !== 1) {
    throw new ArchiveError('cannot-decode', 'JPEG 2000: a subsampled first component');
  }
  return bits;
}

/** Whether the components are coded each by itself, without a colour transform. ISO 15444-1 A.6.1. */
function hasPlanarLines(bytes: Uint8Array, size: CodestreamSize): boolean {
  const at = markerAfterSize(bytes, size, COD);
  return size.components.length > 1 && at !== undefined && bytes[at + COLOUR_TRANSFORM] === 0;
}

/** Whether a CAP marker (part 15) follows the size: HTJ2K whatever the transfer syntax says. ISO 15444-1 A.5.2. */
function hasCapability(bytes: Uint8Array, size: CodestreamSize): boolean {
  return markerAfterSize(bytes, size, CAP) !== undefined;
}

const CAP = 0x50;
const COD = 0x52;
const FIRST_TILE = 0x90;
/** After the marker: length, Scod, progression, layers. ISO 15444-1 A.6.1. */
const COLOUR_TRANSFORM = 8;

/** Where a marker of the main header lies, by its second byte. */
function markerAfterSize(bytes: Uint8Array, size: CodestreamSize, marker: number): number | undefined {
  let at = size.componentsAt + 3 * size.components.length;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== FIRST_TILE) {
    if (bytes[at + 1] === marker) {
      return at;
    }
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return undefined;
}

function asUnsigned(bytes: Uint8Array, size: CodestreamSize): Uint8Array {
  const copy = bytes.slice();
  size.components.forEach((_, index) => {
    const at = size.componentsAt + 3 * index;
    copy[at] = (copy[at] ?? 0) & 0x7f;
  });
  return copy;
}
