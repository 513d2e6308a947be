import type { Scope } from '@filmless/access';
import { type DataSet, type MatchKey, type MutableDataSet, TAG, type TagKey } from '@filmless/dicom';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import type { SearchQuery } from '../core/archive-core.ts';
import { OPTIONAL, REQUIRED } from '../core/levels.ts';
import { computed, type Found } from '../core/search/present.ts';
import { parseAttributes } from './codec.ts';
import { conditionsOf, type KeyFacts } from './conditions.ts';
import { allOf, type Condition, query, studyWalk, type Walk } from './predicates.ts';

/** A row of a search at any level; what the level does not have is not selected. */
export interface SearchColumns {
  readonly study_attributes?: string;
  readonly modalities?: string | null;
  readonly issuer?: string;
  readonly series_count?: number;
  readonly study_instances?: number;
  readonly series_attributes?: string;
  readonly series_instances?: number;
  readonly sop_instance_uid?: string;
  readonly sop_class_uid?: string;
  readonly transfer_syntax_uid?: string;
  readonly number?: number | null;
  readonly rows?: number | null;
  readonly columns?: number | null;
  readonly bits_allocated?: number | null;
  readonly number_of_frames?: number | null;
  readonly study_instance_uid: string;
  readonly series_instance_uid?: string;
  /** The instance whose header describes the row, and the stored bytes of that. */
  readonly header_of?: number;
  readonly header_bytes?: number;
}

export interface SearchPlan {
  /** Keys that only stored headers can answer. */
  readonly rest: readonly MatchKey[];
  /** One page of candidates, in the order of the answer. */
  page(limit: number, offset: number): Compilable<SearchColumns>;
}

const STUDY = sql`study.attributes AS study_attributes, study.modalities, study.issuer, study.series_count,
  study.instance_count AS study_instances, study.study_instance_uid`;
const SERIES = sql`series.attributes AS series_attributes, series.instance_count AS series_instances, study.study_instance_uid,
  series.series_instance_uid`;
const INSTANCE = sql`instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid, instance.number, instance.rows,
  instance.columns, instance.bits_allocated, instance.number_of_frames, study.study_instance_uid, series.series_instance_uid`;

/** Compiles a search to SQL; what needs headers is left in `rest`. `rare`: the modality asked for has few series. */
export function planSearch(search: SearchQuery, scope: Scope, now: string, facts: KeyFacts, rare: boolean): SearchPlan {
  const needsHeader = search.include === 'all' || search.include.some((tag) => !isAtHand(tag, search));
  const selective = facts.selective || search.within !== undefined || (rare && facts.words === undefined);
  const walk = studyWalk(scope, now, facts.words, selective);
  const keys = conditionsOf(search.keys, walk, rare);
  const shape = { search, walk, keys, withHeader: facts.rest.length > 0 || needsHeader };
  const build = { study: studyPage, series: seriesPage, instance: instancePage }[search.level];
  return { rest: facts.rest, page: (limit, offset) => query(build(shape, sql`LIMIT ${limit} OFFSET ${offset}`)) };
}

interface Shape {
  readonly search: SearchQuery;
  readonly walk: Walk;
  readonly keys: ReturnType<typeof conditionsOf>;
  readonly withHeader: boolean;
}

/** Attributes of the levels below that have a column: one series, or one instance, must satisfy them. */
function below(
  conditions: readonly Condition[],
  instances: readonly Condition[],
  from: 'study' | 'series',
): readonly Condition[] {
  if (instances.length > 0) {
    return from === 'study'
      ? [
          sql`EXISTS (SELECT 1 FROM series JOIN instance ON instance.series_id = series.id
          WHERE series.study_id = study.id AND ${allOf([...conditions, ...instances])})`,
        ]
      : [sql`EXISTS (SELECT 1 FROM instance WHERE instance.series_id = series.id AND ${allOf(instances)})`];
  }
  return conditions.length > 0 && from === 'study'
    ? [sql`EXISTS (SELECT 1 FROM series WHERE series.study_id = study.id AND ${allOf(conditions)})`]
    : [];
}

function studyPage(shape: Shape, page: RawBuilder<unknown>): RawBuilder<SearchColumns> {
  const { keys, walk, withHeader } = shape;
  const conditions = [...walk.conditions, ...keys.study, ...below(keys.series, keys.instance, 'study')];
  return sql<SearchColumns>`
    SELECT ${STUDY} ${headerColumn(withHeader)} FROM ${walk.from} ${headerJoin(withHeader, 'study.described_by')}
    WHERE ${allOf([...conditions, ...within(shape)])} ORDER BY ${walk.id} DESC ${page}`;
}

function seriesPage(shape: Shape, page: RawBuilder<unknown>): RawBuilder<SearchColumns> {
  const { keys, walk, withHeader, search } = shape;
  const conditions = [...walk.conditions, ...keys.study, ...keys.series];
  const relational = search.within === undefined ? sql`${STUDY},` : sql``;
  return sql<SearchColumns>`
    SELECT ${relational} ${SERIES} ${headerColumn(withHeader)} FROM ${walk.from} ${walk.join} series ON series.study_id = study.id
      ${headerJoin(withHeader, 'series.described_by')}
    WHERE ${allOf([...conditions, ...below([], keys.instance, 'series'), ...within(shape)])}
    ORDER BY ${walk.id} DESC, series.position, series.series_instance_uid ${page}`;
}

