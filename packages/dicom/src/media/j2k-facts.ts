import { DicomError } from '../errors.ts';

/** What the main header of a JPEG 2000 or High-Throughput JPEG 2000 codestream says. ISO 15444-1 A.5, 15444-15 A.5. */
export interface J2kFacts {
  /** Where the codestream begins: behind the boxes of a JP2 file, which DICOM does not have. PS3.5 A.4.4. */
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits of a sample, of the first component. */
  readonly precision: number;
  readonly isSigned: boolean;
  /** The 5-3 wavelet, by which nothing has to be lost. */
  readonly isReversible: boolean;
  readonly isHighThroughput: boolean;
  /** Colours went through a transform. */
  readonly hasColourTransform: boolean;
}

const SOC = 0xff4f;
const SIZ = 0xff51;
const CAP = 0xff50;
const COD = 0xff52;
const SOT = 0xff90;
const JP2_SIGNATURE = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;
/** Bit 14 of Rsiz: CAP follows. */
const EXTENDED = 0x4000;

/**
 * Reads a codestream's main header, also out of a JP2 file.
 * @param bytes its beginning, at least to the first tile
 * @throws DicomError `invalid-value` for what is none, `truncated` when the header goes on behind `bytes`
 */
export function readJ2kFacts(bytes: Uint8Array): J2kFacts {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = codestreamStart(data);
  const size = sizeOf(data, start);
  let isHighThroughput = (data.getUint16(start + 6) & EXTENDED) !== 0;
  for (let at = start + 2; ; ) {
    if (at + 4 > data.byteLength) {
      throw new DicomError('truncated', `the header of the JPEG 2000 image goes on behind byte ${data.byteLength}`);
    }
    const marker = data.getUint16(at);
    const end = at + 2 + data.getUint16(at + 2);
    if (marker === SOT || end <= at + 3) {
      throw new DicomError('invalid-value', 'a JPEG 2000 image without a coding style before its first tile');
    }
    isHighThroughput ||= marker === CAP;
    if (marker === COD && at + 14 <= data.byteLength) {
      return {
        ...size,
        start,
        hasColourTransform: data.getUint8(at + 8) !== 0,
        isReversible: data.getUint8(at + 13) === 1,
        isHighThroughput,
      };
    }
    at = end;
  }
}

function sizeOf(data: DataView, start: number): Pick<J2kFacts, 'rows' | 'columns' | 'components' | 'precision' | 'isSigned'> {
  if (start + 43 > data.byteLength || data.getUint16(start + 2) !== SIZ) {
    throw new DicomError('invalid-value', 'not a JPEG 2000 image');
  }
  const depth = data.getUint8(start + 42);
  return {
    columns: data.getUint32(start + 8) - data.getUint32(start + 16),
    rows: data.getUint32(start + 12) - data.getUint32(start + 20),
    components: data.getUint16(start + 40),
    precision: (depth & 0x7f) + 1,
    isSigned: depth > 0x7f,
  };
}

function codestreamStart(data: DataView): number {
  if (data.byteLength >= 12 && data.getUint32(4) === JP2_SIGNATURE) {
    for (let at = 0; at + 8 <= data.byteLength; ) {
      const length = data.getUint32(at);
      if (data.getUint32(at + 4) === CODESTREAM_BOX) {
        return at + (length === 1 ? 16 : 8);
      }
      if (length < 8) {
        break;
      }
      at += length;
    }
    throw new DicomError('invalid-value', 'a JP2 file without a codestream near its beginning');
  }
  if (data.byteLength < 2 || data.getUint16(0) !== SOC) {
    throw new DicomError('invalid-value', 'not a JPEG 2000 image');
  }
  return 0;
}
