import { firstText, parseDicomJson, TAG } from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import type { CommittedInstance } from '../records/commitments.ts';
import type { ArchiveFetch, OnBehalf } from '../router.ts';
import { FAILURE } from './sop-class.ts';

/** UIDs one query asks for: a URL of them is half of what an HTTP server takes as a header. */
const UIDS_PER_QUERY = 100;

interface RefusedPosition {
  readonly position: number;
  readonly failure: number;
}

/** What was looked up of a request. */
export interface Checked {
  readonly refused: readonly RefusedPosition[];
  /** The study of each instance that is there, by SOP Instance UID. */
  readonly studies: ReadonlyMap<string, string>;
}

/**
 * Those of the instances that the archive does not hold for the facility of `caller`, or holds as another SOP class. PS3.3 C.14.1.1.
 * @throws RouterError `archive` when it does not answer: nothing is known then
 */
export async function findRefused(
  archiveFetch: ArchiveFetch,
  caller: OnBehalf,
  instances: readonly CommittedInstance[],
  signal: AbortSignal,
): Promise<Checked> {
  const studies = new Map<string, string>();
  const refused: RefusedPosition[] = [];
  for (let from = 0; from < instances.length; from += UIDS_PER_QUERY) {
    const chunk = instances.slice(from, from + UIDS_PER_QUERY);
    const held = await heldInstances(archiveFetch, caller, chunk, signal);
    for (const [index, { sopClassUid, sopInstanceUid }] of chunk.entries()) {
      const found = held.get(sopInstanceUid);
      if (found !== undefined && found.studyInstanceUid !== '') {
        studies.set(sopInstanceUid, found.studyInstanceUid);
      }
      if (found?.sopClassUid !== sopClassUid) {
        const failure = found === undefined ? FAILURE.noSuchObjectInstance : FAILURE.classInstanceConflict;
        refused.push({ position: from + index, failure });
      }
    }
  }
  return { refused, studies };
}

interface Held {
  readonly sopClassUid: string;
  readonly studyInstanceUid: string;
}

/** The instances that are there, by SOP Instance UID. */
async function heldInstances(
  archiveFetch: ArchiveFetch,
  caller: OnBehalf,
  instances: readonly CommittedInstance[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Held>> {
  const uids = [...new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid))];
  const query = new URLSearchParams({
    SOPInstanceUID: uids.join(','),
    includefield: 'SOPClassUID,StudyInstanceUID',
    limit: String(uids.length),
  });
  const request = new Request(`http://archive/dicom-web/instances?${query}`, {
    headers: { accept: 'application/dicom+json' },
    signal,
  });
  const response = await archiveFetch(request, caller);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new RouterError('archive', `the archive answered ${response.status} to a search for instances`);
  }
  const found: unknown = await response.json();
  if (!Array.isArray(found)) {
    throw new RouterError('archive', 'the archive answered a search for instances with something else than a list');
  }
  return new Map(
    found.map((entry) => {
      const dataSet = parseDicomJson(entry);
      const sopClassUid = firstText(dataSet, TAG.SOPClassUID) ?? '';
      const studyInstanceUid = firstText(dataSet, TAG.StudyInstanceUID) ?? '';
      return [firstText(dataSet, TAG.SOPInstanceUID) ?? '', { sopClassUid, studyInstanceUid }] as const;
    }),
  );
}
