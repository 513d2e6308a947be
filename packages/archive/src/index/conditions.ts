import { type Match, type MatchKey, nameKey, TAG } from '@filmless/dicom';
import { type RawBuilder, sql } from 'kysely';
import { digitsOf, matchesPattern } from './patterns.ts';
import { allOf, anyOf, type Condition, idsOfDates } from './predicates.ts';
import type { Walk } from './study-walk.ts';
import { type Demand, demandModality, demandPattern, demandWords } from './study-words.ts';

type Level = 'study' | 'series' | 'instance';

/** How an indexed attribute is matched: the column, and what kind of values it holds. */
type Column =
  /** `letter`: the full-text index has its words. */
  | { readonly level: Level; readonly kind: 'text'; readonly ref: string; readonly letter?: 'i' }
  | { readonly level: Level; readonly kind: 'number' | 'modality'; readonly ref: string }
  | {
      readonly level: Level;
      readonly kind: 'name';
      readonly ref: 'study.name' | 'study.referring';
      readonly letter: 'n' | 'r';
    }
  | { readonly level: 'study'; readonly kind: 'modalities' }
  | { readonly level: 'series'; readonly kind: 'request'; readonly ref: 'step_id' | 'procedure_id' };

/** Attributes with an index column, by path. All others are looked up in stored headers. */
const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  [TAG.StudyDate, { level: 'study', kind: 'text', ref: 'study.study_date' }],
  [TAG.StudyTime, { level: 'study', kind: 'text', ref: 'study.study_time' }],
  [TAG.AccessionNumber, { level: 'study', kind: 'text', ref: 'study.accession_number', letter: 'i' }],
  [TAG.ModalitiesInStudy, { level: 'study', kind: 'modalities' }],
  [TAG.ReferringPhysicianName, { level: 'study', kind: 'name', ref: 'study.referring', letter: 'r' }],
  [TAG.StudyDescription, { level: 'study', kind: 'text', ref: 'study.description' }],
  [TAG.PatientName, { level: 'study', kind: 'name', ref: 'study.name', letter: 'n' }],
  [TAG.PatientID, { level: 'study', kind: 'text', ref: 'study.patient_id', letter: 'i' }],
  [TAG.IssuerOfPatientID, { level: 'study', kind: 'text', ref: 'study.issuer' }],
  [TAG.PatientBirthDate, { level: 'study', kind: 'text', ref: 'study.birth_date' }],
  [TAG.PatientSex, { level: 'study', kind: 'text', ref: 'study.sex' }],
  [TAG.StudyInstanceUID, { level: 'study', kind: 'text', ref: 'study.study_instance_uid' }],
  [TAG.StudyID, { level: 'study', kind: 'text', ref: 'study.study_id' }],
  [TAG.NumberOfStudyRelatedSeries, { level: 'study', kind: 'number', ref: 'study.series_count' }],
  [TAG.NumberOfStudyRelatedInstances, { level: 'study', kind: 'number', ref: 'study.instance_count' }],
  [TAG.Modality, { level: 'series', kind: 'modality', ref: 'series.modality' }],
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
  /** What the full-text index of studies is asked, where that leads. */
  readonly demands: readonly Demand[];
  /** True when an index finds few rows. */
  readonly selective: boolean;
  /** True when that is one of series or of instances. */
  readonly selectiveBelow: boolean;
  /** True when the rows looked at are about those that match, so that they can be counted. */
  readonly countable: boolean;
  /** True when each study that leads has a match: nothing is asked of what lies below it but its modality, which led. */
  readonly studiesMatch: boolean;
}

export function factsOf(keys: readonly MatchKey[]): KeyFacts {
  const of = (key: MatchKey) => key.path.join('.');
  return {
    rest: keys.filter((key) => key.match.kind !== 'universal' && !isIndexed(key)),
    demands: keys.flatMap((key) => demandsOf(COLUMNS.get(of(key)), key.match)),
    selective: keys.some((key) => SELECTIVE.has(of(key)) && isSelective(key.match)),
    selectiveBelow: keys.some((key) => SELECTIVE_BELOW.has(of(key)) && isSelective(key.match)),
    countable: keys.every(isLed),
    studiesMatch: keys.every(isOfStudy),
  };
}

