import { BitWriter } from '../encode/bit-writer.ts';
import { type HuffmanCode, huffmanCode } from '../encode/huffman-code.ts';
import { ZIGZAG } from './tables.ts';

/** One component's quantised coefficients, blocks of 64 in natural order. */
export interface CodedComponent {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  /** Blocks that hold image. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks a line as they lie. */
  readonly storedAcross: number;
  readonly coefficients: Int16Array;
  /** In natural order, 1 to 255. */
  readonly quantization: Int32Array;
}

export interface CodedImage {
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly CodedComponent[];
  /** Whole marker segments that go before the tables. */
  readonly notes: readonly Uint8Array[];
}

interface Codes {
  readonly dc: HuffmanCode;
  readonly ac: HuffmanCode;
}

/** What a block consists of: symbols of the tables, each with further bits. */
type Sink = (table: 'dc' | 'ac', symbol: number, value: number, size: number) => void;

const BLOCK = 64;
const ZERO_RUN = 0xf0;

/** Writes coefficients by the baseline process, in one scan, with the Huffman codes that are shortest for them. T.81 annex F, B.2. */
export function encodeBaseline(image: CodedImage): Uint8Array {
  const counts = [0, 1].map(() => ({ dc: new Array<number>(12).fill(0), ac: new Array<number>(256).fill(0) }));
  let bits = 0;
  walk(image, (component, table, symbol, _value, size) => {
    const count = counts[tableOf(component)]?.[table];
    if (count !== undefined) {
      count[symbol] = (count[symbol] ?? 0) + 1;
    }
    bits += 16 + size;
  });
  const codes = counts.map(({ dc, ac }): Codes => ({ dc: huffmanCode(dc), ac: huffmanCode(ac) }));
  // Each byte FF is followed by a 0.
  const scan = new BitWriter(Math.ceil(bits / 8) * 2 + 2);
  walk(image, (component, table, symbol, value, size) => {
    const code = codes[tableOf(component)]?.[table];
    scan.put(code?.codes[symbol] ?? 0, code?.lengths[symbol] ?? 0);
    if (size > 0) {
      // Negative ones as their ones' complement. T.81 F.1.2.1.1.
      scan.put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
    }
  });
  return Buffer.concat([head(image, codes), scan.end(), Uint8Array.of(0xff, 0xd9)]);
}

/** Luminance has tables of its own. */
function tableOf(component: number): number {
  return component === 0 ? 0 : 1;
}

type Visit = (component: number, table: 'dc' | 'ac', symbol: number, value: number, size: number) => void;

/** All blocks in the order of the scan. T.81 A.2.2, A.2.3. */
function walk({ rows, columns, components }: CodedImage, visit: Visit): void {
  const before = components.map(() => 0);
  const block = (index: number, row: number, column: number): void => {
    const component = components[index];
    if (component !== undefined) {
      const at = (row * component.storedAcross + column) * BLOCK;
      before[index] = codeBlock(component.coefficients, at, before[index] ?? 0, (...coded) => visit(index, ...coded));
    }
  };
  const [only] = components;
  if (only !== undefined && components.length === 1) {
    for (let row = 0; row < only.blocksDown; row += 1) {
      for (let column = 0; column < only.blocksAcross; column += 1) {
        block(0, row, column);
      }
    }
    return;
  }
  const across = Math.ceil(columns / (8 * Math.max(...components.map(({ h }) => h))));
  const down = Math.ceil(rows / (8 * Math.max(...components.map(({ v }) => v))));
  for (let unit = 0; unit < across * down; unit += 1) {
    const row = Math.floor(unit / across);
    const column = unit - row * across;
    components.forEach(({ h, v }, index) => {
      for (let part = 0; part < h * v; part += 1) {
        block(index, row * v + Math.floor(part / h), column * h + (part % h));
      }
    });
  }
}

/** One block; gives its DC coefficient, which the next is counted from. T.81 F.1.2. */
function codeBlock(coefficients: Int16Array, at: number, before: number, sink: Sink): number {
  const first = coefficients[at] ?? 0;
  const difference = first - before;
  const size = sizeOf(difference);
  sink('dc', size, difference, size);
  let run = 0;
  for (let k = 1; k < BLOCK; k += 1) {
    const value = coefficients[at + (ZIGZAG[k] ?? 0)] ?? 0;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) {
      sink('ac', ZERO_RUN, 0, 0);
    }
    const bits = sizeOf(value);
    sink('ac', (run << 4) | bits, value, bits);
    run = 0;
  }
  if (run > 0) {
    sink('ac', 0, 0, 0);
  }
  return first;
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(value < 0 ? -value : value);
}

function head({ rows, columns, components, notes }: CodedImage, codes: readonly Codes[]): Uint8Array {
  const word = (value: number): readonly number[] => [value >> 8, value & 0xff];
  const segment = (marker: number, body: readonly number[]): Uint8Array =>
    Uint8Array.from([0xff, marker, ...word(body.length + 2), ...body]);
  const quantization = components.map((component, index) => [
    index,
    ...Array.from({ length: BLOCK }, (_, k) => component.quantization[ZIGZAG[k] ?? 0] ?? 1),
  ]);
  const frame = components.flatMap(({ id, h, v }, index) => [id, (h << 4) | v, index]);
  const tables = codes.slice(0, components.length).flatMap(({ dc, ac }, index) => [
    [index, ...dc.counts, ...dc.symbols],
    [0x10 | index, ...ac.counts, ...ac.symbols],
  ]);
  const scan = components.flatMap(({ id }, index) => [id, tableOf(index) * 0x11]);
  return Buffer.concat([
    Uint8Array.of(0xff, 0xd8),
    ...notes,
    segment(0xdb, quantization.flat()),
    segment(0xc0, [8, ...word(rows), ...word(columns), components.length, ...frame]),
    segment(0xc4, tables.flat()),
    segment(0xda, [components.length, ...scan, 0, 63, 0]),
  ]);
}
