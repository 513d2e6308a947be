import { bad } from './headers.ts';
import { HuffmanTable } from './huffman-table.ts';

/** Zig-zag order to row order. T.81 figure 5. */
export const ZIGZAG: Uint8Array = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62,
    63,
  ],
);

/** The tables in force; a later segment replaces an earlier one. T.81 B.2.4. */
export interface JpegTables {
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  /** In row order. */
  readonly quantization: (Int32Array | undefined)[];
  restartInterval: number;
}

export function newTables(): JpegTables {
  return { dc: [], ac: [], quantization: [], restartInterval: 0 };
}

/** Takes in a DHT, DQT or DRI segment; others are ignored. */
export function readTables(tables: JpegTables, marker: number, body: Uint8Array): void {
  if (marker === 0xc4) {
    readHuffman(tables, body);
  } else if (marker === 0xdb) {
    readQuantization(tables, body);
  } else if (marker === 0xdd) {
    tables.restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  } else if (marker === 0xcc) {
    throw bad('arithmetic coding is retired and cannot be decoded');
  }
}

function readHuffman(tables: JpegTables, body: Uint8Array): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const target = body[at] ?? 0;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + total > body.length) {
      throw bad('a Huffman table goes beyond its segment');
    }
    const table = new HuffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    (target >> 4 === 0 ? tables.dc : tables.ac)[target & 3] = table;
    at += 17 + total;
  }
}

function readQuantization(tables: JpegTables, body: Uint8Array): void {
  for (let at = 0; at < body.length; ) {
    const target = body[at] ?? 0;
    const width = target >> 4 === 0 ? 1 : 2;
    if (at + 1 + 64 * width > body.length) {
      throw bad('a quantization table goes beyond its segment');
    }
    const table = new Int32Array(64);
    for (let k = 0; k < 64; k += 1) {
      const from = at + 1 + k * width;
      table[ZIGZAG[k] ?? 0] = width === 1 ? (body[from] ?? 0) : ((body[from] ?? 0) << 8) | (body[from + 1] ?? 0);
    }
    tables.quantization[target & 3] = table;
    at += 1 + 64 * width;
  }
}
