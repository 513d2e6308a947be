import { BitWriter } from './bit-writer.ts';
import { type HuffmanCode, huffmanCode } from './huffman-code.ts';

export interface JpegLosslessImage {
  readonly rows: number;
  readonly columns: number;
  /** Interleaved. */
  readonly data: Uint8Array | Uint16Array;
  readonly samplesPerPixel: number;
  /** 2 to 16. */
  readonly precision: number;
  /** Components are named so: readers tell colour spaces by them. */
  readonly rgb: boolean;
}

/** Sizes of a difference: 0 to 16. T.81 table H.2. */
const SIZES = 17;

/**
 * Encodes by the lossless process with first-order prediction (selection value 1), one scan, with the Huffman code that is shortest for
 * the image. T.81 annex H, PS3.5 A.4.1.
 */
export function encodeJpegLossless(image: JpegLosslessImage): Uint8Array {
  const differences = predict(image);
  const frequencies = new Array<number>(SIZES).fill(0);
  for (let i = 0; i < differences.length; i += 1) {
    const size = sizeOf(differences[i] ?? 0);
    frequencies[size] = (frequencies[size] ?? 0) + 1;
  }
  const code = huffmanCode(frequencies);
  const head = headOf(image, code);
  // 32 bits at worst for a difference, and each byte FF is followed by a 0.
  const bits = frequencies.reduce((sum, count, size) => sum + count * ((code.lengths[size] ?? 0) + (size & 15)), 0);
  const scan = new BitWriter(Math.ceil(bits / 8) * 2 + 2);
  for (let i = 0; i < differences.length; i += 1) {
    const difference = differences[i] ?? 0;
    const size = sizeOf(difference);
    scan.put(code.codes[size] ?? 0, code.lengths[size] ?? 0);
    if (size > 0 && size < 16) {
      // Negative ones as their ones' complement. T.81 F.1.2.1.1.
      scan.put((difference < 0 ? difference - 1 : difference) & ((1 << size) - 1), size);
    }
  }
  return Buffer.concat([head, scan.end(), Uint8Array.of(0xff, 0xd9)]);
}

/** 0 for 0; 32,768 is the one of size 16, which has no further bits. T.81 H.1.2.2. */
function sizeOf(difference: number): number {
  return 32 - Math.clz32(difference < 0 ? -difference : difference);
}

/** Differences modulo 2^16, from the left, in the first column from above, and for the first sample from half the range. T.81 H.1.2.1. */
function predict({ rows, columns, data, samplesPerPixel: step, precision }: JpegLosslessImage): Int32Array {
  const line = columns * step;
  const out = new Int32Array(rows * line);
  for (let row = 0; row < rows; row += 1) {
    const start = row * line;
    for (let i = 0; i < line; i += 1) {
      const at = start + i;
      const left = i >= step ? (data[at - step] ?? 0) : row > 0 ? (data[at - line] ?? 0) : 1 << (precision - 1);
      const difference = ((data[at] ?? 0) - left) & 0xffff;
      out[at] = difference > 32_768 ? difference - 65_536 : difference;
    }
  }
  return out;
}

function headOf({ rows, columns, samplesPerPixel, precision, rgb }: JpegLosslessImage, code: HuffmanCode): Uint8Array {
  const ids = samplesPerPixel === 3 && rgb ? [0x52, 0x47, 0x42] : Array.from({ length: samplesPerPixel }, (_, i) => i + 1);
  const word = (value: number) => [value >> 8, value & 0xff];
  const segment = (marker: number, body: readonly number[]) => [0xff, marker, ...word(body.length + 2), ...body];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xc3, [precision, ...word(rows), ...word(columns), ids.length, ...ids.flatMap((id) => [id, 0x11, 0])]),
    ...segment(0xc4, [0, ...code.counts, ...code.symbols]),
    ...segment(0xda, [ids.length, ...ids.flatMap((id) => [id, 0]), 1, 0, 0]),
  ]);
}
