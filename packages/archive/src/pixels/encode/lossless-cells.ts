import { ArchiveError } from '../../core/errors.ts';
import type { PixelLayout } from '../image/layout.ts';
import type { SampleArray, Samples } from '../image/samples.ts';

/** Whole numbers of 8 or 16 bits, as the image codecs take them. */
export interface Cells {
  readonly data: Uint8Array | Int8Array | Uint16Array | Int16Array;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly signed: boolean;
  /** Bits that no cell goes beyond: Bits Stored, or where something lies above those, all. More than 8 where a cell has 16. */
  readonly precision: number;
  /** Bits of a cell. */
  readonly bits: 8 | 16;
}

/**
 * A frame as the codecs of images take it. What lies above Bits Stored (overlays of old, rests) is kept: then the whole cell is coded.
 * @throws ArchiveError `not-acceptable` for cells they cannot hold
 */
export function cellsOf(samples: Samples, layout: PixelLayout): Cells {
  const { data, rows, columns, samplesPerPixel, signed } = samples;
  if (layout.bitsAllocated === 1 || !isSmall(data) || samplesPerPixel === 2 || samplesPerPixel > 3) {
    throw new ArchiveError(
      'not-acceptable',
      `${samplesPerPixel} samples of ${layout.bitsAllocated} bits a pixel cannot be compressed in this transfer syntax.`,
    );
  }
  const bits = data.BYTES_PER_ELEMENT === 1 ? 8 : 16;
  const stored = Math.min(layout.bitsStored, bits);
  const fits = layout.highBit === layout.bitsStored - 1 && isWithin(data, stored, signed);
  // Decoders give bytes for 8 bits and less, and some refuse them where 16 are allocated.
  const precision = Math.max(stored, bits === 16 ? 9 : 1);
  return { data, rows, columns, samplesPerPixel, signed, bits, precision: fits ? precision : bits };
}

function isSmall(data: SampleArray): data is Cells['data'] {
  return data instanceof Uint8Array || data instanceof Int8Array || data instanceof Uint16Array || data instanceof Int16Array;
}

function isWithin(data: Cells['data'], bits: number, signed: boolean): boolean {
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const most = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  for (let i = 0; i < data.length; i += 1) {
    const value = data[i] ?? 0;
    if (value < least || value > most) {
      return false;
    }
  }
  return true;
}

/**
 * Cells for a codec that knows no sign: two's complement as it lies there, in all its bits, so that a reader that extends no sign
 * reads the same numbers.
 */
export function unsignedCells(cells: Cells): { readonly data: Uint8Array | Uint16Array; readonly precision: number } {
  const { data } = cells;
  // Neither JPEG-LS nor the lossless JPEG process has a depth of one bit. T.87 C.2.2, T.81 B.2.2.
  const precision = cells.signed ? cells.bits : Math.max(2, cells.precision);
  if (data instanceof Uint8Array || data instanceof Uint16Array) {
    return { data, precision };
  }
  return data instanceof Int8Array
    ? { data: new Uint8Array(data.buffer, data.byteOffset, data.length), precision }
    : { data: new Uint16Array(data.buffer, data.byteOffset, data.length), precision };
}
