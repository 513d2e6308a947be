import type { DeliveredInstance, Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import { type ArchivedDataSet, openArchived } from './archive-reader.ts';

/** A delivery's object on its way out, a Part 10 file in two pieces: what its rule changes in it is changed. To be closed. */
export interface OutgoingFile
  extends ArchivedDataSet,
    Pick<DeliveredInstance, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid' | 'sopClassUid'> {}

/**
 * Opens what goes out for a delivery. The same delivery gives the same bytes each time.
 * @throws RouterError `not-found`, `not-acceptable`, `archive`
 */
export type OpenFile = (delivery: Delivery, signal: AbortSignal) => Promise<OutgoingFile>;

/** As it is stored. */
export function storedFiles(archiveFetch: ArchiveFetch): OpenFile {
  return async (delivery, signal) => {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = delivery;
    const archived = await openArchived((request) => archiveFetch(request), delivery, undefined, signal);
    return { ...archived, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid };
  };
}

/** The bytes of the whole file. */
export async function* fileBytes({ fileMeta, bytes }: OutgoingFile): AsyncGenerator<Uint8Array, void, void> {
  yield fileMeta;
  yield* bytes;
}
