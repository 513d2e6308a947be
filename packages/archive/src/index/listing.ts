import type { Scope } from '@filmless/access';
import { plannedAnew } from '@filmless/database';
import { displayName, personName, searchWords, TAG } from '@filmless/dicom';
import { type Compilable, sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { ArchiveStatistics, StudyEntry, StudyListQuery } from '../core/model.ts';
import { parseAttributes } from './codec.ts';
import type { Leading } from './postgres/ways.ts';
import { allOf, anyOf, type Condition, hasModality, idsOfDates, idValue, inScope, namedIn, query } from './predicates.ts';
import { studyWalk, type Walk } from './study-walk.ts';
import { type Demand, demandFacility, demandModality, demandText } from './study-words.ts';
import type { StudyTable } from './tables.ts';

export type StudyRow = Pick<
  StudyTable,
  | 'id'
  | 'study_instance_uid'
  | 'facility'
  | 'patient_id'
  | 'issuer'
  | 'birth_date'
  | 'sex'
  | 'study_date'
  | 'study_time'
  | 'accession_number'
  | 'description'
  | 'attributes'
  | 'modalities'
  | 'series_count'
  | 'instance_count'
  | 'received_at'
  | 'updated_at'
  | 'verified'
  | 'conflict_count'
>;

const COLUMNS = sql`study.id, study.study_instance_uid, study.facility, study.patient_id, study.issuer, study.birth_date, study.sex,
  study.study_date, study.study_time, study.accession_number, study.description, study.attributes, study.modalities,
  study.series_count, study.instance_count, study.received_at, study.updated_at, study.verified, study.conflict_count`;

export interface ListQueries {
  /** One row more than asked for says that there is a next page. */
  readonly page: Compilable<StudyRow>;
  /** How many there are, at most `exactTotal` + 1. */
  readonly total: Compilable<{ readonly count: number }>;
}

/** What the full-text index of studies is asked. @throws ArchiveError `invalid-request` */
export function listDemands(list: StudyListQuery, scope: Scope): readonly Demand[] {
  const modalities = modalitiesOf(list);
  return [
    ...demandText(list.q ?? ''),
    ...(modalities.length === 0 ? [] : [demandModality(modalities)]),
    ...(list.facility === undefined || isAlone(scope, list.facility) ? [] : demandFacility([list.facility])),
  ];
}

/** `leading`: see `WordPlanner.plan`. @throws ArchiveError `invalid-request` */
export function listQueries(list: StudyListQuery, scope: Scope, now: string, exactTotal: number, leading?: Leading): ListQueries {
  const modalities = modalitiesOf(list);
  const demands = listDemands(list, scope);
  const isWithWords = searchWords(list.q ?? '').length > 0;
  const walk = studyWalk(
    scope,
    now,
    demands,
    !isWithWords && (list.patientId !== undefined || list.accessionNumber !== undefined),
    leading,
  );
  const ids = idConditions(list, walk);
  const rows = rowConditions(list, modalities, walk);
  const conditions = [...walk.conditions, ...ids, ...rows];
  const after = list.after === undefined ? [] : [sql`${walk.id} < ${idValue(parseCursor(list.after))}`];
  return {
    page: plannedAnew(
      query(sql<StudyRow>`
      SELECT ${COLUMNS} FROM ${walk.from} WHERE ${allOf([...conditions, ...after])}
      ORDER BY ${walk.id} DESC LIMIT ${list.limit + 1}`),
    ),
    total: plannedAnew(
      query(sql<{ readonly count: number }>`
      SELECT count(*) AS count FROM (SELECT 1 FROM ${rows.length === 0 ? (walk.lean ?? walk.from) : walk.from}
        WHERE ${allOf(conditions)} LIMIT ${exactTotal + 1}) AS found`),
    ),
  };
}

function isAlone(scope: Scope, facility: string): boolean {
  return scope.facilities !== 'all' && scope.facilities.length === 1 && scope.facilities[0] === facility;
}

/** What the ids of studies tell. */
function idConditions(list: StudyListQuery, walk: Walk): readonly Condition[] {
  const [from, to] = daysOf(list);
  return idsOfDates(walk.id, from, to);
}

/** What only a study's own row tells. */
function rowConditions(list: StudyListQuery, modalities: readonly string[], walk: Walk): readonly Condition[] {
  const [from, to] = daysOf(list);
  const conditions: Condition[] = [];
  if (modalities.length > 0 && !walk.byModality) {
    conditions.push(hasModality(modalities));
  }
  if (list.facility !== undefined) {
    conditions.push(sql`study.facility = ${list.facility}`);
  }
  // NOTE: behind a first day the ids are exactly those of the days; before a last day those without a date lie, too.
  if (from === undefined && to !== undefined) {
    conditions.push(sql`study.study_date <= ${to}`);
  }
  if (list.patientId !== undefined) {
    conditions.push(sql`study.patient_id = ${list.patientId}`);
  }
  if (list.accessionNumber !== undefined) {
    conditions.push(sql`study.accession_number = ${list.accessionNumber}`);
  }
  return conditions;
}

function daysOf({ from, to }: Pick<StudyListQuery, 'from' | 'to'>): readonly [from: string | undefined, to: string | undefined] {
  return [from === undefined ? undefined : compactDate(from), to === undefined ? undefined : compactDate(to)];
}

const MOST_MODALITIES = 20;

/**
 * The modalities asked for, of which a study has any.
 * @throws ArchiveError `invalid-request`
 */
function modalitiesOf({ modality = '' }: StudyListQuery): readonly string[] {
  const codes = modality.split(',').filter((code) => code !== '');
  if (codes.length > MOST_MODALITIES) {
    throw new ArchiveError('invalid-request', `modality: at most ${MOST_MODALITIES} codes`);
  }
  return codes;
}

function parseCursor(text: string): number {
  const id = Number.parseInt(text, 36);
  if (!/^[0-9a-z]{1,11}$/.test(text) || !Number.isSafeInteger(id)) {
    throw new ArchiveError('invalid-request', 'after: not a cursor of this list');
  }
  return id;
}

export function cursorOf(row: Pick<StudyRow, 'id'>): string {
  return row.id.toString(36);
}

function compactDate(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    throw new ArchiveError('invalid-request', `${JSON.stringify(text.slice(0, 20))} is not a date (YYYY-MM-DD)`);
  }
  return text.replaceAll('-', '');
}

