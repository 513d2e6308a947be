import { DicomError, fileMetaLength, lentPieces, type ReceivedObject, readFileMeta } from '@filmless/dicom';
import { DiskError, type Reception } from '@filmless/disk';
import { ArchiveError } from './errors.ts';

/** Takes a body in. @throws ArchiveError `limit-exceeded`, `store-full`, `store-away`; and what the body throws */
export async function receive(
  reception: Reception,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<ReceivedObject> {
  const pieces = lentPieces(body);
  try {
    const where = { dataSetOffset, firstLook: fileMetaLength };
    const { object } = await reception.receive(pieces, { ...where, ...(signal === undefined ? {} : { signal }) });
    return object;
  } catch (error) {
    // A reception that has no room looks at no piece, and a body nobody reads is one whose sender hears no answer.
    await pieces.return?.().catch(() => undefined);
    throw error instanceof DiskError ? archiveError(error) : error;
  }
}

function archiveError(error: DiskError): ArchiveError {
  switch (error.code) {
    case 'too-long':
      return new ArchiveError('limit-exceeded', error.message, { cause: error });
    case 'full':
      return new ArchiveError('store-full', error.message, { cause: error });
    default:
      return new ArchiveError('store-away', error.message, { cause: error });
  }
}

/** What is no DICOM is kept whole for now: `store` says what is wrong with it. */
function dataSetOffset(beginning: Uint8Array): number {
  try {
    return readFileMeta(beginning).dataSetOffset;
  } catch (error) {
    if (error instanceof DicomError) {
      return 0;
    }
    throw error;
  }
}
