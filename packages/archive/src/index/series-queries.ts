import type { Scope } from '@filmless/access';
import { type Compilable, sql } from 'kysely';
import type { TextForm } from '../core/series/series-texts.ts';
import { inScope, query } from './predicates.ts';

interface SeriesNames {
  readonly id: number;
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly facility: string;
  readonly settled: number;
}

/** The series of a study, or one of them, in their order. */
export function namedSeries(study: string, series: string | undefined, scope: Scope, now: string): Compilable<SeriesNames> {
  const one = series === undefined ? sql`TRUE` : sql`series.series_instance_uid = ${series}`;
  return query(sql<SeriesNames>`
    SELECT series.id, study.study_instance_uid, series.series_instance_uid, study.facility, series.settled
    FROM study JOIN series ON series.study_id = study.id
    WHERE study.study_instance_uid = ${study} AND ${inScope(scope, now)} AND ${one}
    ORDER BY series.position, series.series_instance_uid`);
}

export interface TextRow extends SeriesNames {
  readonly sha256: string;
  readonly root: string;
  readonly instances: number;
  readonly text_bytes: number;
  readonly crc32: number;
  readonly bytes: Uint8Array;
}

const BYTES = { deflated: sql`series_text.deflated`, zstd: sql`series_text.zstd` };

/** The text that is kept of a series, where it is still that of its instances; `scope` once more, since a share can end while a study streams. */
export function textOf(
  which: { readonly id: number } | { readonly study: string; readonly series: string },
  form: TextForm,
  scope: Scope,
  now: string,
): Compilable<TextRow> {
  const one =
    'id' in which
      ? sql`series.id = ${which.id}`
      : sql`study.study_instance_uid = ${which.study} AND series.series_instance_uid = ${which.series}`;
  return query(sql<TextRow>`
    SELECT series.id, study.study_instance_uid, series.series_instance_uid, study.facility, series.settled, series_text.sha256,
      series_text.root, series_text.instances, series_text.text_bytes, series_text.crc32, ${BYTES[form]} AS bytes
    FROM study JOIN series ON series.study_id = study.id JOIN series_text ON series_text.series_id = series.id
    WHERE ${one} AND series.settled = 1 AND ${inScope(scope, now)}`);
}

/** The root of the text that was kept last. */
export function lastRoot(): Compilable<{ readonly root: string }> {
  return query(sql<{ readonly root: string }>`SELECT root FROM series_text ORDER BY series_id DESC LIMIT 1`);
}

/** A row when a series may be claimed. */
export function anyDue(now: string): Compilable<{ readonly series_id: number }> {
  return query(sql<{ readonly series_id: number }>`
    SELECT series_id FROM series_work
    WHERE due_at <= ${now} AND (claimed_until IS NULL OR claimed_until <= ${now}) LIMIT 1`);
}
