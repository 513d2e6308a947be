import type { Scope } from '@filmless/access';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import { type Condition, either, LEADING, query } from './either.ts';
import { idsOfDay } from './study-order.ts';
import { ftsQuery, type WalkWords, wordWalk } from './words.ts';

export { type Condition, query } from './either.ts';
export type { WalkWords } from './words.ts';

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
function named(scope: Scope): readonly string[] | undefined {
  return scope.facilities === 'all' ? undefined : scope.facilities;
}

/** Rows of `reach` that are in force for a scope. */
function reaches(facilities: readonly string[], now: string): Condition {
  if (facilities.length === 0) {
    return sql`FALSE`;
  }
  return sql`reach.facility IN (${sql.join(facilities.map((facility) => sql.val(facility)))})
    AND (reach.expires_at IS NULL OR reach.expires_at > ${now})`;
}

/** The caller's reach as a condition on `study`. It is part of every query, before paging and counting. */
export function inScope(scope: Scope, now: string): Condition {
  const facilities = named(scope);
  return facilities === undefined
    ? sql`TRUE`
    : sql`EXISTS (SELECT 1 FROM reach WHERE reach.study_id = study.id AND ${reaches(facilities, now)})`;
}

/** Where a walk over studies begins, so that it goes down the newest first without a sort. */
export interface Walk {
  readonly from: RawBuilder<unknown>;
  readonly conditions: readonly Condition[];
  /** The column that orders them without a sort; conditions on it hold before a study's own row is read. */
  readonly id: RawBuilder<unknown>;
  /** How further tables are joined: in the order written when the walk leads, else as SQLite likes. */
  readonly join: RawBuilder<unknown>;
  /** The words that lead, if any do. */
  readonly words?: WalkWords;
}

/**
 * Studies, newest first (`ORDER BY walk.id DESC`). With words the full-text index leads, and it knows the facilities. A scope of one
 * facility is led by that facility's own rows, so that a small hospital does not pay for the large one beside it; `selective`
 * says that another index finds few rows, and then those lead.
 */
export function studyWalk(scope: Scope, now: string, words: WalkWords | undefined, selective: boolean): Walk {
  const facilities = named(scope);
  if (selective) {
    // NOTE: of an expression PostgreSQL does not believe that going down all studies finds the few soon.
    const id = either({ sqlite: sql`study.id`, postgres: sql`(study.id + 0)` });
    return { from: sql`study`, conditions: [inScope(scope, now)], id, join: sql`JOIN` };
  }
  if (words !== undefined) {
    const walk = wordWalk(words);
    const match = sql`study_words MATCH ${ftsQuery(words, facilities ?? [])}`;
    return {
      from: either({ sqlite: sql`study_words CROSS JOIN study ON study.id = study_words.rowid`, postgres: walk.from }),
      conditions: [either({ sqlite: match, postgres: walk.condition }), inScope(scope, now)],
      id: either({ sqlite: sql`study_words.rowid`, postgres: walk.id }),
      join: LEADING,
      words,
    };
  }
  if (facilities?.length === 1) {
    return {
      from: sql`reach ${LEADING} study ON study.id = reach.study_id`,
      conditions: [reaches(facilities, now)],
      id: sql`reach.study_id`,
      join: LEADING,
    };
  }
  return { from: sql`study`, conditions: [inScope(scope, now)], id: sql`study.id`, join: LEADING };
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

/** Series of a modality up to which it leads a search: their studies are gathered and sorted. */
export const RARE_SERIES = 5_000;

/** How many series a modality has, counted no further than shows whether they are few. */
export function countModality(modalities: readonly string[]): Compilable<{ readonly count: number }> {
  return query(sql<{ readonly count: number }>`
    SELECT count(*) AS count FROM (SELECT 1 FROM series WHERE modality IN (${sql.join(modalities)}) LIMIT ${RARE_SERIES + 1}) AS found`);
}

/** Studies with a series of one of the modalities: gathered first when there are few of them, looked up for each study when there are many. */
export function hasModality(walk: Walk, modalities: readonly string[], rare: boolean): Condition {
  return rare
    ? sql`${walk.id} IN (SELECT study_id FROM series WHERE modality IN (${sql.join(modalities)}))`
    : sql`EXISTS (SELECT 1 FROM series AS own WHERE own.modality IN (${sql.join(modalities)}) AND own.study_id = ${walk.id})`;
}
