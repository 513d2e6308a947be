import type { Scope } from '@filmless/access';
import { type Compilable, sql } from 'kysely';
import type { Target } from '../core/model.ts';
import { numbersOf, textsOf } from './either.ts';
import { allOf, type Condition, inScope, query } from './predicates.ts';
import { prepared, type Statement } from './prepared.ts';
import type { InstanceRow } from './rows.ts';

/** A row that says how large its header is, stored. */
export type SizedRow = InstanceRow & { readonly header_bytes: number };

export type LayoutRow = InstanceRow & { readonly layout: Uint8Array };

export type HeaderRow = LayoutRow & { readonly header: Uint8Array };

/** How much of an instance is asked for. */
type Depth = 'plain' | 'layout' | 'header';

/** Where a page ends, and the next begins. */
export interface After {
  readonly position: number;
  readonly uid: string;
}

const COLUMNS = sql`instance.id, instance.series_id, instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
  instance.number, instance.position, instance.frame_count, instance.size, instance.data_set_offset, instance.sha256,
  instance.received_at, instance.object_key, instance.inflated_key, study.study_instance_uid, series.series_instance_uid,
  study.facility`;
const FROM = sql`study JOIN series ON series.study_id = study.id JOIN instance ON instance.series_id = series.id`;
const WITH_HEADER = sql`JOIN instance_header ON instance_header.instance_id = instance.id`;
const MORE = {
  plain: sql``,
  layout: sql`, instance_header.layout`,
  header: sql`, instance_header.header, instance_header.layout`,
};

function at(target: Target, scope: Scope, now: string): Condition {
  return allOf([
    sql`study.study_instance_uid = ${target.studyInstanceUid}`,
    inScope(scope, now),
    ...(target.seriesInstanceUid === undefined ? [] : [sql`series.series_instance_uid = ${target.seriesInstanceUid}`]),
    ...(target.sopInstanceUid === undefined ? [] : [sql`instance.sop_instance_uid = ${target.sopInstanceUid}`]),
  ]);
}

/** The series a target spans, in their order. */
export function seriesOf(target: Target, scope: Scope, now: string): Compilable<{ readonly id: number }> {
  const series =
    target.seriesInstanceUid === undefined ? sql`TRUE` : sql`series.series_instance_uid = ${target.seriesInstanceUid}`;
  return query(sql<{ readonly id: number }>`
    SELECT series.id FROM study JOIN series ON series.study_id = study.id
    WHERE study.study_instance_uid = ${target.studyInstanceUid} AND ${inScope(scope, now)} AND ${series}
    ORDER BY series.position, series.series_instance_uid`);
}

/** A page of a series' instances, with the sizes of their headers where asked; `scope` once more, since a share can end while a study streams. */
export function pageOfSeries<R extends InstanceRow>(
  seriesId: number,
  scope: Scope,
  now: string,
  after: After | undefined,
  limit: number,
  withSize: boolean,
): Compilable<R> {
  const behind =
    after === undefined ? sql`TRUE` : sql`(instance.position, instance.sop_instance_uid) > (${after.position}, ${after.uid})`;
  return query(sql<R>`
    SELECT ${COLUMNS} ${withSize ? sql`, length(instance_header.header) + length(instance_header.layout) AS header_bytes` : sql``}
    FROM series JOIN study ON study.id = series.study_id JOIN instance ON instance.series_id = series.id
      ${withSize ? WITH_HEADER : sql``}
    WHERE series.id = ${seriesId} AND ${inScope(scope, now)} AND ${behind}
    ORDER BY instance.position, instance.sop_instance_uid LIMIT ${limit}`);
}

interface PackedHeader {
  readonly instance_id: number;
  readonly header: Uint8Array;
}

const ofInstances = (ids: readonly number[]): Condition =>
  sql`instance_header.instance_id IN (${numbersOf(sql.val(JSON.stringify(ids)))})`;

/** Headers of instances, in no order; an instance that was replaced meanwhile has none. */
export function headersOf(ids: readonly number[]): Compilable<PackedHeader> {
  return query(sql<PackedHeader>`SELECT instance_id, header FROM instance_header WHERE ${ofInstances(ids)}`);
}

/** The same, with where their values lie. */
export function headersAndLayoutsOf(ids: readonly number[]): Compilable<PackedHeader & Pick<HeaderRow, 'layout'>> {
  return query(sql<PackedHeader & Pick<HeaderRow, 'layout'>>`
    SELECT instance_id, header, layout FROM instance_header WHERE ${ofInstances(ids)}`);
}

type Uids = { readonly study: string; readonly series: string; readonly instance: string };

