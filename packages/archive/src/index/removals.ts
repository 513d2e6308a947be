import { type Compilable, sql } from 'kysely';
import type { QuietPage, QuietStudy } from '../core/index-port.ts';
import { query } from './predicates.ts';

interface QuietRow {
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly updated_at: string;
  readonly instance_count: number;
  readonly bytes: number;
}

/** NOTE: looks through all studies: for archives that keep few. */
export function quietStudies({ before, after, limit }: QuietPage): Compilable<QuietRow> {
  const behind =
    after === undefined ? sql`TRUE` : sql`(updated_at, study_instance_uid) > (${after.updatedAt}, ${after.studyInstanceUid})`;
  return query(sql<QuietRow>`
    SELECT study_instance_uid, facility, updated_at, instance_count, bytes FROM study
    WHERE updated_at < ${before} AND conflict_count = 0 AND ${behind} ORDER BY updated_at, study_instance_uid LIMIT ${limit}`);
}

export function quietStudy(row: QuietRow): QuietStudy {
  return {
    studyInstanceUid: row.study_instance_uid,
    facility: row.facility,
    updatedAt: row.updated_at,
    instances: row.instance_count,
    bytes: row.bytes,
  };
}

interface RemovedRow {
  readonly object_key: string;
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly bytes: number;
}

/** Objects that are to be deleted, by key. */
export function removedObjects(after: string, limit: number): Compilable<RemovedRow> {
  return query(sql<RemovedRow>`
    SELECT object_key, study_instance_uid, facility, bytes FROM removed_object
    WHERE object_key > ${after} ORDER BY object_key LIMIT ${limit}`);
}
