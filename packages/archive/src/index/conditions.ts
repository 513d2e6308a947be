import { type Match, type MatchKey, nameKey, searchWords, TAG } from '@filmless/dicom';
import { type RawBuilder, sql } from 'kysely';
import { digitsOf, matchesPattern } from './patterns.ts';
import { allOf, anyOf, type Condition, hasModality, idsOfDates, type Walk, type WalkWords } from './predicates.ts';
import { hasWords } from './words.ts';

type Level = 'study' | 'series' | 'instance';

/** How an indexed attribute is matched: the column, and what kind of values it holds. */
type Column =
  | { readonly level: Level; readonly kind: 'text' | 'number'; readonly ref: string }
  | {
      readonly level: Level;
      readonly kind: 'name';
      readonly ref: 'study.name' | 'study.referring';
      readonly words: 'name' | 'referring';
    }
  | { readonly level: 'study'; readonly kind: 'modalities' }
  | { readonly level: 'series'; readonly kind: 'request'; readonly ref: 'step_id' | 'procedure_id' };

/** Attributes with an index column, by path. All others are looked up in stored headers. */
const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  [TAG.StudyDate, { level: 'study', kind: 'text', ref: 'study.study_date' }],
  [TAG.StudyTime, { level: 'study', kind: 'text', ref: 'study.study_time' }],
  [TAG.AccessionNumber, { level: 'study', kind: 'text', ref: 'study.accession_number' }],
  [TAG.ModalitiesInStudy, { level: 'study', kind: 'modalities' }],
  [TAG.ReferringPhysicianName, { level: 'study', kind: 'name', ref: 'study.referring', words: 'referring' }],
  [TAG.StudyDescription, { level: 'study', kind: 'text', ref: 'study.description' }],
  [TAG.PatientName, { level: 'study', kind: 'name', ref: 'study.name', words: 'name' }],
  [TAG.PatientID, { level: 'study', kind: 'text', ref: 'study.patient_id' }],
  [TAG.IssuerOfPatientID, { level: 'study', kind: 'text', ref: 'study.issuer' }],
  [TAG.PatientBirthDate, { level: 'study', kind: 'text', ref: 'study.birth_date' }],
  [TAG.PatientSex, { level: 'study', kind: 'text', ref: 'study.sex' }],
  [TAG.StudyInstanceUID, { level: 'study', kind: 'text', ref: 'study.study_instance_uid' }],
  [TAG.StudyID, { level: 'study', kind: 'text', ref: 'study.study_id' }],
  [TAG.NumberOfStudyRelatedSeries, { level: 'study', kind: 'number', ref: 'study.series_count' }],
  [TAG.NumberOfStudyRelatedInstances, { level: 'study', kind: 'number', ref: 'study.instance_count' }],
  [TAG.Modality, { level: 'series', kind: 'text', ref: 'series.modality' }],
  [TAG.SeriesInstanceUID, { level: 'series', kind: 'text', ref: 'series.series_instance_uid' }],
  [TAG.SeriesNumber, { level: 'series', kind: 'number', ref: 'series.number' }],
  [TAG.SeriesDescription, { level: 'series', kind: 'text', ref: 'series.description' }],
  [TAG.BodyPartExamined, { level: 'series', kind: 'text', ref: 'series.body_part' }],
  [TAG.PerformedProcedureStepStartDate, { level: 'series', kind: 'text', ref: 'series.performed_date' }],
  [TAG.PerformedProcedureStepStartTime, { level: 'series', kind: 'text', ref: 'series.performed_time' }],
  [TAG.NumberOfSeriesRelatedInstances, { level: 'series', kind: 'number', ref: 'series.instance_count' }],
  [`${TAG.RequestAttributesSequence}.${TAG.ScheduledProcedureStepID}`, { level: 'series', kind: 'request', ref: 'step_id' }],
  [`${TAG.RequestAttributesSequence}.${TAG.RequestedProcedureID}`, { level: 'series', kind: 'request', ref: 'procedure_id' }],
  [TAG.SOPClassUID, { level: 'instance', kind: 'text', ref: 'instance.sop_class_uid' }],
  [TAG.SOPInstanceUID, { level: 'instance', kind: 'text', ref: 'instance.sop_instance_uid' }],
  [TAG.InstanceNumber, { level: 'instance', kind: 'number', ref: 'instance.number' }],
  [TAG.Rows, { level: 'instance', kind: 'number', ref: 'instance.rows' }],
  [TAG.Columns, { level: 'instance', kind: 'number', ref: 'instance.columns' }],
  [TAG.BitsAllocated, { level: 'instance', kind: 'number', ref: 'instance.bits_allocated' }],
  [TAG.NumberOfFrames, { level: 'instance', kind: 'number', ref: 'instance.number_of_frames' }],
]);

/** Columns through which a single value finds few rows. */
const SELECTIVE: ReadonlySet<string> = new Set([
  TAG.StudyInstanceUID,
  TAG.SeriesInstanceUID,
  TAG.SOPInstanceUID,
  TAG.PatientID,
  TAG.AccessionNumber,
  TAG.PatientBirthDate,
]);
/** Those of them that name something below a study. */
const SELECTIVE_BELOW: ReadonlySet<string> = new Set([TAG.SeriesInstanceUID, TAG.SOPInstanceUID]);

