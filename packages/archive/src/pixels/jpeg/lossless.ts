import { BitReader } from './bit-reader.ts';
import { bad, type JpegHeader, type ScanHeader } from './headers.ts';
import type { HuffmanTable } from './huffman-table.ts';
import type { JpegTables } from './tables.ts';

interface Plane {
  readonly table: HuffmanTable;
  readonly samples: Uint16Array;
  /** First sample of this component among the interleaved ones. */
  readonly offset: number;
}

/**
 * Decodes one scan of the lossless process into `out`, samples interleaved. T.81 H.1.2, H.2.
 * @returns where the next marker begins, and how many samples of each component were there
 */
export function decodeLosslessScan(
  bytes: Uint8Array,
  start: number,
  header: JpegHeader,
  scan: ScanHeader,
  tables: JpegTables,
  out: Uint16Array,
): { readonly next: number; readonly decoded: number } {
  if (scan.start < 1 || scan.start > 7 || scan.low > 15) {
    throw bad(`lossless predictor ${scan.start} with point transform ${scan.low}`);
  }
  const planes = scan.components.map(({ index, dc }): Plane => {
    const table = tables.dc[dc];
    if (table === undefined) {
      throw bad('a scan without its Huffman table');
    }
    return { table, samples: out, offset: index };
  });
  const bits = new BitReader(bytes, start);
  const interval = tables.restartInterval;
  const { rows, columns } = header;
  const stride = header.components.length;
  const initial = 1 << Math.max(0, header.precision - scan.low - 1);
  let firstRow = 0;
  let left = interval;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (interval > 0 && left === 0) {
        if (!bits.restart()) {
          return finish(bits, planes, stride, scan.low, row * columns + column);
        }
        left = interval;
        firstRow = row;
      }
      left -= 1;
      for (const plane of planes) {
        const at = (row * columns + column) * stride + plane.offset;
        const predicted =
          row === firstRow && (column === 0 || left === interval - 1)
            ? initial
            : predict(plane, at, row > firstRow, column, columns * stride, stride, scan.start);
        plane.samples[at] = predicted + difference(bits, plane.table);
      }
    }
    if (bits.exhausted) {
      return finish(bits, planes, stride, scan.low, row * columns);
    }
  }
  return finish(bits, planes, stride, scan.low, rows * columns);
}

function difference(bits: BitReader, table: HuffmanTable): number {
  const size = table.read(bits);
  return size === 16 ? 32768 : bits.signed(size & 15);
}

/** T.81 table H.1; the first line is predicted from the left, the first column from above. */
function predict(
  plane: Plane,
  at: number,
  above: boolean,
  column: number,
  line: number,
  step: number,
  predictor: number,
): number {
  const { samples } = plane;
  if (!above) {
    return samples[at - step] ?? 0;
  }
  const b = samples[at - line] ?? 0;
  if (column === 0) {
    return b;
  }
  const a = samples[at - step] ?? 0;
  const c = samples[at - line - step] ?? 0;
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

function finish(
  bits: BitReader,
  planes: readonly Plane[],
  stride: number,
  pointTransform: number,
  decoded: number,
): { next: number; decoded: number } {
  if (pointTransform > 0) {
    for (const { samples, offset } of planes) {
      for (let i = offset; i < samples.length; i += stride) {
        samples[i] = (samples[i] ?? 0) << pointTransform;
      }
    }
  }
  return { next: bits.endOfScan(), decoded };
}
