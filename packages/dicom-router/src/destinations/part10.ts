import type { SendBuffers } from '@filmless/dicom';
import type { Deidentification } from '../derive/deidentification.ts';
import { derive, isUnchanged, type OpenedDataSet } from '../derive/derive.ts';
import { RouterError } from '../errors.ts';
import type { DeliveredInstance, Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import { type InstanceName, openArchived, type ReadingArchive } from './archive-reader.ts';
import type { ArchivedDataSet } from './archived-data-set.ts';
import { ArchivedInstances } from './archived-instances.ts';

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
 * Opens what goes out for a delivery, as one of a row of archived instances where there is one. The same delivery gives the same bytes
 * each time. The memory of a piece is used again once the next is asked for.
 * @throws RouterError `not-found`, `not-acceptable`, `not-derivable`, `archive`
 */
export type OpenFile = (delivery: Delivery, signal: AbortSignal, row?: ArchivedInstances) => Promise<OutgoingFile>;

/** How a row of archived instances is opened that go out together; `wholeSeries` as `ArchivedInstances` has it. */
export type OpenRow = (wholeSeries: (instance: InstanceName) => boolean, signal: AbortSignal) => ArchivedInstances;

/** As `openArchived`. To be closed. */
export async function openArchivedFile(
  reading: ReadingArchive,
  instance: Parameters<typeof openArchived>[1],
  transferSyntaxUid: string | undefined,
): Promise<OpenedDataSet> {
  return opened(await openArchived(reading, instance, transferSyntaxUid));
}

function opened({ pieces, close, fileMeta, storedAt, transferSyntaxUid }: ArchivedDataSet): OpenedDataSet {
  return { transferSyntaxUid, fileMeta, storedAt, bytes: filled(pieces), close };
}

async function* filled(pieces: ArchivedDataSet['pieces']): AsyncGenerator<Uint8Array, void, void> {
  for await (const { bytes } of pieces) {
    if (bytes.byteLength > 0) {
      yield bytes;
    }
  }
}

export function outgoingRows({ archiveFetch, buffers }: OutgoingOptions): OpenRow {
  const archive = (request: Request) => archiveFetch(request);
  return (wholeSeries, signal) => new ArchivedInstances({ archive, buffers, signal }, wholeSeries);
}

/** As it is stored, or the copy that the delivery's changes make of it. */
export function outgoingFiles({ archiveFetch, aeTitle, buffers, deidentification }: OutgoingOptions): OpenFile {
  return async (delivery, signal, row) => {
    const reading = { archive: (request: Request) => archiveFetch(request), buffers, signal };
    // NOTE: a row does not tell when the archive got an instance, which stands in a changed copy.
    const open = async (transferSyntaxUid: string | undefined) =>
      row !== undefined && isUnchanged(delivery.changes)
        ? opened(await row.open(delivery, transferSyntaxUid))
        : await openArchivedFile(reading, delivery, transferSyntaxUid);
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
