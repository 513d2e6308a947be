import type { TagKey } from '../dataset/model.ts';
import { DicomError } from '../errors.ts';
import { parseDateRange } from '../text/date.ts';
import { foldName } from '../text/fold.ts';
import type { Vr } from '../vr.ts';
import type { Match, MatchKey } from './match-key.ts';
import { searchWords } from './words.ts';

/** A list of some 200 UIDs; a URL holds no more. */
const MAX_KEY_LENGTH = 16_384;
/** Values of one key: a URL holds half as many UIDs as they are made, and SQLite takes 1,000 alternatives. */
const MAX_VALUES = 500;
/** VRs in which `*` and `?` are wildcards. PS3.4 C.2.2.2.4. */
const WILDCARDS: ReadonlySet<Vr> = new Set<Vr>(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** VRs whose value may hold a backslash: it separates no values. PS3.5 6.2. */
const SINGLE_VALUED: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UR', 'UT']);
const NUMBERS: ReadonlySet<Vr> = new Set<Vr>(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const UNMATCHABLE: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** How values are read. Empty and multiple values are known unless they are turned off. */
export interface Matching {
  readonly fuzzy: boolean;
  /** `""` asks for an empty attribute. PS3.4 C.2.2.2.7. */
  readonly empty?: boolean;
  /** A backslash stands between values, any of which may match; between UIDs it always does. PS3.4 C.2.2.2.8. */
  readonly multiple?: boolean;
}

/**
 * Reads the value of a key as a QIDO request carries it (`*` and `?` wildcards, `-` ranges, `,` or `\` between UIDs, `\`
 * between other values, `""` for "empty").
 * @throws DicomError `invalid-value` for a value that the VR cannot match
 */
export function parseMatchKey(
  path: MatchKey['path'],
  vr: Vr,
  text: string,
  { fuzzy, empty = true, multiple = true }: Matching = { fuzzy: false },
): MatchKey {
  const value = text.trim();
  if (value.length > MAX_KEY_LENGTH) {
    throw new DicomError('invalid-value', `${path.join('.')}: a key has at most ${MAX_KEY_LENGTH} characters`);
  }
  if (value === '' || /^\*+$/.test(value) || (vr === 'PN' && /^[\^= ]+$/.test(value))) {
    return { path, vr, match: { kind: 'universal' } };
  }
  if (value === '""' && empty) {
    return { path, vr, match: { kind: 'empty' } };
  }
  if (UNMATCHABLE.has(vr)) {
    throw new DicomError('invalid-value', `${path.join('.')}: binary values (${vr}) cannot be searched`);
  }
  const parts = multiple || vr === 'UI' ? split(vr, value) : [value];
  if (parts.length > MAX_VALUES) {
    throw new DicomError('invalid-value', `${path.join('.')}: a key has at most ${MAX_VALUES} values; ask several times`);
  }
  const values = parts.map((part) => parseOne(path, vr, part, fuzzy));
  const [first] = values;
  return { path, vr, match: first !== undefined && values.length === 1 ? first : { kind: 'list', values } };
}

function split(vr: Vr, value: string): readonly string[] {
  if (SINGLE_VALUED.has(vr)) {
    return [value];
  }
  const parts = value.split(vr === 'UI' ? /[\\,]/ : '\\').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function parseOne(path: readonly TagKey[], vr: Vr, value: string, fuzzy: boolean): Match {
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') {
    return rangeOf(path, vr, value);
  }
  if (NUMBERS.has(vr) && !Number.isFinite(Number(value))) {
    throw new DicomError('invalid-value', `${path.join('.')}: ${JSON.stringify(value)} is not a number (${vr})`);
  }
  if (vr === 'PN' && fuzzy && !/[*?]/.test(value)) {
    const words = searchWords(foldName({ Alphabetic: value.replaceAll('=', ' ') }));
    return words.length === 0 ? { kind: 'universal' } : { kind: 'words', words };
  }
  if (WILDCARDS.has(vr) && /[*?]/.test(value)) {
    return { kind: 'wildcard', pattern: value };
  }
  return { kind: 'single', value };
}

function rangeOf(path: readonly TagKey[], vr: 'DA' | 'TM' | 'DT', value: string): Match {
  const range = parseDateRange(vr, value);
  if (range === undefined) {
    throw new DicomError('invalid-value', `${path.join('.')}: ${JSON.stringify(value)} is not a ${vr} or a range of them`);
  }
  return range.from === undefined && range.to === undefined ? { kind: 'universal' } : { kind: 'range', ...range };
}
