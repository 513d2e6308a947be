import type { Compilable } from 'kysely';
import { sql } from 'kysely';
import { query } from './predicates.ts';
import { db } from './tables.ts';

/** Instances looked at, at a time. */
export const ARRIVALS_PAGE = 1_000;

export function countInstances(
  studyInstanceUids: readonly string[],
): Compilable<{ readonly study_instance_uid: string; readonly instance_count: number }> {
  return db
    .selectFrom('study')
    .select(['study_instance_uid', 'instance_count'])
    .where('study_instance_uid', 'in', [...studyInstanceUids]);
}

export function present(sopInstanceUids: readonly string[]): Compilable<{ readonly sop_instance_uid: string }> {
  return db
    .selectFrom('instance')
    .select('sop_instance_uid')
    .where('sop_instance_uid', 'in', [...sopInstanceUids]);
}

export interface SentRow {
  readonly sender: string | null;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** Instances of a study by who sent them. */
export function senders(studyInstanceUid: string): Compilable<SentRow> {
  return query(sql<SentRow>`
    SELECT instance.sender, count(*) AS count, min(instance.received_at) AS first, max(instance.received_at) AS last
    FROM study JOIN series ON series.study_id = study.id JOIN instance ON instance.series_id = series.id
    WHERE study.study_instance_uid = ${studyInstanceUid} GROUP BY instance.sender ORDER BY first, instance.sender`);
}

export interface Arrival {
  readonly id: number;
  readonly received_at: string;
  readonly study_instance_uid: string;
}

/** Instances in the order in which they were indexed, the last one first. */
export function lastArrivals(before: number): Compilable<Arrival> {
  return query(sql<Arrival>`
    SELECT instance.id, instance.received_at, study.study_instance_uid FROM instance
    JOIN series ON series.id = instance.series_id JOIN study ON study.id = series.study_id
    WHERE instance.id < ${before} ORDER BY instance.id DESC LIMIT ${ARRIVALS_PAGE}`);
}
