import { firstNumber, firstText } from '../dataset/accessors.ts';
import type { DataSet } from '../dataset/model.ts';
import { DicomError } from '../errors.ts';
import type { PixelArea } from './profile.ts';

/** How native samples lie in Pixel Data. PS3.3 C.7.6.3, PS3.5 8.1. */
interface SampleLayout {
  readonly rows: number;
  readonly columns: number;
  readonly sampleBytes: number;
  readonly samples: number;
  /** All samples of one colour before those of the next. */
  readonly planar: boolean;
  /** A whole pixel that is black, little endian. */
  readonly black: Uint8Array;
  /** For two pixels: Y Y Cb Cr. PS3.3 C.7.6.3.1.2. */
  readonly halfChroma: boolean;
  /** Bits that samples use. */
  readonly usedBits: number;
}

/** Bytes of a frame that are overwritten. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Written over and over. */
  readonly pattern: Uint8Array;
}

function little(value: number, bytes: number): Uint8Array {
  const result = new Uint8Array(bytes);
  let left = value;
  for (let at = 0; at < bytes; at += 1) {
    result[at] = left % 256;
    left = Math.floor(left / 256);
  }
  return result;
}

/** The sample that is shown darkest: of MONOCHROME1 the highest, else the lowest there is. PS3.3 C.7.6.3.1.2. */
function blackSample(dataSet: DataSet, sampleBytes: number, photometric: string): Uint8Array {
  const stored = firstNumber(dataSet, '00280101') ?? sampleBytes * 8;
  const signed = firstNumber(dataSet, '00280103') === 1;
  const half = 2 ** (Math.min(stored, 32) - 1);
  if (photometric === 'MONOCHROME1') {
    return little(signed ? half - 1 : 2 * half - 1, sampleBytes);
  }
  return little(signed && photometric === 'MONOCHROME2' ? 2 ** (sampleBytes * 8) - half : 0, sampleBytes);
}

function layoutOf(dataSet: DataSet): SampleLayout {
  const rows = firstNumber(dataSet, '00280010') ?? 0;
  const columns = firstNumber(dataSet, '00280011') ?? 0;
  const bits = firstNumber(dataSet, '00280100') ?? 0;
  const samples = firstNumber(dataSet, '00280002') ?? 1;
  const photometric = (firstText(dataSet, '00280004') ?? 'MONOCHROME2').toUpperCase();
  const isKnown = [8, 16, 32, 64].includes(bits) && (samples === 1 || samples === 3) && rows > 0 && columns > 0;
  if (!isKnown || photometric === 'YBR_PARTIAL_420' || (photometric.endsWith('_422') && bits !== 8)) {
    throw new DicomError(
      'not-deidentifiable',
      `areas cannot be blackened in images of ${columns} x ${rows} pixels with ${samples} samples of ${bits} bits, ${photometric}`,
    );
  }
  const sampleBytes = bits / 8;
  const sample = blackSample(dataSet, sampleBytes, photometric);
  const grey = photometric.startsWith('YBR') ? little(2 ** (bits - 1), sampleBytes) : sample;
  return {
    rows,
    columns,
    sampleBytes,
    samples,
    planar: samples === 3 && firstNumber(dataSet, '00280006') === 1,
    black: samples === 1 ? sample : Uint8Array.from([...sample, ...grey, ...grey]),
    halfChroma: samples === 3 && photometric.endsWith('_422'),
    usedBits: (firstNumber(dataSet, '00280102') ?? bits - 1) + 1,
  };
}