export interface StudyAround {
  readonly bodyParts: readonly string[];
  readonly sharedWith: readonly string[];
}

/** A row in the shape of `/api/studies`. */
export function studyEntry(row: StudyRow, around: StudyAround): StudyEntry {
  return {
    studyInstanceUid: row.study_instance_uid,
    patient: {
      id: row.patient_id ?? '',
      issuer: row.issuer,
      name: displayName(personName(parseAttributes(row.attributes), TAG.PatientName)),
      birthDate: dashedDate(row.birth_date),
      sex: row.sex ?? '',
    },
    accessionNumber: row.accession_number ?? '',
    date: dashedDate(row.study_date),
    time: row.study_time === null ? null : row.study_time.replace(/^(\d{2})(\d{2})(\d{2}).*$/, '$1:$2:$3'),
    description: row.description ?? '',
    modalities: (row.modalities ?? '').split('\\').filter((modality) => modality !== ''),
    bodyParts: around.bodyParts,
    seriesCount: row.series_count,
    instanceCount: row.instance_count,
    facility: row.facility,
    sharedWith: around.sharedWith,
    receivedAt: row.received_at,
    updatedAt: row.updated_at,
    verified: row.verified === 1,
    conflicts: row.conflict_count,
  };
}

function dashedDate(date: string | null): string | null {
  return date === null ? null : date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** What the facilities of a scope keep of their own. */
export function countedQuery(scope: Scope): Compilable<ArchiveStatistics> {
  const facilities = namedIn(scope);
  const own = facilities === undefined ? sql`TRUE` : anyOf(facilities.map((facility) => sql`facility = ${facility}`));
  return query(sql<ArchiveStatistics>`
    SELECT coalesce(sum(studies), 0) AS studies, coalesce(sum(series), 0) AS series, coalesce(sum(instances), 0) AS instances,
      coalesce(sum(bytes), 0) AS bytes FROM counted WHERE ${own}`);
}

/** The studies of a page by their ids: their body parts, and the facilities they are shared with now. */
export function aroundQueries(
  ids: readonly number[],
  now: string,
): readonly [Compilable<{ study_id: number; value: string }>, Compilable<{ study_id: number; value: string }>] {
  const list = sql.join(ids.map((id) => sql.val(id)));
  return [
    query(sql`
      SELECT DISTINCT study_id, body_part AS value FROM series WHERE study_id IN (${list}) AND body_part IS NOT NULL ORDER BY 1, 2`),
    query(sql`
      SELECT reach.study_id, reach.facility AS value FROM reach JOIN study ON study.id = reach.study_id
      WHERE reach.study_id IN (${list}) AND reach.facility <> study.facility
        AND (reach.expires_at IS NULL OR reach.expires_at > ${now}) ORDER BY 1, 2`),
  ];
}

export function aroundOf(
  id: number,
  bodyParts: readonly { study_id: number; value: string }[],
  shares: readonly { study_id: number; value: string }[],
): StudyAround {
  const of = (rows: readonly { study_id: number; value: string }[]) =>
    rows.filter((row) => row.study_id === id).map((row) => row.value);
  return { bodyParts: of(bodyParts), sharedWith: of(shares) };
}

/** One study in the scope. */
export function studyQuery(studyInstanceUid: string, scope: Scope, now: string): Compilable<StudyRow> {
  return query(sql<StudyRow>`
    SELECT ${COLUMNS} FROM study WHERE study.study_instance_uid = ${studyInstanceUid} AND ${inScope(scope, now)}`);
}

export type StudyPlace = Pick<StudyRow, 'id' | 'study_instance_uid'>;

/** Where studies stand in the list. @throws ArchiveError `invalid-request` */
export function placesQuery(
  studyInstanceUids: readonly string[],
  { from, to }: Pick<StudyListQuery, 'from' | 'to'>,
  scope: Scope,
  now: string,
): Compilable<StudyPlace> {
  const days = [
    ...(from === undefined ? [] : [sql`study.study_date >= ${compactDate(from)}`]),
    ...(to === undefined ? [] : [sql`study.study_date <= ${compactDate(to)}`]),
  ];
  return query(sql<StudyPlace>`
    SELECT study.id, study.study_instance_uid FROM study
    WHERE study.study_instance_uid IN (${sql.join(studyInstanceUids)}) AND ${allOf([inScope(scope, now), ...days])}`);
}

export function studiesQuery(studyInstanceUids: readonly string[]): Compilable<StudyRow> {
  return query(sql<StudyRow>`
    SELECT ${COLUMNS} FROM study WHERE study.study_instance_uid IN (${sql.join(studyInstanceUids)}) ORDER BY study.id DESC`);
}

export interface SeriesRow {
  readonly series_instance_uid: string;
  readonly number: number | null;
  readonly modality: string | null;
  readonly description: string | null;
  readonly body_part: string | null;
  readonly instance_count: number;
  readonly frame_count: number;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly first_uid: string;
  readonly sop_class_uid: string;
  readonly transfer_syntax_uid: string;
}

/** The series of a study with the first instance of each. */
export function seriesQuery(studyInstanceUid: string): Compilable<SeriesRow> {
  return query(sql<SeriesRow>`
    SELECT series.series_instance_uid, series.number, series.modality, series.description, series.body_part, series.instance_count,
      series.frame_count, first.rows, first.columns, first.sop_instance_uid AS first_uid, first.sop_class_uid, first.transfer_syntax_uid
    FROM study JOIN series ON series.study_id = study.id JOIN instance AS first ON first.id =
      (SELECT id FROM instance WHERE series_id = series.id ORDER BY position, sop_instance_uid LIMIT 1)
    WHERE study.study_instance_uid = ${studyInstanceUid} ORDER BY series.position, series.series_instance_uid`);
}
