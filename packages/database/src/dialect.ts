import type { Compilable } from 'kysely';

const POSTGRES = Symbol('postgres');

/** A query that SQLite and PostgreSQL are asked in other words. */
interface TwoTexts<O> extends Compilable<O> {
  readonly [POSTGRES]: () => Compilable<O>;
}

/** Both are built only when their engine asks, each time it does: they may read the same arguments. */
export interface TextOfEngines<O> {
  readonly sqlite: () => Compilable<O>;
  readonly postgres: () => Compilable<O>;
}

/**
 * A query that the engines are asked in other words, for reads and inside of procedures: `yield* run(byEngine({ sqlite: () => …,
 * postgres: () => … }))`. Rows must be the same from both.
 */
export function byEngine<O>({ sqlite, postgres }: TextOfEngines<O>): Compilable<O> {
  const query: TwoTexts<O> = { compile: () => sqlite().compile(), [POSTGRES]: postgres };
  return query;
}

/** The query as PostgreSQL is to be asked, still with `?` for parameters. */
export function forPostgres<O>(query: Compilable<O>): Compilable<O> {
  return hasTwoTexts(query) ? query[POSTGRES]() : query;
}

const ANEW = Symbol('planned anew');

/** A query that PostgreSQL plans for its values each time, though its text comes again: one whose best plan depends on them. */
export function plannedAnew<O>(query: Compilable<O>): Compilable<O> {
  return Object.assign(byEngine<O>({ sqlite: () => query, postgres: () => forPostgres(query) }), { [ANEW]: true });
}

export function isPlannedAnew(query: Compilable<unknown>): boolean {
  return ANEW in query;
}

function hasTwoTexts<O>(query: Compilable<O>): query is TwoTexts<O> {
  return POSTGRES in query;
}
