import { DEFAULT_OBJECT_LIMITS, DicomError, type ReadResult, readDataSet, type TransferSyntax } from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import type { PieceReader } from './piece-reader.ts';

/** Most headers have 5 to 10 kB. */
const FIRST_READ_BYTES = 16 * 1024;
const GROWTH = 8;

/** The attributes before Pixel Data, or all where there is none, and their bytes. */
export interface Head extends ReadResult {
  readonly bytes: Uint8Array;
}

/**
 * Reads until Pixel Data, which is left in the reader from the first byte of its value on.
 * @throws RouterError `not-derivable` for what cannot be read, or is larger before its Pixel Data than is held in memory
 */
export async function readHead(reader: PieceReader, transferSyntax: TransferSyntax): Promise<Head> {
  const most = DEFAULT_OBJECT_LIMITS.maxHeaderBytes;
  for (let length = FIRST_READ_BYTES; ; length = Math.min(length * GROWTH, most)) {
    const bytes = await reader.peek(length);
    try {
      const read = readDataSet(bytes, { transferSyntax, stopAtPixelData: true, partial: !reader.ended });
      reader.skip(read.end);
      return { ...read, bytes: bytes.subarray(0, read.end) };
    } catch (error) {
      if (!(error instanceof DicomError)) {
        throw error;
      }
      if (reader.ended || error.code !== 'truncated') {
        throw new RouterError('not-derivable', `the object cannot be read to change it: ${error.message}`, { cause: error });
      }
      if (length === most) {
        throw new RouterError('not-derivable', `the attributes before Pixel Data take more than ${most} bytes`);
      }
    }
  }
}
