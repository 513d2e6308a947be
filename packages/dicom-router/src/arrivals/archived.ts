import { boundedText } from '@filmless/access';
import type { DataSet } from '@filmless/dicom';
import { DicomError, parseDicomJson } from '@filmless/dicom';
import { messageOf, RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';

/** The archive, asked as the router itself: all may be viewed. */
export type OwnArchive = (request: Request) => Promise<Response>;

/** A header is far shorter; the archive keeps binary values apart. */
const MAX_HEADER_BYTES = 16_777_216;

/**
 * The header of an archived instance; undefined when the archive no longer has it. PS3.18 10.4.1.1.2.
 * @throws RouterError `archive`
 */
export async function archivedHeader(
  archive: OwnArchive,
  { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: DeliveredInstance,
  signal: AbortSignal,
): Promise<DataSet | undefined> {
  const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}/metadata`;
  const answer = await askJson(archive, path, 'application/dicom+json', signal);
  try {
    const header: unknown = Array.isArray(answer) ? answer[0] : undefined;
    return answer === undefined || header === undefined ? undefined : parseDicomJson(header);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new RouterError('archive', `the archive's header cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** What the archive says of a study as a whole. */
export interface ArchivedStudy {
  readonly facility: string;
  readonly completeness: 'arriving' | 'complete' | 'incomplete';
}

/** Undefined when there is no such study. @throws RouterError `archive` */
export async function archivedStudy(archive: OwnArchive, uid: string, signal: AbortSignal): Promise<ArchivedStudy | undefined> {
  const answer = await askJson(archive, `/api/studies/${uid}`, 'application/json', signal);
  if (answer === undefined) {
    return undefined;
  }
  const { facility, completeness } = answer as { facility?: unknown; completeness?: { state?: unknown } };
  const state = (['arriving', 'complete', 'incomplete'] as const).find((known) => known === completeness?.state);
  if (typeof facility !== 'string' || state === undefined) {
    throw new RouterError('archive', "the archive's answer on a study cannot be read");
  }
  return { facility, completeness: state };
}

async function askJson(archive: OwnArchive, path: string, accept: string, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await archive(new Request(new URL(path, 'http://archive'), { headers: { accept }, signal }));
  } catch (error) {
    throw new RouterError('archive', `the archive does not answer: ${messageOf(error)}`, { cause: error });
  }
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) {
      return undefined;
    }
    throw new RouterError('archive', `the archive answered ${response.status}`);
  }
  const text = await boundedText(
    response,
    MAX_HEADER_BYTES,
    () => new RouterError('archive', `the archive's answer has more than ${MAX_HEADER_BYTES} bytes`),
  );
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RouterError('archive', "the archive's answer cannot be read", { cause: error });
  }
}