/** What the keys of a search make of its plan. */
export interface KeyFacts {
  /** Keys that have no column: matched against stored headers. */
  readonly rest: readonly MatchKey[];
  /** Words a name must have, which can lead the walk. */
  readonly words: WalkWords | undefined;
  /** True when an index finds few rows. */
  readonly selective: boolean;
  /** True when that is one of series or of instances. */
  readonly selectiveBelow: boolean;
  /** A modality the study must have. */
  readonly modality: string | undefined;
  /** True when the rows looked at are about those that match, so that they can be counted. */
  readonly countable: boolean;
}

export function factsOf(keys: readonly MatchKey[]): KeyFacts {
  const of = (key: MatchKey) => key.path.join('.');
  const modality = keys.find((key) => of(key) === TAG.ModalitiesInStudy || of(key) === TAG.Modality)?.match;
  return {
    rest: keys.filter((key) => key.match.kind !== 'universal' && !isIndexed(key)),
    words: keys.map((key) => leadingWords(COLUMNS.get(of(key)), key.match)).find((words) => words !== undefined),
    selective: keys.some((key) => SELECTIVE.has(of(key)) && isSelective(key.match)),
    selectiveBelow: keys.some((key) => SELECTIVE_BELOW.has(of(key)) && isSelective(key.match)),
    modality: modality?.kind === 'single' ? modality.value : undefined,
    countable: keys.every(isLed),
  };
}

/** An index leads to what matches such a key: words, days, few rows, a modality. */
function isLed({ path, match }: MatchKey): boolean {
  const name = path.join('.');
  return (
    match.kind === 'universal' ||
    leadingWords(COLUMNS.get(name), match) !== undefined ||
    (SELECTIVE.has(name) && isSelective(match)) ||
    (name === TAG.StudyDate && (match.kind === 'range' || match.kind === 'moment')) ||
    (match.kind === 'single' && (name === TAG.ModalitiesInStudy || name === TAG.Modality))
  );
}

function isIndexed({ path, match }: MatchKey): boolean {
  return COLUMNS.has(path.join('.')) && (match.kind !== 'moment' || COLUMNS.has(match.time));
}

/** Words without which a name cannot match: those before the first wildcard. */
function leadingWords(column: Column | undefined, match: Match): WalkWords | undefined {
  if (column?.kind !== 'name') {
    return undefined;
  }
  const words = match.kind === 'words' ? match.words : wordsOfKey(match);
  return words.length === 0 ? undefined : { columns: [column.words], words };
}

function wordsOfKey(match: Match): readonly string[] {
  if (match.kind !== 'single' && match.kind !== 'wildcard') {
    return [];
  }
  const key = nameKey(match.kind === 'single' ? match.value : match.pattern);
  const text = 'any' in key ? key.any : (key.alphabetic ?? '');
  return searchWords(text.replace(/[*?].*$/s, ''));
}

/** A long beginning finds few. */
const SELECTIVE_PREFIX = 4;

function isSelective(match: Match): boolean {
  const isOneDay = match.kind === 'range' && match.from !== undefined && match.from === match.to;
  return isExact(match) || isOneDay || (match.kind === 'wildcard' && match.pattern.search(/[*?]/) >= SELECTIVE_PREFIX);
}

/** Conditions by the table they are about. `rare`: the modality of `KeyFacts` finds few series. */
export function conditionsOf(
  keys: readonly MatchKey[],
  walk: Walk,
  rare: boolean,
): Readonly<Record<Level, readonly Condition[]>> {
  const conditions: Record<Level, Condition[]> = { study: [], series: [], instance: [] };
  const requests: { readonly ref: string; readonly match: Match }[] = [];
  for (const key of keys) {
    const column = COLUMNS.get(key.path.join('.'));
    if (key.match.kind === 'universal' || column === undefined || !isIndexed(key)) {
      continue;
    }
    if (column.kind === 'request') {
      requests.push({ ref: column.ref, match: key.match });
    } else {
      conditions[column.level].push(columnCondition(column, key.match, walk));
    }
    if (key.path[0] === TAG.StudyDate && (key.match.kind === 'range' || key.match.kind === 'moment')) {
      conditions.study.push(...idsOfDates(walk.id, key.match.from?.slice(0, 8), key.match.to?.slice(0, 8)));
    }
    if ((key.path[0] === TAG.Modality || key.path[0] === TAG.ModalitiesInStudy) && key.match.kind === 'single') {
      conditions.study.push(hasModality(walk, [key.match.value], rare));
    }
  }
  if (requests.length > 0) {
    conditions.series.push(requestCondition(requests));
  }
  return conditions;
}

function isExact(match: Match): boolean {
  return match.kind === 'single' || (match.kind === 'list' && match.values.every(isExact));
}

