import type { Scope } from '@filmless/access';
import { type RawBuilder, sql } from 'kysely';
import type { Condition } from './either.ts';
import { idsOfDay } from './study-order.ts';

export { type Condition, query } from './either.ts';

/**
 * A study's id in a condition. NOTE: numbers beyond 32 bits are bound as floating point, and a bound on the rowid of a full-text
 * index that is no integer is not looked at.
 */
export function idValue(id: number): RawBuilder<unknown> {
  return sql`CAST(${id} AS BIGINT)`;
}

/** All conditions; with none, everything. */
export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`TRUE` : sql.join([...conditions], sql` AND `);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`FALSE` : sql`(${sql.join([...conditions], sql` OR `)})`;
}

/** The facilities of a scope that are named one by one. */
export function namedIn(scope: Scope): readonly string[] | undefined {
  return scope.facilities === 'all' ? undefined : scope.facilities;
}

/** Rows of `reach` that are in force for a scope. */
export function reaches(facilities: readonly string[], now: string): Condition {
  if (facilities.length === 0) {
    return sql`FALSE`;
  }
  return sql`reach.facility IN (${sql.join(facilities.map((facility) => sql.val(facility)))})
    AND (reach.expires_at IS NULL OR reach.expires_at > ${now})`;
}

/** The caller's reach as a condition on `study`. It is part of every query, before paging and counting. */
export function inScope(scope: Scope, now: string): Condition {
  const facilities = namedIn(scope);
  return facilities === undefined
    ? sql`TRUE`
    : sql`EXISTS (SELECT 1 FROM reach WHERE reach.study_id = study.id AND ${reaches(facilities, now)})`;
}

/**
 * Study dates as a range of ids, which follow the date: a superset that needs no look at the study. Dates as `YYYYMMDD`, both
 * included.
 */
export function idsOfDates(id: RawBuilder<unknown>, from: string | undefined, to: string | undefined): readonly Condition[] {
  return [
    ...(from === undefined ? [] : [sql`${id} >= ${idValue(idsOfDay(from).from)}`]),
    ...(to === undefined ? [] : [sql`${id} < ${idValue(idsOfDay(to).to)}`]),
  ];
}

/** A study with a series of one of the modalities, where its own row leads. */
export function hasModality(modalities: readonly string[]): Condition {
  return sql`EXISTS (SELECT 1 FROM series AS own WHERE own.study_id = study.id AND own.modality IN (${sql.join(modalities)}))`;
}
