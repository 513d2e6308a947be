import type { Scope } from '@filmless/access';
import { plannedAnew } from '@filmless/database';
import type { MatchKey } from '@filmless/dicom';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import type { SearchQuery } from '../core/archive-core.ts';
import { conditionsOf, type KeyFacts } from './conditions.ts';
import { LEADING } from './either.ts';
import type { Leading } from './postgres/ways.ts';
import { allOf, type Condition, inScope, query } from './predicates.ts';
import { type AnswerShape, type SearchColumns, shapeOf } from './search-answer.ts';
import { EVERYTHING, partsBehind, type Range, type SearchCursor } from './search-cursor.ts';
import { studyWalk, type Walk } from './study-walk.ts';

export interface SearchPlan {
  /** Keys that only stored headers can answer. */
  readonly rest: readonly MatchKey[];
  /** The candidates behind a place, or all, as queries to be asked one after the other. */
  parts(after: SearchCursor | undefined): readonly SearchPart[];
  /** How many match, counted up to a limit; undefined where counting would look at far more rows than match. */
  readonly count: ((limit: number) => Compilable<{ readonly count: number }>) | undefined;
}

/** A part of the candidates, in the order of the answer. */
export interface SearchPart {
  /** One page; of so many studies at most where they are counted. */
  page(limit: number, offset: number, studies: number): Compilable<SearchColumns>;
  /**
   * How many studies there are, at most so many: where what the full-text index finds is sorted by what lies below the studies, which SQLite does for
   * all that it was given.
   */
  readonly studies: ((most: number) => Compilable<{ readonly count: number }>) | undefined;
}

const STUDY = sql`study.attributes AS study_attributes, study.modalities, study.issuer, study.series_count,
  study.instance_count AS study_instances,`;
const SERIES = sql`series.attributes AS series_attributes, series.instance_count AS series_instances,`;
const SERIES_PLACE = sql`series.position AS series_position, series.series_instance_uid`;
const INSTANCE = sql`instance.sop_class_uid, instance.transfer_syntax_uid, instance.number, instance.rows,
  instance.columns, instance.bits_allocated, instance.number_of_frames, instance.position AS instance_position,
  instance.sop_instance_uid`;

/** Compiles a search to SQL; what needs headers is left in `rest`. */
export function planSearch(search: SearchQuery, scope: Scope, now: string, facts: KeyFacts, leading?: Leading): SearchPlan {
  const walk = studyWalk(scope, now, facts.demands, facts.selective || search.within !== undefined, leading);
  const keys = conditionsOf(search.keys, walk);
  const answer = shapeOf(search);
  const shape: Shape = {
    search,
    scope,
    now,
    walk,
    keys,
    answer: { ...answer, withHeader: answer.withHeader || facts.rest.length > 0 },
    leadsBelow: facts.selectiveBelow,
  };
  const build = { patient: patientPage, study: studyPage, series: seriesPage, instance: instancePage }[search.level];
  const bare: Shape = { ...shape, answer: { ...answer, withHeader: false } };
  return {
    rest: facts.rest,
    // NOTE: patients are asked for by C-FIND alone, which tells no total, and each is counted by looking through its studies.
    count:
      search.level !== 'patient' &&
      facts.rest.length === 0 &&
      (facts.countable || search.within !== undefined) &&
      (facts.studiesMatch || !isCounted(shape))
        ? (limit) =>
            planned(
              sql<{
                readonly count: number;
              }>`SELECT count(*) AS count FROM (${build(bare, EVERYTHING, pageOf(limit))}) AS counted`,
            )
        : undefined,
    parts: (after) =>
      (after === undefined ? [EVERYTHING] : partsBehind(walk, after)).map((range) => ({
        page: (limit, offset, studies) => planned(build(shape, range, { limits: sql`LIMIT ${limit} OFFSET ${offset}`, studies })),
        studies: isCounted(shape) ? (most) => planned(countOf(shape, range, most)) : undefined,
      })),
  };
}

/** NOTE: of values that were not looked at PostgreSQL believes that all words are equally rare. */
function planned<O>(raw: RawBuilder<O>): Compilable<O> {
  return plannedAnew(query(raw));
}