function columnCondition(column: Exclude<Column, { readonly kind: 'request' }>, match: Match, walk: Walk): Condition {
  if (match.kind === 'list') {
    return anyOf(match.values.map((value) => columnCondition(column, value, walk)));
  }
  switch (column.kind) {
    case 'text':
    case 'number':
      if (match.kind === 'moment') {
        return momentCondition(column.ref, match);
      }
      return valueCondition(sql.ref(column.ref), match, column.kind === 'number');
    case 'name':
      // Words that lead the walk were matched there.
      return match.kind === 'words' && walk.words?.words === match.words
        ? sql`TRUE`
        : nameCondition(column.ref, column.words, match);
    case 'modalities':
      return match.kind === 'empty'
        ? sql`study.modalities IS NULL`
        : sql`EXISTS (SELECT 1 FROM series AS other WHERE other.study_id = ${walk.id}
            AND ${valueCondition(sql.ref('other.modality'), match, false)})`;
  }
}

type Moment = Extract<Match, { readonly kind: 'moment' }>;

/** A day beyond the bound, or the day of it at a time that keeps to it; a study without a time, any time of it. */
function momentCondition(dateRef: string, { time, from, to }: Moment): Condition {
  const column = COLUMNS.get(time);
  const [date, at] = [sql.ref(dateRef), sql.ref(column?.kind === 'text' ? column.ref : dateRef)];
  const keeps = (sign: RawBuilder<unknown>, end: string) =>
    sql`(${date} ${sign} ${end.slice(0, 8)} OR (${date} = ${end.slice(0, 8)} AND (${at} IS NULL OR ${at} ${sign}= ${end.slice(8)})))`;
  return allOf([
    sql`${date} IS NOT NULL`,
    ...(from === undefined ? [] : [keeps(sql`>`, from)]),
    ...(to === undefined ? [] : [keeps(sql`<`, to)]),
  ]);
}

/** NOTE: an empty attribute is NULL, and NULL satisfies no comparison. */
function valueCondition(ref: RawBuilder<unknown>, match: Match, number: boolean): Condition {
  switch (match.kind) {
    case 'universal':
      return sql`TRUE`;
    case 'empty':
      return sql`${ref} IS NULL`;
    case 'single':
      return number ? equalsNumber(ref, Number(match.value)) : sql`${ref} = ${match.value}`;
    case 'wildcard':
      return matchesPattern(number ? digitsOf(ref) : ref, match.pattern);
    case 'range':
      return allOf([
        sql`${ref} IS NOT NULL`,
        ...(match.from === undefined ? [] : [sql`${ref} >= ${match.from}`]),
        ...(match.to === undefined ? [] : [sql`${ref} <= ${match.to}`]),
      ]);
    case 'list':
      return anyOf(match.values.map((value) => valueCondition(ref, value, number)));
    case 'moment':
      return sql`FALSE`;
    case 'words':
      return allOf(match.words.map((word) => matchesPattern(sql`(' ' || ${ref})`, `* ${word}*`)));
  }
}

/** NOTE: PostgreSQL refuses what is no whole number as a value for one. */
function equalsNumber(ref: RawBuilder<unknown>, value: number): Condition {
  return Number.isSafeInteger(value) ? sql`${ref} = ${value}` : sql`FALSE`;
}

const GROUPS = ['alphabetic', 'ideographic', 'phonetic'] as const;

function nameCondition(prefix: string, words: 'name' | 'referring', match: Match): Condition {
  const refs = GROUPS.map((group) => sql.ref(`${prefix}_${group}`));
  if (match.kind === 'empty') {
    return allOf(refs.map((ref) => sql`${ref} IS NULL`));
  }
  if (match.kind === 'words') {
    return match.words.length === 0 ? sql`FALSE` : hasWords({ columns: [words], words: match.words });
  }
  if (match.kind !== 'single' && match.kind !== 'wildcard') {
    return sql`TRUE`;
  }
  const test = (ref: RawBuilder<unknown>, text: string) =>
    match.kind === 'single' ? sql`${ref} = ${text}` : matchesPattern(ref, text);
  const key = nameKey(match.kind === 'single' ? match.value : match.pattern);
  if ('any' in key) {
    return anyOf(refs.map((ref) => test(ref, key.any)));
  }
  return allOf(GROUPS.flatMap((group) => (key[group] === undefined ? [] : [test(sql.ref(`${prefix}_${group}`), key[group])])));
}

/** Keys through Request Attributes Sequence: one item must satisfy all. A series without items satisfies "empty". */
function requestCondition(requests: readonly { readonly ref: string; readonly match: Match }[]): Condition {
  const within = allOf(requests.map(({ ref, match }) => valueCondition(sql.ref(`series_request.${ref}`), match, false)));
  const item = sql`EXISTS (SELECT 1 FROM series_request WHERE series_request.series_id = series.id AND ${within})`;
  return requests.every(({ match }) => match.kind === 'empty')
    ? sql`(${item} OR NOT EXISTS (SELECT 1 FROM series_request WHERE series_request.series_id = series.id))`
    : item;
}
