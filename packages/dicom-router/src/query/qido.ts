import { TAG, type TagKey } from '@filmless/dicom';
import type { RouterLimits } from '../limits.ts';
import type { QueryOptions } from './extended-negotiation.ts';
import type { QueryLevel } from './information-model.ts';
import type { QueryKeys } from './query-keys.ts';

/** Where each level is searched. PS3.18 10.6.1; patients are the archive's own. */
const PATHS: Readonly<Record<QueryLevel, string>> = {
  PATIENT: '/dicom-web/patients',
  STUDY: '/dicom-web/studies',
  SERIES: '/dicom-web/series',
  IMAGE: '/dicom-web/instances',
};

/** What bounds a search. */
export type SearchLimits = Pick<RouterLimits, 'searchPage' | 'searchPageBytes' | 'searchUids'>;

/** Questions to the archive, as URLs after its root, that together ask for what the identifier does: no result comes twice. */
export function* searchUrls(
  level: QueryLevel,
  keys: QueryKeys,
  options: Omit<QueryOptions, 'relational'>,
  limits: SearchLimits,
): Iterable<string> {
  for (const chunk of combinations(keys.lists, limits.searchUids)) {
    const query = new URLSearchParams([...keys.matches, ...chunk].map(([path, value]): [string, string] => [path, value]));
    for (const tag of keys.wanted) {
      query.append('includefield', tag);
    }
    if (options.fuzzyNames) {
      query.set('fuzzymatching', 'true');
    }
    if (options.combinedDateTime) {
      query.set('combineddatetime', 'true');
    }
    query.set('limit', String(limits.searchPage));
    yield `${PATHS[level]}?${query}`;
  }
}

/** Every combination of parts of long lists; one that is empty where there is none. */
function* combinations(lists: QueryKeys['lists'], most: number): Iterable<readonly (readonly [string, string])[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  const [path, values] = first;
  for (const part of parts(values, most)) {
    for (const others of combinations(rest, most)) {
      yield [[path, part.join('\\')], ...others];
    }
  }
}

/** A list in parts of at most so many. */
export function parts<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) => items.slice(index * most, (index + 1) * most));
}

/** Of what a retrieval needs of each instance. */
export const INSTANCE_TAGS: Readonly<Record<'study' | 'series' | 'sopInstance' | 'sopClass' | 'transferSyntax', TagKey>> = {
  study: TAG.StudyInstanceUID,
  series: TAG.SeriesInstanceUID,
  sopInstance: TAG.SOPInstanceUID,
  sopClass: TAG.SOPClassUID,
  transferSyntax: '00083002',
};