/** Series and instances of studies that the full-text index finds. */
function isCounted({ walk, search }: Shape): boolean {
  return walk.byWords && (search.level === 'series' || search.level === 'instance');
}

/** Studies that lead, the newest first. */
function leading({ walk, keys }: Shape, range: Range, most: number): RawBuilder<unknown> {
  return sql`SELECT ${walk.id} AS id FROM ${walk.from} WHERE ${allOf([...walk.conditions, ...keys.study, range.study])}
    ORDER BY ${walk.id} DESC LIMIT ${most}`;
}

function countOf(shape: Shape, range: Range, most: number): RawBuilder<{ readonly count: number }> {
  return sql<{ readonly count: number }>`SELECT count(*) AS count FROM (${leading(shape, range, most)}) AS found`;
}

/** Where series and instances are looked for. */
function studiesOf(shape: Shape, range: Range, { studies }: Page): Pick<Walk, 'from' | 'conditions' | 'id' | 'join'> {
  const { walk, keys } = shape;
  if (!isCounted(shape)) {
    return { ...walk, conditions: [...walk.conditions, ...keys.study, ...within(shape), range.study] };
  }
  const from = sql`(${leading(shape, range, studies)}) AS led ${LEADING} study ON study.id = led.id`;
  return { from, conditions: [], id: sql`led.id`, join: LEADING };
}

interface Page {
  readonly limits: RawBuilder<unknown>;
  readonly studies: number;
}

/** The first matches: no more studies than matches are needed. */
function pageOf(limit: number): Page {
  return { limits: sql`LIMIT ${limit}`, studies: limit };
}

interface Shape {
  readonly search: SearchQuery;
  readonly scope: Scope;
  readonly now: string;
  readonly walk: Walk;
  readonly keys: ReturnType<typeof conditionsOf>;
  readonly answer: AnswerShape;
  /** Keys below the level find few rows. */
  readonly leadsBelow: boolean;
}

type Built = RawBuilder<SearchColumns>;

/** Attributes of the levels below that have a column: one series, or one instance, must satisfy them. `leads`: few do. */
function below(conditions: readonly Condition[], instances: readonly Condition[], leads: boolean): readonly Condition[] {
  if (conditions.length + instances.length === 0) {
    return [];
  }
  const from = instances.length === 0 ? sql`series` : sql`series JOIN instance ON instance.series_id = series.id`;
  const all = allOf([...conditions, ...instances]);
  return leads
    ? [sql`study.id IN (SELECT series.study_id FROM ${from} WHERE ${all})`]
    : [sql`EXISTS (SELECT 1 FROM ${from} WHERE series.study_id = study.id AND ${all})`];
}

/** The same for a series: one of its instances. */
function belowSeries(instances: readonly Condition[], leads: boolean): readonly Condition[] {
  if (instances.length === 0) {
    return [];
  }
  return leads
    ? [sql`series.id IN (SELECT instance.series_id FROM instance WHERE ${allOf(instances)})`]
    : [sql`EXISTS (SELECT 1 FROM instance WHERE instance.series_id = series.id AND ${allOf(instances)})`];
}

/** A patient is found by the newest study that matches; a study without a patient's number stands for itself. */
function patientPage(shape: Shape, range: Range, { limits }: Page): Built {
  const { keys, walk, scope, now, answer } = shape;
  const conditions = [...walk.conditions, ...keys.study, ...below(keys.series, keys.instance, shape.leadsBelow), range.study];
  // NOTE: the same conditions once more, on the patient's other studies: there `study` names those.
  const others = studyWalk(scope, now, [], true);
  const same = conditionsOf(shape.search.keys, others);
  const newer = [...others.conditions, ...same.study, ...below(same.series, same.instance, false)];
  return sql<SearchColumns>`
    SELECT study.attributes AS study_attributes, study.issuer, study.study_instance_uid, candidate.found AS study_row,
      CASE WHEN candidate.of_patient IS NULL THEN '1,' || study.series_count || ',' || study.instance_count
        ELSE (SELECT count(*) || ',' || sum(series_count) || ',' || sum(instance_count) FROM study
          WHERE study.patient = candidate.of_patient AND ${inScope(scope, now)}) END AS patient_counts
      ${headerColumn(answer)}
    FROM (SELECT ${walk.id} AS found, study.patient AS of_patient FROM ${walk.from} WHERE ${allOf(conditions)}
        ORDER BY ${walk.id} DESC) AS candidate
      ${LEADING} study ON study.id = candidate.found ${headerJoin(answer, 'study.described_by')}
    WHERE candidate.of_patient IS NULL OR NOT EXISTS (SELECT 1 FROM study
      WHERE study.patient = candidate.of_patient AND study.id > candidate.found AND ${allOf(newer)})
    ORDER BY candidate.found DESC ${limits}`;
}

