import { type DataSet, findTransferSyntax, firstNumber, firstText, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { checkSize, type PixelLimits } from '../limits.ts';

/** How the frames of an object lie in its bytes: the image pixel module, checked. PS3.3 C.7.6.3. */
export interface PixelLayout {
  readonly transferSyntaxUid: string;
  /** `native`, `rle`, `jpeg-2000` ...: how this transfer syntax codes a frame. */
  readonly coding: string;
  /** By its transfer syntax something may have been lost. */
  readonly lossy: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Planar configuration 1: all of one colour, then the next. */
  readonly planar: boolean;
  /** Pixel Data, Float Pixel Data or Double Float Pixel Data. PS3.3 C.7.6.24. */
  readonly numbers: 'integer' | 'float' | 'double';
  /** Native words are big endian; `bytesPerWord` 2 where 8-bit samples were written as 16-bit words. PS3.5 A.3, D.3. */
  readonly bigEndian: boolean;
  readonly wordsOfTwo: boolean;
}

/** @throws ArchiveError `cannot-decode` when the object is no image, `limit-exceeded` when it is too large */
export function readLayout(header: DataSet, transferSyntaxUid: string, limits: PixelLimits): PixelLayout {
  const syntax = findTransferSyntax(transferSyntaxUid);
  if (syntax === undefined) {
    throw new ArchiveError('cannot-decode', `transfer syntax ${transferSyntaxUid} is not known`);
  }
  const rows = measure(header, TAG.Rows, 'Rows');
  const columns = measure(header, TAG.Columns, 'Columns');
  const numbers = numbersOf(header);
  const bitsAllocated = numbers === 'integer' ? wholeNumber(header, TAG.BitsAllocated, 16) : numbers === 'float' ? 32 : 64;
  const bitsStored = Math.min(bitsAllocated, wholeNumber(header, TAG.BitsStored, bitsAllocated));
  const samplesPerPixel = wholeNumber(header, TAG.SamplesPerPixel, 1);
  if (bitsAllocated < 1 || bitsAllocated > 64 || bitsStored < 1 || samplesPerPixel < 1 || samplesPerPixel > 4) {
    throw new ArchiveError(
      'cannot-decode',
      `Bits Allocated ${bitsAllocated}, Bits Stored ${bitsStored}, Samples per Pixel ${samplesPerPixel} describe no image`,
    );
  }
  checkSize(rows, columns, samplesPerPixel, bitsAllocated, limits);
  const photometric = firstText(header, TAG.PhotometricInterpretation)?.trim() ?? '';
  return {
    transferSyntaxUid,
    coding: syntax.coding,
    lossy: syntax.lossy,
    rows,
    columns,
    samplesPerPixel,
    photometricInterpretation: photometric === '' ? (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB') : photometric,
    bitsAllocated,
    bitsStored,
    highBit: Math.min(bitsAllocated - 1, Math.max(bitsStored - 1, wholeNumber(header, TAG.HighBit, bitsStored - 1))),
    signed: firstNumber(header, TAG.PixelRepresentation) === 1,
    planar: samplesPerPixel > 1 && firstNumber(header, TAG.PlanarConfiguration) === 1,
    numbers,
    bigEndian: syntax.bigEndianPixels,
    wordsOfTwo: header[TAG.PixelData]?.vr === 'OW',
  };
}

function numbersOf(header: DataSet): PixelLayout['numbers'] {
  if (header[TAG.PixelData] !== undefined) {
    return 'integer';
  }
  if (header[TAG.FloatPixelData] !== undefined) {
    return 'float';
  }
  if (header[TAG.DoubleFloatPixelData] !== undefined) {
    return 'double';
  }
  return 'integer';
}

function measure(header: DataSet, tag: string, name: string): number {
  const value = firstNumber(header, tag);
  if (value === undefined || !Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new ArchiveError('cannot-decode', `the object has no image: ${name} is ${value ?? 'missing'}`);
  }
  return value;
}

function wholeNumber(header: DataSet, tag: string, otherwise: number): number {
  const value = firstNumber(header, tag);
  return value === undefined || !Number.isInteger(value) ? otherwise : value;
}
