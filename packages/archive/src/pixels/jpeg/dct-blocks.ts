import type { BitReader } from './bit-reader.ts';
import { bad } from './headers.ts';
import type { HuffmanTable } from './huffman-table.ts';
import { ZIGZAG } from './tables.ts';

/** What a scan needs to decode one block of one component. */
export interface BlockState {
  readonly coefficients: Int16Array;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  /** The DC value of the block before. */
  predicted: number;
}

/** The parameters of a scan, and its run of blocks without coefficients. T.81 G.1.2.2. */
export interface ScanState {
  readonly bits: BitReader;
  readonly start: number;
  readonly end: number;
  readonly low: number;
  endOfBandRun: number;
}

export type BlockDecoder = (scan: ScanState, state: BlockState, at: number) => void;

function need(table: HuffmanTable | undefined): HuffmanTable {
  if (table === undefined) {
    throw bad('a scan without its Huffman table');
  }
  return table;
}

/** T.81 F.2.2. */
export const sequentialBlock: BlockDecoder = ({ bits }, state, at) => {
  const ac = need(state.ac);
  state.predicted += bits.signed(need(state.dc).read(bits) & 15);
  state.coefficients[at] = state.predicted;
  for (let k = 1; k < 64; k += 1) {
    const code = ac.read(bits);
    const size = code & 15;
    if (size === 0) {
      if (code < 0xf0) {
        return;
      }
      k += 15;
      continue;
    }
    k += code >> 4;
    const value = bits.signed(size);
    if (k < 64) {
      state.coefficients[at + (ZIGZAG[k] ?? 0)] = value;
    }
  }
};

/** T.81 G.1.2.1, first scan of the DC coefficient. */
export const dcFirst: BlockDecoder = ({ bits, low }, state, at) => {
  state.predicted += bits.signed(need(state.dc).read(bits) & 15);
  state.coefficients[at] = state.predicted * (1 << low);
};

/** T.81 G.1.2.1.1, one more bit of it. */
export const dcRefine: BlockDecoder = ({ bits, low }, state, at) => {
  state.coefficients[at] = (state.coefficients[at] ?? 0) | (bits.take(1) << low);
};

/** T.81 G.1.2.2, first scan of a band. */
export const acFirst: BlockDecoder = (scan, state, at) => {
  if (scan.endOfBandRun > 0) {
    scan.endOfBandRun -= 1;
    return;
  }
  const { bits } = scan;
  const ac = need(state.ac);
  for (let k = scan.start; k <= scan.end; k += 1) {
    const code = ac.read(bits);
    const run = code >> 4;
    const size = code & 15;
    if (size === 0) {
      if (run < 15) {
        scan.endOfBandRun = (1 << run) - 1 + bits.take(run);
        return;
      }
      k += 15;
      continue;
    }
    k += run;
    const value = bits.signed(size) * (1 << scan.low);
    if (k < 64) {
      state.coefficients[at + (ZIGZAG[k] ?? 0)] = value;
    }
  }
};

/** T.81 G.1.2.3, one more bit of a band. */
export const acRefine: BlockDecoder = (scan, state, at) => {
  const { bits, low } = scan;
  const ac = need(state.ac);
  let k = scan.start;
  while (scan.endOfBandRun === 0 && k <= scan.end) {
    const code = ac.read(bits);
    const run = code >> 4;
    let value = 0;
    if ((code & 15) === 0 && run < 15) {
      scan.endOfBandRun = (1 << run) + bits.take(run);
      break;
    }
    if ((code & 15) !== 0) {
      value = bits.take(1) === 1 ? 1 << low : -(1 << low);
    }
    k = refineRun(scan, state.coefficients, at, k, run);
    if (value !== 0 && k <= scan.end) {
      state.coefficients[at + (ZIGZAG[k] ?? 0)] = value;
    }
    k += 1;
  }
  if (scan.endOfBandRun > 0) {
    refineRun(scan, state.coefficients, at, k, 64);
    scan.endOfBandRun -= 1;
  }
};

/** Refines known coefficients from `k` on, over `zeros` still unknown ones; returns where it stopped. T.81 figure G.7. */
function refineRun(scan: ScanState, coefficients: Int16Array, at: number, from: number, zeros: number): number {
  const bit = 1 << scan.low;
  let left = zeros;
  let k = from;
  for (; k <= scan.end; k += 1) {
    const index = at + (ZIGZAG[k] ?? 0);
    const known = coefficients[index] ?? 0;
    if (known === 0) {
      if (left === 0) {
        return k;
      }
      left -= 1;
    } else if (scan.bits.take(1) === 1 && (Math.abs(known) & bit) === 0) {
      coefficients[index] = known + (known > 0 ? bit : -bit);
    }
  }
  return k;
}
