import { BitWriter } from './bit-writer.ts';
import { type HuffmanCode, huffmanCode } from './huffman-code.ts';

export interface JpegGrayImage {
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint16Array;
}

/** Of the samples: all that the extended process holds. T.81 table B.2. */
const PRECISION = 12;
const SIZE = 8;
const CELLS = 64;

/** For luminance, from the least frequency on. T.81 table K.1. */
const STEPS: readonly number[] = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112,
  100, 103, 99,
];

/** A fourth of them: they are in steps of 12 bits, so this is finer by far than what is usual for 8. */
const QUANTA = STEPS.map((step) => Math.max(1, Math.round(step / 4)));

/** Where the n-th of a zigzag lies. T.81 figure 5. */
const ZIGZAG = zigzag();

/** The end of a block, and sixteen zeros. T.81 F.1.2.2. */
const END_OF_BLOCK = 0x00;
const ZEROS = 0xf0;

/**
 * Encodes gray of up to 12 bits by the extended sequential process, with the Huffman codes that are shortest for the image. NOTE: own
 * code, since no kept encoder of 12 bits runs here. T.81 annex F, PS3.5 8.2.1.
 */
export function encodeJpegExtended(image: JpegGrayImage): Uint8Array {
  const blocks = transform(image);
  const counts = { dc: new Array<number>(17).fill(0), ac: new Array<number>(256).fill(0) };
  let bits = 0;
  eachSymbol(blocks, (kind, symbol, _value, size) => {
    counts[kind][symbol] = (counts[kind][symbol] ?? 0) + 1;
    bits += size;
  });
  const codes = { dc: huffmanCode(counts.dc), ac: huffmanCode(counts.ac) };
  for (const kind of ['dc', 'ac'] as const) {
    bits += counts[kind].reduce((sum, count, symbol) => sum + count * (codes[kind].lengths[symbol] ?? 0), 0);
  }
  // Each byte FF is followed by a 0.
  const scan = new BitWriter(Math.ceil(bits / 8) * 2 + 2);
  eachSymbol(blocks, (kind, symbol, value, size) => {
    scan.put(codes[kind].codes[symbol] ?? 0, codes[kind].lengths[symbol] ?? 0);
    if (size > 0) {
      // Negative ones as their ones' complement. T.81 F.1.2.1.1.
      scan.put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
    }
  });
  return Buffer.concat([headOf(image, codes.dc, codes.ac), scan.end(), Uint8Array.of(0xff, 0xd9)]);
}

/** Quantized frequencies of all blocks in the order of a zigzag. T.81 A.3.3, A.3.4. */
function transform({ rows, columns, data }: JpegGrayImage): Int16Array {
  const across = Math.ceil(columns / SIZE);
  const down = Math.ceil(rows / SIZE);
  const out = new Int16Array(across * down * CELLS);
  const cells = new Float64Array(CELLS);
  const frequencies = new Float64Array(CELLS);
  for (let block = 0; block < across * down; block += 1) {
    const top = Math.floor(block / across) * SIZE;
    const left = (block % across) * SIZE;
    for (let i = 0; i < CELLS; i += 1) {
      const row = Math.min(rows - 1, top + (i >> 3));
      const column = Math.min(columns - 1, left + (i & 7));
      cells[i] = (data[row * columns + column] ?? 0) - 2 ** (PRECISION - 1);
    }
    cosines(cells, frequencies);
    for (let n = 0; n < CELLS; n += 1) {
      const at = ZIGZAG[n] ?? 0;
      out[block * CELLS + n] = Math.round((frequencies[at] ?? 0) / (QUANTA[at] ?? 1));
    }
  }
  return out;
}

/** By frequency and place. T.81 A.3.3. */
const COSINES = Float64Array.from(
  { length: CELLS },
  (_, i) => 0.5 * (i < SIZE ? Math.SQRT1_2 : 1) * Math.cos(((2 * (i & 7) + 1) * (i >> 3) * Math.PI) / 16),
);

/** Rows, then columns. */
function cosines(cells: Float64Array, out: Float64Array): void {
  const half = new Float64Array(CELLS);
  for (let row = 0; row < SIZE; row += 1) {
    for (let u = 0; u < SIZE; u += 1) {
      let sum = 0;
      for (let x = 0; x < SIZE; x += 1) {
        sum += (cells[row * SIZE + x] ?? 0) * (COSINES[u * SIZE + x] ?? 0);
      }
      half[row * SIZE + u] = sum;
    }
  }
  for (let u = 0; u < SIZE; u += 1) {
    for (let v = 0; v < SIZE; v += 1) {
      let sum = 0;
      for (let y = 0; y < SIZE; y += 1) {
        sum += (half[y * SIZE + u] ?? 0) * (COSINES[v * SIZE + y] ?? 0);
      }
      out[v * SIZE + u] = sum;
    }
  }
}

/** @param value what follows the symbol, in `size` bits */
type Put = (kind: 'dc' | 'ac', symbol: number, value: number, size: number) => void;

/** T.81 F.1.2.1, F.1.2.2. */
function eachSymbol(blocks: Int16Array, put: Put): void {
  let before = 0;
  for (let start = 0; start < blocks.length; start += CELLS) {
    const mean = blocks[start] ?? 0;
    const difference = mean - before;
    before = mean;
    put('dc', sizeOf(difference), difference, sizeOf(difference));
    let zeros = 0;
    for (let n = 1; n < CELLS; n += 1) {
      const value = blocks[start + n] ?? 0;
      if (value === 0) {
        zeros += 1;
        continue;
      }
      for (; zeros > 15; zeros -= 16) {
        put('ac', ZEROS, 0, 0);
      }
      const size = sizeOf(value);
      put('ac', (zeros << 4) | size, value, size);
      zeros = 0;
    }
    if (zeros > 0) {
      put('ac', END_OF_BLOCK, 0, 0);
    }
  }
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function headOf({ rows, columns }: JpegGrayImage, dc: HuffmanCode, ac: HuffmanCode): Uint8Array {
  const word = (value: number) => [value >> 8, value & 0xff];
  const segment = (marker: number, body: readonly number[]) => [0xff, marker, ...word(body.length + 2), ...body];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...ZIGZAG.map((at) => QUANTA[at] ?? 1)]),
    ...segment(0xc1, [PRECISION, ...word(rows), ...word(columns), 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x00, ...dc.counts, ...dc.symbols, 0x10, ...ac.counts, ...ac.symbols]),
    ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
  ]);
}

function zigzag(): readonly number[] {
  const cells = Array.from({ length: CELLS }, (_, at) => ({ at, row: at >> 3, column: at & 7 }));
  const isUpwards = (row: number, column: number): boolean => (row + column) % 2 === 0;
  return cells
    .toSorted((a, b) => {
      const diagonal = a.row + a.column - b.row - b.column;
      return diagonal !== 0 ? diagonal : isUpwards(a.row, a.column) ? b.row - a.row : a.row - b.row;
    })
    .map(({ at }) => at);
}
