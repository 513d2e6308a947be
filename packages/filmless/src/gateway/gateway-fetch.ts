import { type ArchiveFetch, type OnBehalf, sourceHeader } from '@filmless/dicom-router';
import type { Ask } from './ask.ts';

/** True for a study of which copies were removed here: what lies here now, if anything, may be a part of it. */
type WasRemoved = (studyInstanceUid: string) => Promise<boolean>;

/**
 * What the router of a gateway asks, and of whom. Objects and what is found by the UID of a study are had here while they are
 * here; searches are for the centre, which alone knows all, and so is a study that was removed here. Orders and performed steps are
 * asked here: they are mirrored. Where the centre does not answer, what lies here is given for a study that is named, and a search is
 * refused: a list that lacks what the centre has would be taken for the whole.
 */
export function gatewayFetch(local: ArchiveFetch, centre: Ask, wasRemoved: WasRemoved): ArchiveFetch {
  return async (request, caller) => {
    const url = new URL(request.url);
    const isDicomWeb = url.pathname.startsWith('/dicom-web/');
    if (!isDicomWeb || request.method !== 'GET') {
      return await local(request, caller);
    }
    const study = studyOf(url);
    const removed = study !== undefined && (await wasRemoved(study));
    if (caller === undefined) {
      return await forRouter(local, centre, request, removed);
    }
    if (study !== undefined && !removed && !isSearch(url)) {
      const here = await local(request.clone(), caller);
      if (here.status !== 404) {
        return here;
      }
      await here.body?.cancel();
    }
    try {
      return await atCentre(centre, request, caller);
    } catch (error) {
      if (study === undefined || request.signal.aborted) {
        throw error;
      }
      return await local(request, caller);
    }
  };
}

/** What is sent on lies here; of a study that was removed meanwhile, at the centre: while that is away it is tried again. */
async function forRouter(local: ArchiveFetch, centre: Ask, request: Request, removed: boolean): Promise<Response> {
  const here = await local(removed ? request.clone() : request);
  if (here.status !== 404 || !removed) {
    return here;
  }
  await here.body?.cancel();
  return await atCentre(centre, request, undefined);
}

async function atCentre(centre: Ask, { url, headers, signal }: Request, caller: OnBehalf | undefined): Promise<Response> {
  const { pathname, search } = new URL(url);
  const accept = headers.get('accept');
  return await centre(`${pathname}${search}`, {
    headers: { ...(caller === undefined ? {} : sourceOf(caller)), ...(accept === null ? {} : { accept }) },
    signal,
  });
}

function sourceOf({ aeTitle: callingAe, facility, address = '' }: OnBehalf): Readonly<Record<string, string>> {
  return { 'filmless-source': sourceHeader({ callingAe, address, facility }) };
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
