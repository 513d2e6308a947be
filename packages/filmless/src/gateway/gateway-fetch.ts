import { type ArchiveFetch, sourceHeader } from '@filmless/dicom-router';
import type { Ask } from './ask.ts';

/**
 * What the router of a gateway asks, and of whom. Objects and what is found by the UID of a study are had here while they are
 * here; searches are for the centre, which alone knows all. Orders and performed steps are asked here: they are mirrored. Where
 * the centre does not answer, what lies here is given for a study that is named, and a search is refused: a list that lacks what
 * the centre has would be taken for the whole.
 */
export function gatewayFetch(local: ArchiveFetch, centre: Ask): ArchiveFetch {
  return async (request, caller) => {
    const url = new URL(request.url);
    const isDicomWeb = url.pathname.startsWith('/dicom-web/');
    if (caller === undefined || !isDicomWeb || request.method !== 'GET') {
      return await local(request, caller);
    }
    const study = studyOf(url);
    if (study !== undefined && !isSearch(url)) {
      const here = await local(request.clone(), caller);
      if (here.status !== 404) {
        return here;
      }
      await here.body?.cancel();
    }
    const { aeTitle: callingAe, facility, address = '' } = caller;
    const source = sourceHeader({ callingAe, address, facility });
    const accept = request.headers.get('accept');
    const headers = { 'filmless-source': source, ...(accept === null ? {} : { accept }) };
    try {
      return await centre(`${url.pathname}${url.search}`, { headers, signal: request.signal });
    } catch (error) {
      if (study === undefined || request.signal.aborted) {
        throw error;
      }
      return await local(request, caller);
    }
  };
}

/** Study Instance UID that a request is about, where it names exactly one. */
function studyOf({ pathname, searchParams }: URL): string | undefined {
  const inPath = /^\/dicom-web\/studies\/([0-9.]+)(?:\/|$)/.exec(pathname)?.[1];
  const asked = inPath ?? searchParams.get('StudyInstanceUID') ?? searchParams.get('0020000D') ?? '';
  return /^[0-9.]{1,64}$/.test(asked) ? asked : undefined;
}

/** QIDO-RS. PS3.18 10.6. */
function isSearch({ pathname }: URL): boolean {
  return /\/(?:studies|series|instances)$/.test(pathname);
}
