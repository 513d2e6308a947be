import { combineDateTimes, lookupTag, type MatchKey, parseMatchKey, type TagKey, tagOf, type Vr } from '@filmless/dicom';
import type { SearchQuery } from '../../core/archive-core.ts';
import { ArchiveError } from '../../core/errors.ts';

/** Parameters of the service itself; all others are attributes to match. PS3.18 8.3.4, 10.6.1.2. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'accept',
  'after',
  'charset',
  'combineddatetime',
  'emptyvaluematching',
  'fuzzymatching',
  'includefield',
  'limit',
  'multiplevaluematching',
  'offset',
]);
/** Each costs work on every header looked at. */
const MAX_KEYS = 64;
const MAX_INCLUDED = 512;
const MAX_PATH = 8;

type Criteria = Pick<SearchQuery, 'keys' | 'include' | 'limit' | 'offset' | 'after'>;

/**
 * Reads the query of a search: attributes by keyword or tag, through sequences by dots, and the service's own parameters.
 * @throws ArchiveError `invalid-request` naming the parameter; DicomError `invalid-value` naming the attribute
 */
export function parseSearch(query: URLSearchParams): Criteria {
  const fuzzy = flag(query, 'fuzzymatching', false);
  const combined = flag(query, 'combineddatetime', false);
  // Whoever does not say gets both: values that need neither read the same. PS3.18 8.3.4.5, 8.3.4.6.
  const matching = {
    fuzzy,
    empty: flag(query, 'emptyvaluematching', true),
    multiple: flag(query, 'multiplevaluematching', true),
  };
  const after = query.get('after');
  const keys: MatchKey[] = [];
  for (const [name, value] of query) {
    if (PARAMETERS.has(name)) {
      continue;
    }
    const { path, vr } = attributePath(name);
    keys.push(parseMatchKey(path, vr, commaRead(vr, value, matching), matching));
  }
  if (keys.length > MAX_KEYS) {
    throw new ArchiveError('invalid-request', `At most ${MAX_KEYS} attributes can be matched at once.`);
  }
  const limit = count(query, 'limit');
  const offset = count(query, 'offset');
  return {
    keys: combined ? combineDateTimes(keys) : keys,
    include: included(query),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(after === null || after === '' ? {} : { after }),
  };
}

/**
 * What clients mean by a comma where the standard gives it no meaning: between codes, which cannot contain it (PS3.5 6.2, CS), another
 * value, as between UIDs; in a name that is matched by its words, the space between two of them, as OHIF shows "Nguyễn, Văn An". With
 * wildcards it is anything, since a name may be kept with a comma.
 */
function commaRead(vr: Vr, value: string, { fuzzy, multiple }: { readonly fuzzy: boolean; readonly multiple: boolean }): string {
  if (vr === 'CS' && multiple) {
    return value.replaceAll(',', '\\');
  }
  return vr === 'PN' && fuzzy ? value.replaceAll(/\s*,\s*/g, /[*?]/.test(value) ? '*' : ' ') : value;
}

function included(query: URLSearchParams): SearchQuery['include'] {
  const names = query
    .getAll('includefield')
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('all')) {
    return 'all';
  }
  if (names.length > MAX_INCLUDED) {
    throw new ArchiveError('invalid-request', `At most ${MAX_INCLUDED} attributes can be included; ask for "all".`);
  }
  // An attribute inside a sequence comes with the whole sequence.
  return [...new Set(names.map((name) => attributePath(name).path[0]))];
}

/** Keyword or eight hexadecimal digits, joined by dots through sequences. PS3.18 8.3.4.1. */
function attributePath(name: string): { readonly path: MatchKey['path']; readonly vr: Vr } {
  const tags = name.split('.').map((part) => attributeTag(name, part));
  const [first, ...rest] = tags;
  const last = tags.at(-1);
  if (first === undefined || last === undefined || tags.length > MAX_PATH) {
    throw new ArchiveError('invalid-request', `${JSON.stringify(name.slice(0, 80))} is not an attribute.`);
  }
  const outer = tags.slice(0, -1).find((tag) => lookupTag(tag)?.vr !== 'SQ');
  if (outer !== undefined) {
    throw new ArchiveError('invalid-request', `${name}: ${outer} is not a sequence.`);
  }
  return { path: [first, ...rest], vr: lookupTag(last)?.vr ?? 'UN' };
}

function attributeTag(name: string, part: string): TagKey {
  const tag = /^[0-9A-Fa-f]{8}$/.test(part) ? part.toUpperCase() : tagOf(part);
  if (tag === undefined) {
    throw new ArchiveError(
      'invalid-request',
      `${JSON.stringify(name.slice(0, 80))} is not an attribute: give a keyword of PS3.6 or eight hexadecimal digits.`,
    );
  }
  return tag;
}

function flag(query: URLSearchParams, name: string, unless: boolean): boolean {
  const value = query.get(name)?.toLowerCase() ?? String(unless);
  if (value !== 'true' && value !== 'false') {
    throw new ArchiveError('invalid-request', `${name} must be "true" or "false".`);
  }
  return value === 'true';
}

function count(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') {
    return undefined;
  }
  if (!/^[0-9]{1,9}$/.test(value)) {
    throw new ArchiveError('invalid-request', `${name} must be a whole number, not ${JSON.stringify(value.slice(0, 20))}.`);
  }
  return Number(value);
}