const ofAll = (depth: Depth): Statement<Uids, unknown> =>
  prepared(
    (value) => sql`
      SELECT ${COLUMNS} ${MORE[depth]} FROM ${FROM} ${depth === 'plain' ? sql`` : WITH_HEADER}
      WHERE study.study_instance_uid = ${value('study')} AND series.series_instance_uid = ${value('series')}
        AND instance.sop_instance_uid = ${value('instance')} LIMIT 1`,
  );
const ONE = { plain: ofAll('plain'), layout: ofAll('layout'), header: ofAll('header') };

/** One instance. */
export function oneInstance<R extends InstanceRow>(target: Target, scope: Scope, now: string, depth: Depth): Compilable<R> {
  const { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance } = target;
  if (scope.facilities === 'all' && series !== undefined && instance !== undefined) {
    return ONE[depth]({ study, series, instance }) as Compilable<R>;
  }
  return query(sql<R>`
    SELECT ${COLUMNS} ${MORE[depth]} FROM ${FROM} ${depth === 'plain' ? sql`` : WITH_HEADER}
    WHERE ${at(target, scope, now)} LIMIT 1`);
}

/** Hashes of those of some instances that a study has. */
export function digests(
  studyInstanceUid: string,
  sopInstanceUids: readonly string[],
  scope: Scope,
  now: string,
): Compilable<{ readonly sop_instance_uid: string; readonly sha256: string }> {
  return query(sql<{ readonly sop_instance_uid: string; readonly sha256: string }>`
    SELECT instance.sop_instance_uid, instance.sha256 FROM ${FROM} WHERE ${at({ studyInstanceUid }, scope, now)}
      AND instance.sop_instance_uid IN (${textsOf(sql.val(JSON.stringify(sopInstanceUids)))})`);
}

/** The first instance with frames, or, when none has any, the first. */
export function firstWithFrames(target: Target, scope: Scope, now: string): Compilable<HeaderRow> {
  return query(sql<HeaderRow>`
    SELECT ${COLUMNS}, instance_header.header, instance_header.layout FROM ${FROM} ${WITH_HEADER} WHERE ${at(target, scope, now)}
    ORDER BY instance.frame_count = 0, series.position, series.series_instance_uid, instance.position, instance.sop_instance_uid LIMIT 1`);
}

/** The instance of a UID, whoever owns it. */
export function byUid(sopInstanceUid: string): Compilable<HeaderRow> {
  return query(sql<HeaderRow>`
    SELECT ${COLUMNS}, instance_header.header, instance_header.layout FROM ${FROM} ${WITH_HEADER}
    WHERE instance.sop_instance_uid = ${sopInstanceUid}`);
}

/** Those of some objects that an instance has, or that were left out. */
export function referredOf(objectKeys: readonly string[]): Compilable<{ readonly object_key: string }> {
  const asked = textsOf(sql.val(JSON.stringify(objectKeys)));
  return query(sql<{ readonly object_key: string }>`
    SELECT object_key FROM instance WHERE object_key IN (${asked})
    UNION SELECT object_key FROM left_out WHERE object_key IN (${asked})`);
}

export interface UndescribedRow {
  readonly level: 'study' | 'series';
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly issuer: string;
  /** The earliest instance that is left: it describes the row from now on. */
  readonly sop_instance_uid: string;
  readonly received_at: string;
  readonly header: Uint8Array;
}

/** A study, and its series, whose describing instance is no longer the earliest one kept. */
export function undescribed(studyInstanceUid: string): readonly Compilable<UndescribedRow>[] {
  const earliest = (level: 'study' | 'series') => sql<UndescribedRow>`
    SELECT ${level} AS level, study.study_instance_uid, own.series_instance_uid, study.issuer, first.sop_instance_uid, first.received_at,
      instance_header.header
    FROM study JOIN series ON series.study_id = study.id
      JOIN instance AS first ON first.id = (SELECT instance.id FROM instance JOIN series AS near ON near.id = instance.series_id
        WHERE ${level === 'study' ? sql`near.study_id = study.id` : sql`near.id = series.id`}
        ORDER BY instance.received_at, instance.sop_instance_uid LIMIT 1)
      JOIN series AS own ON own.id = first.series_id
      JOIN instance_header ON instance_header.instance_id = first.id
    WHERE study.study_instance_uid = ${studyInstanceUid}
      AND (${sql.ref(level)}.described_at, ${sql.ref(level)}.described_by) <> (first.received_at, first.sop_instance_uid)
    ${level === 'study' ? sql`LIMIT 1` : sql``}`;
  return [query(earliest('series')), query(earliest('study'))];
}
