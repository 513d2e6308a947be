import { ArchiveError } from '../../core/errors.ts';
import type { PixelLayout } from '../image/layout.ts';
import { integerArray, type SampleArray } from '../image/samples.ts';

/** A frame with less than this part of its bytes is not shown as an image. */
const LEAST_COMPLETE = 0.5;

/** Samples a frame has as stored; YBR_FULL_422 keeps two values of colour for two pixels. PS3.3 C.7.6.3.1.2. */
export function storedSamples(layout: PixelLayout): number {
  const { rows, columns, samplesPerPixel } = layout;
  return isSubsampled(layout) ? rows * Math.ceil(columns / 2) * 4 : rows * columns * samplesPerPixel;
}

export function isSubsampled(layout: PixelLayout): boolean {
  return layout.photometricInterpretation === 'YBR_FULL_422' && layout.samplesPerPixel === 3;
}

/**
 * Native cells to numbers, in the order they are stored. PS3.5 8.1.1, 8.2, annex D.
 * @param firstBit where the frame begins; 8 and more where a word that frames share had to be read whole
 */
export function readCells(bytes: Uint8Array, firstBit: number, layout: PixelLayout): SampleArray {
  const { bitsAllocated } = layout;
  const count = storedSamples(layout);
  const needed = Math.ceil((firstBit + count * bitsAllocated) / 8);
  if (bytes.length < needed * LEAST_COMPLETE) {
    throw new ArchiveError('cannot-decode', `the frame has ${bytes.length} of ${needed} bytes`);
  }
  const words = littleEndian(bytes, layout, needed);
  const ordered = firstBit < 8 ? words : words.slice(firstBit >> 3);
  if (layout.numbers === 'float') {
    return new Float32Array(ordered.buffer, 0, count);
  }
  if (layout.numbers === 'double') {
    return new Float64Array(ordered.buffer, 0, count);
  }
  if (bitsAllocated === 8 || bitsAllocated === 16 || bitsAllocated === 32) {
    return view(ordered, bitsAllocated, layout.signed, count);
  }
  if (bitsAllocated > 32) {
    throw new ArchiveError('cannot-decode', `whole numbers of ${bitsAllocated} bits a sample`);
  }
  return unpack(ordered, firstBit & 7, layout, count);
}

/**
 * At least `length` bytes with the words in little-endian order, at the beginning of their buffer; what is missing is zero. The
 * bytes themselves where they are so already, which they mostly are.
 */
function littleEndian(bytes: Uint8Array, layout: PixelLayout, length: number): Uint8Array<ArrayBuffer> {
  const { bitsAllocated, bigEndian, wordsOfTwo } = layout;
  if (!bigEndian && bytes.byteOffset === 0 && bytes.length >= length && bytes.buffer instanceof ArrayBuffer) {
    return new Uint8Array(bytes.buffer);
  }
  const word = bitsAllocated > 8 && bitsAllocated % 8 === 0 ? bitsAllocated / 8 : wordsOfTwo ? 2 : 1;
  // Whole words, and room for the longest cell.
  const padded = new Uint8Array(Math.ceil(length / 8) * 8 + 8);
  padded.set(bytes.subarray(0, padded.length));
  if (bigEndian && word > 1) {
    for (let at = 0; at + word <= padded.length; at += word) {
      padded.subarray(at, at + word).reverse();
    }
  }
  return padded;
}

function view(bytes: Uint8Array<ArrayBuffer>, bits: number, signed: boolean, count: number): SampleArray {
  if (bits === 8) {
    return signed ? new Int8Array(bytes.buffer, 0, count) : bytes.subarray(0, count);
  }
  if (bits === 16) {
    return signed ? new Int16Array(bytes.buffer, 0, count) : new Uint16Array(bytes.buffer, 0, count);
  }
  return signed ? new Int32Array(bytes.buffer, 0, count) : new Uint32Array(bytes.buffer, 0, count);
}

/** Cells of odd sizes (1, 12 ...) follow each other bit by bit, the least significant first. PS3.5 8.1.1. */
function unpack(bytes: Uint8Array, firstBit: number, layout: PixelLayout, count: number): SampleArray {
  const { bitsAllocated, signed } = layout;
  const out = integerArray(bitsAllocated, signed && bitsAllocated > 1, count);
  const sign = signed && bitsAllocated > 1 ? 2 ** (bitsAllocated - 1) : Number.POSITIVE_INFINITY;
  let at = firstBit;
  for (let i = 0; i < count; i += 1) {
    let value = 0;
    for (let bit = 0; bit < bitsAllocated; ) {
      const offset = at & 7;
      const take = Math.min(8 - offset, bitsAllocated - bit);
      value += (((bytes[at >> 3] ?? 0) >> offset) & ((1 << take) - 1)) * 2 ** bit;
      bit += take;
      at += take;
    }
    out[i] = value >= sign ? value - 2 * sign : value;
  }
  return out;
}
