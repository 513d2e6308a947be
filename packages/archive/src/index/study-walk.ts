import type { Scope } from '@filmless/access';
import { type RawBuilder, sql } from 'kysely';
import { either, LEADING } from './either.ts';
import { type Leading, ledWalk, wayOf } from './postgres/ways.ts';
import { allOf, type Condition, inScope, namedIn, reaches } from './predicates.ts';
import { type Demand, demandFacility, matchText } from './study-words.ts';

/** Where a walk over studies begins, so that it goes down the newest first without a sort. */
export interface Walk {
  readonly from: RawBuilder<unknown>;
  /** The same without the study's own row, for counting; undefined where that leads, or the caller's reach is asked of it. */
  readonly lean: RawBuilder<unknown> | undefined;
  readonly conditions: readonly Condition[];
  /** The column that orders them without a sort; conditions on it hold before a study's own row is read. */
  readonly id: RawBuilder<unknown>;
  /** How further tables are joined: in the order written when the walk leads, else as SQLite likes. */
  readonly join: RawBuilder<unknown>;
  /** True when the words that were demanded are met. */
  readonly byWords: boolean;
  /** True when the modalities that were demanded are met. */
  readonly byModality: boolean;
}

const ROWS_DECIDE = { byWords: false, byModality: false } as const;

/** What the words of studies are asked for a caller: a scope of few facilities is one of the demands, but where its own rows lead. */
export function demandedOf(demands: readonly Demand[], scope: Scope): readonly Demand[] {
  const facilities = namedIn(scope) ?? [];
  return facilities.length === 1 && demands.length === 0 ? demands : [...demands, ...demandFacility(facilities)];
}

/**
 * Studies, newest first (`ORDER BY walk.id DESC`). What can be demanded of the full-text index leads there: its lists of studies are in this order, and lists
 * of thousands and of millions are gone through together without looking at what only one has. A scope of one facility is led by that facility's own rows, so
 * that a small hospital does not pay for the large one beside it. `selective` says that another index finds few rows, and then those lead. `leading`: see
 * `WordPlanner.plan`.
 */
export function studyWalk(scope: Scope, now: string, demands: readonly Demand[], selective: boolean, leading?: Leading): Walk {
  const facilities = namedIn(scope);
  if (selective) {
    // NOTE: of an expression PostgreSQL does not believe that going down all studies finds the few soon.
    const id = either({ sqlite: sql`study.id`, postgres: sql`(study.id + 0)` });
    return { from: sql`study`, lean: undefined, conditions: [inScope(scope, now)], id, join: sql`JOIN`, ...ROWS_DECIDE };
  }
  const demanded = demandedOf(demands, scope);
  if (demanded.length > 0) {
    return walkByWords(scope, now, demanded, leading ?? unplanned(demanded));
  }
  if (facilities?.length === 1) {
    return {
      from: sql`reach ${LEADING} study ON study.id = reach.study_id`,
      lean: sql`reach`,
      conditions: [reaches(facilities, now)],
      id: sql`reach.study_id`,
      join: LEADING,
      ...ROWS_DECIDE,
    };
  }
  return {
    from: sql`study`,
    lean: undefined,
    conditions: [inScope(scope, now)],
    id: sql`study.id`,
    join: LEADING,
    ...ROWS_DECIDE,
  };
}

/** Nothing leads, and each study is asked. */
function unplanned(demanded: readonly Demand[]): Leading {
  return { ways: demanded.map((demand) => wayOf(demand, () => undefined)), lead: undefined };
}

function walkByWords(scope: Scope, now: string, demanded: readonly Demand[], leading: Leading): Walk {
  const walk = ledWalk(leading);
  return {
    from: either({ sqlite: sql`study_words CROSS JOIN study ON study.id = study_words.rowid`, postgres: walk.from }),
    lean: namedIn(scope) === undefined ? either({ sqlite: sql`study_words`, postgres: walk.lean }) : undefined,
    conditions: [
      either({ sqlite: sql`study_words MATCH ${matchText(demanded)}`, postgres: allOf(walk.conditions) }),
      inScope(scope, now),
    ],
    id: either({ sqlite: sql`study_words.rowid`, postgres: walk.id }),
    join: LEADING,
    byWords: true,
    byModality: true,
  };
}
