import type { StoredInstance } from '@filmless/archive';
import { firstText, parseDicomJson, TAG } from '@filmless/dicom';
import { GATEWAY_LIMITS } from '../limits.ts';
import { type Ask, AwayError, jsonOf } from './ask.ts';

/** SOP Instance UIDs of those of a study's copies that the centre keeps. @throws AwayError */
export type HeldAtCentre = (
  studyInstanceUid: string,
  copies: readonly StoredInstance[],
  signal: AbortSignal,
) => Promise<readonly string[]>;

/** A Filmless says which objects it keeps byte for byte. */
export function heldByFilmless(centre: Ask): HeldAtCentre {
  return async (study, copies, signal) => {
    const held: string[] = [];
    for (const some of pagesOf(copies, GATEWAY_LIMITS.askedDigests)) {
      const instances = some.map(({ sopInstanceUid, sha256 }) => ({ sopInstanceUid, sha256 }));
      const response = await centre(`/api/studies/${study}/held`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ instances }),
        signal,
      });
      if (response.status === 404) {
        // The study is not there.
        await response.body?.cancel();
        return [];
      }
      const { held: kept } = (await jsonOf(response, 200, 'which images are there')) as { readonly held?: unknown };
      if (!Array.isArray(kept)) {
        throw new AwayError('which images are there: the answer has no list of them');
      }
      held.push(...kept.filter((uid) => typeof uid === 'string'));
    }
    return held;
  };
}

/** Any other DICOMweb service is asked by QIDO-RS, which knows SOP classes and no hashes. PS3.18 10.6. */
export function heldByDicomWeb(centre: Ask): HeldAtCentre {
  return async (study, copies, signal) => {
    const held: string[] = [];
    for (const some of pagesOf(copies, GATEWAY_LIMITS.askedUids)) {
      const query = new URLSearchParams({
        SOPInstanceUID: some.map(({ sopInstanceUid }) => sopInstanceUid).join(','),
        limit: String(some.length),
      });
      const path = `/dicom-web/studies/${study}/instances?${query}`;
      const response = await centre(path, { headers: { accept: 'application/dicom+json' }, signal });
      if (response.status === 204) {
        await response.body?.cancel();
        continue;
      }
      const classes = classesOf(await jsonOf(response, 200, 'a search for instances'));
      held.push(
        ...some.flatMap(({ sopInstanceUid, sopClassUid }) =>
          classes.get(sopInstanceUid) === sopClassUid ? [sopInstanceUid] : [],
        ),
      );
    }
    return held;
  };
}

/** SOP classes of the instances that were found. */
function classesOf(answer: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(answer)) {
    throw new AwayError('a search for instances: the answer is no list');
  }
  return new Map(
    answer.map((entry) => {
      const dataSet = parseDicomJson(entry);
      return [firstText(dataSet, TAG.SOPInstanceUID) ?? '', firstText(dataSet, TAG.SOPClassUID) ?? ''] as const;
    }),
  );
}

function* pagesOf<T>(values: readonly T[], size: number): Generator<readonly T[], void> {
  for (let at = 0; at < values.length; at += size) {
    yield values.slice(at, at + size);
  }
}