function instancePage(shape: Shape, page: RawBuilder<unknown>): RawBuilder<SearchColumns> {
  const { keys, walk, withHeader, search } = shape;
  const conditions = [...walk.conditions, ...keys.study, ...keys.series, ...keys.instance];
  const study = search.within === undefined ? sql`${STUDY},` : sql``;
  const series = search.within?.seriesInstanceUid === undefined ? sql`${SERIES},` : sql``;
  return sql<SearchColumns>`
    SELECT ${study} ${series} ${INSTANCE} ${headerColumn(withHeader)} FROM ${walk.from} ${walk.join} series ON series.study_id = study.id
      ${walk.join} instance ON instance.series_id = series.id ${withHeader ? sql`JOIN instance_header ON instance_header.instance_id = instance.id` : sql``}
    WHERE ${allOf([...conditions, ...within(shape)])}
    ORDER BY ${walk.id} DESC, series.position, series.series_instance_uid, instance.position, instance.sop_instance_uid ${page}`;
}

function within({ search }: Shape): readonly Condition[] {
  const { within: path } = search;
  return [
    ...(path === undefined ? [] : [sql`study.study_instance_uid = ${path.studyInstanceUid}`]),
    ...(path?.seriesInstanceUid === undefined ? [] : [sql`series.series_instance_uid = ${path.seriesInstanceUid}`]),
  ];
}

function headerColumn(withHeader: boolean): RawBuilder<unknown> {
  return withHeader ? sql`, instance_header.instance_id AS header_of, length(instance_header.header) AS header_bytes` : sql``;
}

/** The instance whose header describes the study or series. */
function headerJoin(withHeader: boolean, describedBy: string): RawBuilder<unknown> {
  return withHeader
    ? sql`JOIN instance AS description ON description.sop_instance_uid = ${sql.ref(describedBy)}
        JOIN instance_header ON instance_header.instance_id = description.id`
    : sql``;
}

/** Puts a row's attributes together. */
export function foundOf(
  row: SearchColumns,
  level: SearchQuery['level'],
  asked: readonly TagKey[],
  header: DataSet | undefined,
): Found {
  const attributes: MutableDataSet = {
    ...(row.study_attributes === undefined ? {} : studyAttributes(row, row.study_attributes, asked)),
    ...(row.series_attributes === undefined ? {} : parseAttributes(row.series_attributes)),
    ...(row.series_instances === undefined ? {} : { [TAG.NumberOfSeriesRelatedInstances]: computed('IS', row.series_instances) }),
    ...(row.sop_instance_uid === undefined ? {} : instanceAttributes(row)),
    [TAG.InstanceAvailability]: computed('CS', 'ONLINE'),
  };
  return { level, attributes, header };
}

function studyAttributes(row: SearchColumns, text: string, asked: readonly TagKey[]): DataSet {
  const issuer = asked.includes(TAG.IssuerOfPatientID) ? { [TAG.IssuerOfPatientID]: computed('LO', row.issuer ?? null) } : {};
  return {
    ...parseAttributes(text),
    ...issuer,
    [TAG.ModalitiesInStudy]: computed(
      'CS',
      (row.modalities ?? '').split('\\').filter((modality) => modality !== ''),
    ),
    [TAG.NumberOfStudyRelatedSeries]: computed('IS', row.series_count ?? 0),
    [TAG.NumberOfStudyRelatedInstances]: computed('IS', row.study_instances ?? 0),
  };
}

/** Available Transfer Syntax UID, PS3.18 table 10.6.3-5. */
const AVAILABLE_TRANSFER_SYNTAX_UID = '00083002';

function instanceAttributes(row: SearchColumns): DataSet {
  const image: [TagKey, 'US' | 'IS', number | null | undefined][] = [
    [TAG.Rows, 'US', row.rows],
    [TAG.Columns, 'US', row.columns],
    [TAG.BitsAllocated, 'US', row.bits_allocated],
    [TAG.NumberOfFrames, 'IS', row.number_of_frames],
  ];
  return {
    [TAG.SOPClassUID]: computed('UI', row.sop_class_uid ?? null),
    [TAG.SOPInstanceUID]: computed('UI', row.sop_instance_uid ?? null),
    [TAG.StudyInstanceUID]: computed('UI', row.study_instance_uid),
    [TAG.SeriesInstanceUID]: computed('UI', row.series_instance_uid ?? null),
    [TAG.InstanceNumber]: computed('IS', row.number ?? null),
    [AVAILABLE_TRANSFER_SYNTAX_UID]: computed('UI', row.transfer_syntax_uid ?? null),
    ...Object.fromEntries(image.flatMap(([tag, vr, value]) => (value == null ? [] : [[tag, computed(vr, value)]]))),
  };
}

/** What the attributes beside a row hold, at the least. */
const OWN: Readonly<Record<SearchQuery['level'], ReadonlySet<TagKey>>> = {
  study: new Set([...REQUIRED.study, ...OPTIONAL.study]),
  series: new Set([...REQUIRED.series, ...OPTIONAL.series]),
  instance: new Set([...REQUIRED.instance, ...OPTIONAL.instance]),
};

const COMPUTED: ReadonlySet<TagKey> = new Set([
  TAG.ModalitiesInStudy,
  TAG.NumberOfStudyRelatedSeries,
  TAG.NumberOfStudyRelatedInstances,
  TAG.NumberOfSeriesRelatedInstances,
  TAG.InstanceAvailability,
  TAG.IssuerOfPatientID,
  TAG.RetrieveURL,
  TAG.SpecificCharacterSet,
]);

/** True when an attribute asked for needs no header: the level's own columns and attributes have it. */
function isAtHand(tag: TagKey, search: SearchQuery): boolean {
  return COMPUTED.has(tag) || OWN[search.level].has(tag);
}
