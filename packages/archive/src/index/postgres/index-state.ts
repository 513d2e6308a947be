import { type Procedure, run } from '@filmless/database';
import { type Compilable, sql } from 'kysely';
import { query } from '../either.ts';
import { prepared, type Statement } from '../prepared.ts';

/** `new`: not made from the objects yet. `moving`: a move of a SQLite archive has not come to its end. */
export type IndexState = 'new' | 'moving' | 'made';

export function indexState(): Compilable<{ readonly state: IndexState }> {
  return query(sql<{ readonly state: IndexState }>`SELECT state FROM index_state`);
}

const setState: Statement<{ readonly state: IndexState }, unknown> = prepared(
  (value) => sql`UPDATE index_state SET state = ${value('state')}`,
);

export const noteState: Procedure<{ readonly state: IndexState }, void> = function* (args) {
  yield* run(setState(args));
};
