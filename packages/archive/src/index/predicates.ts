import type { Scope } from '@filmless/access';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import { db } from './tables.ts';

/** A condition of a WHERE. */
export type Condition = RawBuilder<unknown>;

/** A query written with `sql`, for the database to run. */
export function query<O>(raw: RawBuilder<O>): Compilable<O> {
  return { compile: () => raw.compile(db) };
}

/** All conditions; with none, everything. */
export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`1` : sql.join([...conditions], sql` AND `);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`0` : sql`(${sql.join([...conditions], sql` OR `)})`;
}

/** The facilities of a scope that are named one by one. */
function named(scope: Scope): readonly string[] | undefined {
  return scope.facilities === 'all' ? undefined : scope.facilities;
}

/** Rows of `reach` that are in force for a scope. */
export function reaches(facilities: readonly string[], now: string): Condition {
  if (facilities.length === 0) {
    return sql`0`;
  }
  return sql`reach.facility IN (${sql.join(facilities.map((facility) => sql.val(facility)))})
    AND (reach.expires_at IS NULL OR reach.expires_at > ${now})`;
}

/** The caller's reach as a condition on `study`. It is part of every query, before paging and counting. */
export function inScope(scope: Scope, now: string): Condition {
  const facilities = named(scope);
  return facilities === undefined
    ? sql`1`
    : sql`EXISTS (SELECT 1 FROM reach WHERE reach.study_id = study.id AND ${reaches(facilities, now)})`;
}

/** Where a walk over studies begins, so that it goes down the newest first without a sort. */
export interface Walk {
  readonly from: RawBuilder<unknown>;
  readonly conditions: readonly Condition[];
  /** The column that orders them without a sort. */
  readonly id: RawBuilder<unknown>;
}

/**
 * Studies, newest first (`ORDER BY study.id DESC`). With words the full-text index leads. A scope of one facility is led by
 * that facility's own rows, so that a small hospital does not pay for the large one beside it; `selective` says that another
 * index finds few rows, and then those lead.
 */
export function studyWalk(scope: Scope, now: string, words: string | undefined, selective: boolean): Walk {
  if (words !== undefined) {
    return {
      from: sql`study_words CROSS JOIN study ON study.id = study_words.rowid`,
      conditions: [sql`study_words MATCH ${words}`, inScope(scope, now)],
      id: sql`study_words.rowid`,
    };
  }
  const facilities = named(scope);
  if (facilities?.length === 1 && !selective) {
    return {
      from: sql`reach CROSS JOIN study ON study.id = reach.study_id`,
      conditions: [reaches(facilities, now)],
      id: sql`reach.study_id`,
    };
  }
  return { from: sql`study`, conditions: [inScope(scope, now)], id: sql`study.id` };
}

/** A full-text query: every word by prefix, in the columns named. Words hold letters and digits only. */
export function ftsQuery(columns: readonly ('name' | 'ids' | 'referring')[], words: readonly string[]): string {
  return `{${columns.join(' ')}} : (${words.map((word) => `"${word}"*`).join(' AND ')})`;
}

/** A DICOM pattern for SQLite's GLOB, in which only `[` means something else. */
export function globPattern(pattern: string): string {
  return pattern.replace(/\*+/g, '*').replaceAll('[', '[[]');
}