/** Rows of an area within the image. */
function runsOf([x, y, width, height]: PixelArea, layout: SampleLayout): readonly Run[] {
  const { rows, columns, sampleBytes, samples, planar, black, halfChroma } = layout;
  const [left, right] = [Math.max(0, x), Math.min(columns, x + width)];
  const [top, bottom] = [Math.max(0, y), Math.min(rows, y + height)];
  const runs: Run[] = [];
  for (let row = top; row < bottom && left < right; row += 1) {
    if (halfChroma) {
      // Two pixels share their colour: both go.
      const [from, to] = [left - (left % 2), Math.min(columns, right + (right % 2))];
      const pattern = Uint8Array.from([black[0] ?? 0, black[0] ?? 0, black[1] ?? 0, black[2] ?? 0]);
      runs.push({ start: (row * columns + from) * 2, end: (row * columns + to) * 2, pattern });
    } else if (planar) {
      for (let plane = 0; plane < samples; plane += 1) {
        const base = plane * rows * columns + row * columns;
        const pattern = black.subarray(plane * sampleBytes, (plane + 1) * sampleBytes);
        runs.push({ start: (base + left) * sampleBytes, end: (base + right) * sampleBytes, pattern });
      }
    } else {
      const pixelBytes = sampleBytes * samples;
      runs.push({ start: (row * columns + left) * pixelBytes, end: (row * columns + right) * pixelBytes, pattern: black });
    }
  }
  return runs;
}

/** Overwrites areas of native Pixel Data that comes in pieces, little endian, every frame alike. */
export class Blackening {
  readonly #runs: readonly Run[];
  readonly #frameBytes: number;
  readonly #sampleBytes: number;
  /** Bits of a sample that stay, of each of its bytes; undefined where all do. */
  readonly #mask: Uint8Array | undefined;

  /**
   * @param dataSet what says how the samples lie
   * @param clearsUnusedBits sets the bits to zero that no sample uses, for an overlay may lie in them
   * @throws DicomError `not-deidentifiable` for samples of another kind
   */
  constructor(dataSet: DataSet, areas: readonly PixelArea[], clearsUnusedBits: boolean) {
    const layout = layoutOf(dataSet);
    const { rows, columns, samples, sampleBytes, halfChroma, usedBits } = layout;
    this.#runs = areas.flatMap((area) => runsOf(area, layout)).sort((a, b) => a.start - b.start);
    this.#frameBytes = rows * columns * (halfChroma ? 2 : samples * sampleBytes);
    this.#sampleBytes = sampleBytes;
    const signed = firstNumber(dataSet, '00280103') === 1;
    this.#mask = clearsUnusedBits && !signed && usedBits <= 32 ? little(2 ** usedBits - 1, sampleBytes) : undefined;
    if (clearsUnusedBits && this.#mask === undefined) {
      throw new DicomError('not-deidentifiable', 'an overlay lies in unused bits of signed samples: it cannot be taken out');
    }
  }

  /**
   * @param piece some bytes of Pixel Data; not changed
   * @param offset where they lie in its value
   * @returns the bytes to go out in their place
   */
  apply(piece: Uint8Array, offset: number): Uint8Array {
    const end = offset + piece.byteLength;
    let changed: Uint8Array | undefined;
    if (this.#mask !== undefined) {
      changed = this.#masked(new Uint8Array(piece), offset, this.#mask);
    }
    for (let frame = Math.floor(offset / this.#frameBytes); frame * this.#frameBytes < end; frame += 1) {
      const base = frame * this.#frameBytes;
      for (const run of this.#runs) {
        const from = Math.max(offset, base + run.start);
        const to = Math.min(end, base + run.end);
        if (from < to) {
          // NOTE: no `slice`: that of a Buffer is the same memory.
          changed ??= new Uint8Array(piece);
          fill(changed, from - offset, to - offset, run.pattern, from - base - run.start);
        }
      }
    }
    return changed ?? piece;
  }

  #masked(bytes: Uint8Array, offset: number, mask: Uint8Array): Uint8Array {
    for (let at = 0; at < bytes.byteLength; at += 1) {
      bytes[at] = (bytes[at] ?? 0) & (mask[(offset + at) % this.#sampleBytes] ?? 0);
    }
    return bytes;
  }
}

function fill(bytes: Uint8Array, from: number, to: number, pattern: Uint8Array, phase: number): void {
  for (let at = from; at < to; at += 1) {
    bytes[at] = pattern[(phase + at - from) % pattern.byteLength] ?? 0;
  }
}
