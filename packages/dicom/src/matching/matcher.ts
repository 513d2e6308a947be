import { isPersonName, itemsOf, texts } from '../dataset/accessors.ts';
import type { Attribute, DataSet, JsonValue, TagKey } from '../dataset/model.ts';
import { matchesRange, normaliseDate } from '../text/date.ts';
import { fold } from '../text/fold.ts';
import { parsePersonName } from '../text/person-name.ts';
import { matchesGlob } from './glob.ts';
import type { Match, MatchKey } from './match-key.ts';
import { foldGroups, nameKey } from './name.ts';
import { wordsOf } from './words.ts';

/** True when a header matches all keys. PS3.4 C.2.2.2; keys through one sequence match within one item, C.2.2.2.6. */
export function matchesAll(dataSet: DataSet, keys: readonly MatchKey[]): boolean {
  const here = keys.filter((key) => key.path.length === 1);
  if (!here.every((key) => matchesHere(dataSet, key.path[0], key))) {
    return false;
  }
  const deeper = Map.groupBy(
    keys.filter((key) => key.path.length > 1),
    (key) => key.path[0],
  );
  return [...deeper].every(([tag, nested]) => matchesSequence(dataSet, tag, nested));
}

function matchesSequence(dataSet: DataSet, tag: TagKey, keys: readonly MatchKey[]): boolean {
  const within = keys.flatMap((key) => {
    const [first, ...rest] = key.path.slice(1);
    return first === undefined ? [] : [{ ...key, path: [first, ...rest] as const }];
  });
  const found = itemsOf(dataSet[tag]);
  // A sequence without items is an empty attribute: only keys that an empty attribute satisfies match it.
  return (found.length === 0 ? [{}] : found).some((item) => matchesAll(item, within));
}

function matchesHere(dataSet: DataSet, tag: TagKey, { vr, match }: MatchKey): boolean {
  return match.kind === 'moment' ? matchesMoment(dataSet, tag, match) : matchesAttribute(dataSet[tag], { vr, match });
}

/** A date and the time beside it; without a time, the whole day. */
function matchesMoment(dataSet: DataSet, tag: TagKey, range: Extract<Match, { readonly kind: 'moment' }>): boolean {
  const date = normaliseDate('DA', texts(dataSet, tag)[0] ?? '');
  if (date === undefined) {
    return false;
  }
  const time = normaliseDate('TM', texts(dataSet, range.time)[0] ?? '');
  const at = time === undefined ? date : date + time;
  const bound = (end: string) => end.slice(0, at.length);
  return (range.from === undefined || at >= bound(range.from)) && (range.to === undefined || at <= bound(range.to));
}

/** True when one attribute matches; of several values any may. PS3.4 C.2.2.2.1. */
function matchesAttribute(attribute: Attribute | undefined, key: Pick<MatchKey, 'vr' | 'match'>): boolean {
  const { match } = key;
  switch (match.kind) {
    case 'universal':
      return true;
    case 'empty':
      return isEmpty(attribute);
    case 'list':
      return match.values.some((value) => matchesAttribute(attribute, { vr: key.vr, match: value }));
    case 'moment':
      return false;
    case 'single':
    case 'wildcard':
    case 'range':
    case 'words':
      break;
  }
  return attribute !== undefined && key.vr === 'PN'
    ? matchesNames(attribute, match)
    : attribute !== undefined && texts({ [ANY]: attribute }, ANY).some((value) => matchesText(value.trim(), key.vr, match));
}

/** Any tag will do to look at one attribute with the accessors of a data set. */
const ANY: TagKey = '00000000';

function isEmpty(attribute: Attribute | undefined): boolean {
  if (attribute === undefined) {
    return true;
  }
  const binary = attribute.InlineBinary !== undefined || attribute.BulkDataURI !== undefined;
  return !binary && (attribute.Value ?? []).every(isEmptyValue);
}

function isEmptyValue(value: JsonValue): boolean {
  if (typeof value === 'string') {
    return value.trim() === '';
  }
  return value === null || (isPersonName(value) && Object.values(foldGroups(value)).every((group) => group === null));
}

const NUMBERS: ReadonlySet<string> = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

function matchesText(
  value: string,
  vr: string,
  match: Exclude<Match, { readonly kind: 'universal' | 'empty' | 'list' | 'moment' }>,
): boolean {
  if (value === '') {
    return false;
  }
  switch (match.kind) {
    case 'single':
      return NUMBERS.has(vr) ? Number(value) === Number(match.value) : value === match.value;
    case 'wildcard':
      return matchesGlob(match.pattern, value);
    case 'range':
      return (vr === 'DA' || vr === 'TM' || vr === 'DT') && matchesRange(vr, value, match);
    case 'words':
      return matchesWords(fold(value), match.words);
  }
}

function matchesNames(
  attribute: Attribute,
  match: Exclude<Match, { readonly kind: 'universal' | 'empty' | 'list' | 'moment' }>,
): boolean {
  return (attribute.Value ?? []).some((value) => {
    const name =
      typeof value === 'string'
        ? parsePersonName(value)
        : value !== null && typeof value === 'object' && isPersonName(value)
          ? value
          : undefined;
    const groups = foldGroups(name);
    const all = [groups.alphabetic, groups.ideographic, groups.phonetic].filter((group) => group !== null);
    if (match.kind === 'words') {
      return matchesWords(all.join(' '), match.words);
    }
    const key = nameKey(match.kind === 'single' ? match.value : match.kind === 'wildcard' ? match.pattern : '');
    const test = match.kind === 'wildcard' ? matchesGlob : (wanted: string, given: string) => wanted === given;
    if ('any' in key) {
      return all.some((group) => test(key.any, group));
    }
    return (['alphabetic', 'ideographic', 'phonetic'] as const).every((group) => {
      const wanted = key[group];
      return wanted === undefined || (groups[group] !== null && test(wanted, groups[group]));
    });
  });
}

/** Each word is the beginning of a word of the text. */
function matchesWords(text: string, words: readonly string[]): boolean {
  const given = wordsOf(text);
  return words.every((word) => given.some((candidate) => candidate.startsWith(word)));
}
