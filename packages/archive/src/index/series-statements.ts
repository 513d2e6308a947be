import { run } from '@filmless/database';
import { type Compilable, sql } from 'kysely';
import type { MadeText } from '../core/series/series-texts.ts';
import { either } from './either.ts';
import { prepared, type Statement } from './prepared.ts';

/** A series, and from when on it is to be looked at. */
export interface DueSeries {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly due_at: string;
}

export const insertWork: Statement<DueSeries, unknown> = prepared(
  (value) => sql`
    INSERT INTO series_work (series_id, due_at) VALUES (${value('id')}, ${value('due_at')}) ON CONFLICT (series_id) DO NOTHING`,
);

const changeSeries: Statement<DueSeries, unknown> = prepared(
  (value) => sql`UPDATE series SET changes = changes + 1, settled = 0 WHERE id = ${value('id')}`,
);

/**
 * Takes what is kept of a series out of use, and has it looked at again. To be run in each step that changes which instances of a series
 * are shown; nothing happens where the series is gone.
 */
export function* unsettleSeries(series: DueSeries): Generator<Compilable<unknown>, void, readonly unknown[]> {
  yield* run(changeSeries(series));
  yield* run(insertWorkOf(series));
}

/** As `insertWork`, of a series that may be gone. */
const insertWorkOf: Statement<DueSeries, unknown> = prepared(
  (value) => sql`
    INSERT INTO series_work (series_id, due_at) SELECT id, CAST(${value('due_at')} AS TEXT) FROM series WHERE id = ${value('id')}
    ON CONFLICT (series_id) DO NOTHING`,
);

export interface ClaimArgs {
  readonly now: string;
  readonly by: string;
  readonly until: string;
}

/**
 * NOTE: asked twice whether it is free: what another process claims in this moment is passed over, and what it has claimed a moment ago is
 * found not to be free.
 */
export const claimWork: Statement<ClaimArgs, { readonly series_id: number }> = prepared((value) => {
  const free = sql`(claimed_until IS NULL OR claimed_until <= ${value('now')})`;
  return sql`
    UPDATE series_work SET claimed_by = ${value('by')}, claimed_until = ${value('until')}
    WHERE series_id = (SELECT series_id FROM series_work WHERE due_at <= ${value('now')} AND ${free} ORDER BY due_at LIMIT 1
        ${either({ sqlite: sql``, postgres: sql`FOR UPDATE SKIP LOCKED` })})
      AND ${free}
    RETURNING series_id`;
});

export interface ClaimedRow {
  readonly id: number;
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly facility: string;
  readonly instance_count: number;
  readonly changes: number;
  readonly updated_at: string;
}

export const claimedSeries: Statement<{ readonly id: number }, ClaimedRow> = prepared(
  (value) => sql`
    SELECT series.id, study.study_instance_uid, series.series_instance_uid, study.facility, series.instance_count, series.changes,
      study.updated_at
    FROM series JOIN study ON study.id = series.study_id WHERE series.id = ${value('id')}`,
);

export const postponeWork: Statement<DueSeries, unknown> = prepared(
  (value) => sql`
    UPDATE series_work SET due_at = ${value('due_at')}, claimed_by = NULL, claimed_until = NULL WHERE series_id = ${value('id')}`,
);

export const deleteWork: Statement<{ readonly id: number }, unknown> = prepared(
  (value) => sql`DELETE FROM series_work WHERE series_id = ${value('id')}`,
);

export const settleSeries: Statement<{ readonly id: number; readonly changes: number }, { readonly id: number }> = prepared(
  (value) => sql`UPDATE series SET settled = 1 WHERE id = ${value('id')} AND changes = ${value('changes')} RETURNING id`,
);

export const deleteText: Statement<{ readonly id: number }, unknown> = prepared(
  (value) => sql`DELETE FROM series_text WHERE series_id = ${value('id')}`,
);

export type TextArgs = Pick<MadeText, 'sha256' | 'root' | 'instances' | 'crc32' | 'deflated' | 'zstd'> & {
  readonly id: number;
  readonly text_bytes: number;
};

export const insertText: Statement<TextArgs, unknown> = prepared(
  (value) => sql`
    INSERT INTO series_text (series_id, sha256, root, instances, text_bytes, crc32, deflated, zstd)
    VALUES (${value('id')}, ${value('sha256')}, ${value('root')}, ${value('instances')}, ${value('text_bytes')},
      ${value('crc32')}, ${value('deflated')}, ${value('zstd')})`,
);

export const workAgain: Statement<{ readonly study: string; readonly series: string; readonly due_at: string }, unknown> =
  prepared(
    (value) => sql`
    INSERT INTO series_work (series_id, due_at)
    SELECT series.id, CAST(${value('due_at')} AS TEXT) FROM study JOIN series ON series.study_id = study.id
    WHERE study.study_instance_uid = ${value('study')} AND series.series_instance_uid = ${value('series')}
    ON CONFLICT (series_id) DO NOTHING`,
  );
