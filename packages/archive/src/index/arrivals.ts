import type { Compilable } from 'kysely';
import { db } from './tables.ts';

export function countInstances(
  studyInstanceUids: readonly string[],
): Compilable<{ readonly study_instance_uid: string; readonly instance_count: number }> {
  return db
    .selectFrom('study')
    .select(['study_instance_uid', 'instance_count'])
    .where('study_instance_uid', 'in', [...studyInstanceUids]);
}
