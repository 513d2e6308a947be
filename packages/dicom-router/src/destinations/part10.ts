import type { SendBuffers } from '@filmless/dicom';
import type { Deidentification } from '../derive/deidentification.ts';
import { derive, type OpenedDataSet } from '../derive/derive.ts';
import { RouterError } from '../errors.ts';
import type { DeliveredInstance, Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import { openArchived, type ReadingArchive } from './archive-reader.ts';
import type { ArchivedDataSet } from './archived-data-set.ts';

/** A delivery's object on its way out, a Part 10 file in two pieces: what its rule changes in it is changed. To be closed. */
export interface OutgoingFile
  extends OpenedDataSet,
    Pick<DeliveredInstance, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid' | 'sopClassUid'> {}

export interface OutgoingOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly buffers: SendBuffers;
  readonly deidentification: Deidentification;
  readonly aeTitle: string;
}

/**
 * Opens what goes out for a delivery. The same delivery gives the same bytes each time.
 * @throws RouterError `not-found`, `not-acceptable`, `not-derivable`, `archive`
 */
export type OpenFile = (delivery: Delivery, signal: AbortSignal) => Promise<OutgoingFile>;

/** As `openArchived`, in memory of its own: whoever takes a piece may keep it. To be closed. */
export async function openArchivedFile(
  reading: ReadingArchive,
  instance: Parameters<typeof openArchived>[1],
  transferSyntaxUid: string | undefined,
): Promise<OpenedDataSet> {
  const {
    pieces,
    close,
    fileMeta,
    storedAt,
    transferSyntaxUid: found,
  } = await openArchived(reading, instance, transferSyntaxUid);
  return { transferSyntaxUid: found, fileMeta, storedAt, bytes: kept(pieces), close };
}

/** The memory of a piece is used again as soon as the next is asked for. */
async function* kept(pieces: ArchivedDataSet['pieces']): AsyncGenerator<Uint8Array, void, void> {
  for await (const { bytes } of pieces) {
    if (bytes.byteLength > 0) {
      yield new Uint8Array(bytes);
    }
  }
}

/** As it is stored, or the copy that the delivery's changes make of it. */
export function outgoingFiles({ archiveFetch, aeTitle, buffers, deidentification }: OutgoingOptions): OpenFile {
  return async (delivery, signal) => {
    const reading = { archive: (request: Request) => archiveFetch(request), buffers, signal };
    const open = (transferSyntaxUid: string | undefined) => openArchivedFile(reading, delivery, transferSyntaxUid);
    const coercion = { system: aeTitle, source: delivery.origin?.callingAe ?? '' };
    const made = (wanted: string | undefined) => derive({ open, deidentification, coercion }, delivery, delivery.changes, wanted);
    try {
      return await made(delivery.changes.transferSyntaxUid);
    } catch (error) {
      if (
        delivery.changes.transferSyntaxUid === undefined ||
        !(error instanceof RouterError) ||
        error.code !== 'not-acceptable'
      ) {
        throw error;
      }
      // Not everything can be made of every image.
      return await made(undefined);
    }
  };
}

/** The bytes of the whole file. */
export async function* fileBytes({ fileMeta, bytes }: OutgoingFile): AsyncGenerator<Uint8Array, void, void> {
  yield fileMeta;
  yield* bytes;
}
