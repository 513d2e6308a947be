import { type Procedure, run } from '@filmless/database';
import { db } from './tables.ts';

/** Notes that a destination is to get priors with a study; once a study is enough. `wanted` is JSON of what and how. */
export const notePrefetch: Procedure<
  { readonly destination: string; readonly studyInstanceUid: string; readonly wanted: string; readonly now: number },
  void
> = function* ({ destination, studyInstanceUid, wanted, now }) {
  yield* run(
    db
      .insertInto('prefetch')
      .values({
        destination,
        study_instance_uid: studyInstanceUid,
        wanted,
        done: 0,
        at: now,
        attempts: 0,
        next_look: now,
        problem: null,
      })
      .onConflict((known) => known.columns(['destination', 'study_instance_uid']).doNothing()),
  );
};

/** Without a problem it is done. */
export const settlePrefetch: Procedure<
  { readonly id: number; readonly again?: { readonly problem: string; readonly nextLook: number } },
  void
> = function* ({ id, again }) {
  yield* run(
    db
      .updateTable('prefetch')
      .set((column) =>
        again === undefined
          ? { done: 1, problem: null }
          : { problem: again.problem, next_look: again.nextLook, attempts: column('attempts', '+', 1) },
      )
      .where('id', '=', id),
  );
};

/** What was done before a time may be asked for anew. */
export const forgetPrefetches: Procedure<{ readonly before: number }, void> = function* ({ before }) {
  yield* run(db.deleteFrom('prefetch').where('done', '=', 1).where('at', '<', before));
};
