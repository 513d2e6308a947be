import { type DataSet, parseDicomJson } from '@filmless/dicom';
import { ApiError, pathOf, problemOf } from '../api/client.ts';
import { list, UnreadableAnswer } from '../api/json.ts';
import { singleFrame } from '../imaging/frame-client.ts';

export type { SeriesInfo, StudyInfo } from '../api/opening.ts';

/** Root of DICOMweb on the server the page came from. */
export const DICOM_WEB = '/dicom-web';

/**
 * The headers of a series' instances. PS3.18 10.4.1.1.6.
 * @throws ApiError, UnreadableAnswer, DicomError, or the abort of `signal`
 */
export async function fetchInstances(study: string, series: string, signal: AbortSignal): Promise<readonly DataSet[]> {
  const url = `${DICOM_WEB}${pathOf('studies', study, 'series', series, 'metadata')}`;
  const response = await ask(url, 'application/dicom+json', signal);
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw new UnreadableAnswer(`${url}: not JSON`, { cause });
  });
  return list<DataSet>((value) => parseDicomJson(value))(body, url);
}

export function thumbnailUrl(study: string, series: string): string {
  return `${DICOM_WEB}${pathOf('studies', study, 'series', series)}/thumbnail`;
}

export function instanceUrl(study: string, series: string, instance: string): string {
  return `${DICOM_WEB}${pathOf('studies', study, 'series', series, 'instances', instance)}`;
}

/** A value kept outside the headers. PS3.18 10.4.1.1.5. */
export async function fetchBulk(url: string, signal: AbortSignal): Promise<Uint8Array> {
  return firstPart(await ask(url, 'application/octet-stream, multipart/related; type="application/octet-stream"', signal));
}

/** A whole instance as a Part 10 file, in the transfer syntax it is stored in. PS3.18 10.4.1.1.3. */
export async function fetchInstanceFile(url: string, signal: AbortSignal): Promise<Uint8Array> {
  return firstPart(await ask(url, 'multipart/related; type="application/dicom"; transfer-syntax=*', signal));
}

async function firstPart(response: Response): Promise<Uint8Array> {
  return singleFrame(response.headers.get('Content-Type') ?? '', new Uint8Array(await response.arrayBuffer())).bytes;
}

async function ask(url: string, accept: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { Accept: accept }, credentials: 'same-origin', signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError(0, 'no answer', undefined, { cause });
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}