function studyPage(shape: Shape, range: Range, { limits }: Page): Built {
  const { keys, walk, answer } = shape;
  const conditions = [
    ...walk.conditions,
    ...keys.study,
    ...below(keys.series, keys.instance, shape.leadsBelow),
    ...within(shape),
    range.study,
  ];
  return sql<SearchColumns>`
    SELECT ${STUDY} study.study_instance_uid, ${walk.id} AS study_row ${headerColumn(answer)}
    FROM ${walk.from} ${headerJoin(answer, 'study.described_by')}
    WHERE ${allOf(conditions)} ORDER BY ${walk.id} DESC ${limits}`;
}

function seriesPage(shape: Shape, range: Range, page: Page): Built {
  const { keys, answer } = shape;
  const { from, conditions, id, join } = studiesOf(shape, range, page);
  const all = [...conditions, ...keys.series, ...belowSeries(keys.instance, shape.leadsBelow), range.below];
  return sql<SearchColumns>`
    SELECT ${answer.withStudy ? STUDY : sql``} ${SERIES} ${SERIES_PLACE}, study.study_instance_uid, ${id} AS study_row
      ${headerColumn(answer)}
    FROM ${from} ${join} series ON series.study_id = study.id ${headerJoin(answer, 'series.described_by')}
    WHERE ${allOf(all)} ORDER BY ${id} DESC, series.position, series.series_instance_uid ${page.limits}`;
}

function instancePage(shape: Shape, range: Range, page: Page): Built {
  const { keys, answer } = shape;
  const { from, conditions, id, join } = studiesOf(shape, range, page);
  const header = answer.withHeader ? sql`JOIN instance_header ON instance_header.instance_id = instance.id` : sql``;
  return sql<SearchColumns>`
    SELECT ${answer.withStudy ? STUDY : sql``} ${answer.withSeries ? SERIES : sql``} ${SERIES_PLACE}, ${INSTANCE},
      study.study_instance_uid, ${id} AS study_row ${headerColumn(answer)}
    FROM ${from} ${join} series ON series.study_id = study.id ${join} instance ON instance.series_id = series.id ${header}
    WHERE ${allOf([...conditions, ...keys.series, ...keys.instance, range.below])}
    ORDER BY ${id} DESC, series.position, series.series_instance_uid, instance.position, instance.sop_instance_uid ${page.limits}`;
}

function within({ search }: Shape): readonly Condition[] {
  const { within: path } = search;
  return [
    ...(path === undefined ? [] : [sql`study.study_instance_uid = ${path.studyInstanceUid}`]),
    ...(path?.seriesInstanceUid === undefined ? [] : [sql`series.series_instance_uid = ${path.seriesInstanceUid}`]),
  ];
}

function headerColumn({ withHeader }: AnswerShape): RawBuilder<unknown> {
  return withHeader ? sql`, instance_header.instance_id AS header_of, length(instance_header.header) AS header_bytes` : sql``;
}

/** The instance whose header describes the study or series. */
function headerJoin({ withHeader }: AnswerShape, describedBy: string): RawBuilder<unknown> {
  return withHeader
    ? sql`JOIN instance AS description ON description.sop_instance_uid = ${sql.ref(describedBy)}
        JOIN instance_header ON instance_header.instance_id = description.id`
    : sql``;
}
