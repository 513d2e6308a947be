import { BitReader } from './bit-reader.ts';
import {
  acFirst,
  acRefine,
  type BlockDecoder,
  type BlockState,
  dcFirst,
  dcRefine,
  type ScanState,
  sequentialBlock,
} from './dct-blocks.ts';
import { bad, type JpegHeader, type ScanHeader } from './headers.ts';
import { blockToSamples } from './inverse-dct.ts';
import type { JpegTables } from './tables.ts';

/** A component's coefficients and where they lie. */
export interface ComponentPlan {
  readonly h: number;
  readonly v: number;
  /** Blocks a line and lines of blocks that hold image; T.81 A.2.3. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks a line as stored, filled up to whole MCUs. */
  readonly storedAcross: number;
  readonly coefficients: Int16Array;
  /** The table in force at this component's first scan. */
  quantization: Int32Array | undefined;
}

/** The coefficients of an image coded by the DCT; scans fill them, then `plane` turns them into samples. */
export class DctImage {
  readonly #header: JpegHeader;
  readonly #plans: readonly ComponentPlan[];
  readonly #mcusAcross: number;
  readonly #mcusDown: number;

  constructor(header: JpegHeader) {
    this.#header = header;
    const hMost = Math.max(...header.components.map(({ h }) => h));
    const vMost = Math.max(...header.components.map(({ v }) => v));
    this.#mcusAcross = Math.ceil(header.columns / (8 * hMost));
    this.#mcusDown = Math.ceil(header.rows / (8 * vMost));
    this.#plans = header.components.map(({ h, v }): ComponentPlan => {
      const storedAcross = this.#mcusAcross * h;
      return {
        h,
        v,
        blocksAcross: Math.ceil(Math.ceil((header.columns * h) / hMost) / 8),
        blocksDown: Math.ceil(Math.ceil((header.rows * v) / vMost) / 8),
        storedAcross,
        coefficients: new Int16Array(storedAcross * this.#mcusDown * v * 64),
        quantization: undefined,
      };
    });
  }

  /** Decodes one scan; `complete` is the part of its units that was there. T.81 E.2.3, E.2.4. */
  decodeScan(bytes: Uint8Array, start: number, scan: ScanHeader, tables: JpegTables): { next: number; complete: number } {
    const parts = scan.components.map(({ index, dc, ac }) => {
      const plan = this.#plan(index);
      plan.quantization ??= tables.quantization[this.#header.components[index]?.quantization ?? 0];
      const state: BlockState = { coefficients: plan.coefficients, dc: tables.dc[dc], ac: tables.ac[ac], predicted: 0 };
      return { plan, state };
    });
    const bits = new BitReader(bytes, start);
    const scanState: ScanState = { bits, start: scan.start, end: Math.min(scan.end, 63), low: scan.low, endOfBandRun: 0 };
    const decode = decoderFor(this.#header, scan);
    const alone = parts.length === 1 ? parts[0] : undefined;
    const across = alone === undefined ? this.#mcusAcross : alone.plan.blocksAcross;
    const units = across * (alone === undefined ? this.#mcusDown : alone.plan.blocksDown);
    for (let unit = 0; unit < units; unit += 1) {
      if (tables.restartInterval > 0 && unit > 0 && unit % tables.restartInterval === 0) {
        if (!bits.restart()) {
          return { next: bits.endOfScan(), complete: unit / units };
        }
        scanState.endOfBandRun = 0;
        for (const { state } of parts) {
          state.predicted = 0;
        }
      }
      const row = Math.floor(unit / across);
      const column = unit - row * across;
      if (alone !== undefined) {
        decode(scanState, alone.state, (row * alone.plan.storedAcross + column) * 64);
      } else {
        for (const { plan, state } of parts) {
          decodeUnit(decode, scanState, plan, state, row, column);
        }
      }
      if (bits.exhausted) {
        return { next: bits.endOfScan(), complete: unit / units };
      }
    }
    return { next: bits.endOfScan(), complete: 1 };
  }

  /** The samples of one component, whole blocks of them. */
  plane(index: number): { readonly samples: Uint16Array; readonly line: number } {
    const plan = this.#plan(index);
    if (plan.quantization === undefined) {
      throw bad('a component without its quantization table or scan');
    }
    const line = plan.storedAcross * 8;
    const samples = new Uint16Array(plan.coefficients.length);
    const blocks = plan.coefficients.length / 64;
    for (let block = 0; block < blocks; block += 1) {
      const row = Math.floor(block / plan.storedAcross);
      const target = row * 8 * line + (block - row * plan.storedAcross) * 8;
      blockToSamples(plan.coefficients, block * 64, plan.quantization, this.#header.precision, samples, target, line);
    }
    return { samples, line };
  }

  component(index: number): ComponentPlan {
    return this.#plan(index);
  }

  #plan(index: number): ComponentPlan {
    const plan = this.#plans[index];
    if (plan === undefined) {
      throw bad('a component is missing');
    }
    return plan;
  }
}

function decodeUnit(
  decode: BlockDecoder,
  scan: ScanState,
  plan: ComponentPlan,
  state: BlockState,
  row: number,
  column: number,
): void {
  for (let v = 0; v < plan.v; v += 1) {
    for (let h = 0; h < plan.h; h += 1) {
      const block = (row * plan.v + v) * plan.storedAcross + column * plan.h + h;
      decode(scan, state, block * 64);
    }
  }
}

function decoderFor(header: JpegHeader, scan: ScanHeader): BlockDecoder {
  if (header.process === 'sequential') {
    return sequentialBlock;
  }
  if (scan.start > scan.end || scan.end > 63 || (scan.start > 0 && scan.components.length > 1)) {
    throw bad(`a progressive scan of coefficients ${scan.start} to ${scan.end}`);
  }
  if (scan.start === 0) {
    return scan.high === 0 ? dcFirst : dcRefine;
  }
  return scan.high === 0 ? acFirst : acRefine;
}