/** An index leads to what matches such a key: words, days, few rows, a modality. */
function isLed({ path, match }: MatchKey): boolean {
  const name = path.join('.');
  return (
    match.kind === 'universal' ||
    demandsOf(COLUMNS.get(name), match).length > 0 ||
    (SELECTIVE.has(name) && isSelective(match)) ||
    (name === TAG.StudyDate && (match.kind === 'range' || match.kind === 'moment'))
  );
}

function isOfStudy({ path, match }: MatchKey): boolean {
  const column = COLUMNS.get(path.join('.'));
  return match.kind === 'universal' || column?.level === 'study' || demandsOf(column, match).length > 0;
}

function isIndexed({ path, match }: MatchKey): boolean {
  return COLUMNS.has(path.join('.')) && (match.kind !== 'moment' || COLUMNS.has(match.time));
}

/** What of a key the full-text index of studies can be asked. */
function demandsOf(column: Column | undefined, match: Match): readonly Demand[] {
  switch (column?.kind) {
    case 'name':
      return demandName(column.letter, match);
    case 'text':
      return column.letter === undefined || match.kind !== 'wildcard' ? [] : demandPattern(match.pattern, column.letter);
    case 'modalities':
    case 'modality':
      return modalitiesOf(match).length === 0 ? [] : [demandModality(modalitiesOf(match))];
    default:
      return [];
  }
}

function demandName(letter: 'n' | 'r', match: Match): readonly Demand[] {
  if (match.kind === 'words') {
    return demandWords(match.words, [letter]);
  }
  if (match.kind !== 'single' && match.kind !== 'wildcard') {
    return [];
  }
  const key = nameKey(match.kind === 'single' ? match.value : match.pattern);
  return demandPattern('any' in key ? key.any : (key.alphabetic ?? ''), letter);
}

/** Modalities of which one must be there; none where a pattern says which. */
function modalitiesOf(match: Match): readonly string[] {
  const values = match.kind === 'list' ? match.values : [match];
  const named = values.flatMap((value) => (value.kind === 'single' ? [value.value] : []));
  return named.length === values.length ? named : [];
}

function isSelective(match: Match): boolean {
  const isOneDay = match.kind === 'range' && match.from !== undefined && match.from === match.to;
  return isExact(match) || isOneDay;
}

/** Conditions by the table they are about. */
export function conditionsOf(keys: readonly MatchKey[], walk: Walk): Readonly<Record<Level, readonly Condition[]>> {
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
  const isMet = column.kind === 'name' ? walk.byWords && match.kind === 'words' : walk.byModality && column.kind === 'modalities';
  if (isMet && demandsOf(column, match).length > 0) {
    return sql`TRUE`;
  }
  if (match.kind === 'list') {
    return anyOf(match.values.map((value) => columnCondition(column, value, { ...walk, byWords: false, byModality: false })));
  }
  switch (column.kind) {
    case 'text':
    case 'number':
    case 'modality':
      if (match.kind === 'moment') {
        return momentCondition(column.ref, match);
      }
      return valueCondition(sql.ref(column.ref), match, column.kind === 'number');
    case 'name':
      return nameCondition(column.ref, match);
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
      if (match.from !== undefined && match.from === match.to) {
        // One value of an index has its studies in their order, a range has not.
        return sql`${ref} = ${match.from}`;
      }
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

function nameCondition(prefix: string, match: Match): Condition {
  const refs = GROUPS.map((group) => sql.ref(`${prefix}_${group}`));
  if (match.kind === 'empty') {
    return allOf(refs.map((ref) => sql`${ref} IS NULL`));
  }
  if (match.kind === 'words') {
    return match.words.length === 0 ? sql`FALSE` : valueCondition(sql.ref(`${prefix}_words`), match, false);
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
