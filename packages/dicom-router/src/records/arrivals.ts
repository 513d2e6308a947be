import { type Procedure, run } from '@filmless/database';
import type { Selectable } from 'kysely';
import type { ArrivalSource } from '../routing/facts.ts';
import type { QueuedInstance } from './deliveries.ts';
import { db, type Tables } from './tables.ts';

/** An instance whose routing is not decided yet, or not for good. */
export interface Arrival {
  readonly instance: QueuedInstance;
  readonly source: ArrivalSource;
  /** The archive did not hold the object before. */
  readonly isNew: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface KeptArrival extends Arrival {
  readonly attempts: number;
}

/** `arrived`: its header has to be looked at. `waiting`: for its study to be complete. */
type ArrivalState = Tables['arrival']['state'];

/** Notes what arrived; an instance that comes again is looked at again. */
export const noteArrival: Procedure<Arrival & { readonly state: ArrivalState; readonly nextLook: number }, void> = function* ({
  instance,
  source,
  isNew,
  at,
  state,
  nextLook,
}) {
  const row = {
    study_instance_uid: instance.studyInstanceUid,
    series_instance_uid: instance.seriesInstanceUid,
    sop_class_uid: instance.sopClassUid,
    transfer_syntax_uid: instance.transferSyntaxUid,
    bytes: instance.bytes ?? null,
    source: JSON.stringify(source),
    at,
    state,
    attempts: 0,
    next_look: nextLook,
    problem: null,
  };
  yield* run(
    db
      .insertInto('arrival')
      .values({ ...row, sop_instance_uid: instance.sopInstanceUid, is_new: Number(isNew) })
      .onConflict((conflict) =>
        conflict
          .column('sop_instance_uid')
          .doUpdateSet((column) => ({ ...row, is_new: column.fn('max', ['arrival.is_new', column.val(Number(isNew))]) })),
      ),
  );
};

/** What became of a look at an arrival. */
export type Looked =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'waits'; readonly nextLook: number }
  | { readonly outcome: 'again'; readonly nextLook: number; readonly problem: string };

/** NOTE: an arrival that was noted anew meanwhile (another `at`) stays as it is, to be looked at again. */
export const settleArrival: Procedure<{ readonly sopInstanceUid: string; readonly at: number; readonly looked: Looked }, void> =
  function* ({ sopInstanceUid, at, looked }) {
    if (looked.outcome === 'done') {
      yield* run(db.deleteFrom('arrival').where('sop_instance_uid', '=', sopInstanceUid).where('at', '=', at));
      return;
    }
    yield* run(
      db
        .updateTable('arrival')
        .set((column) => ({
          next_look: looked.nextLook,
          ...(looked.outcome === 'waits'
            ? { state: 'waiting' as const, attempts: 0, problem: null }
            : { attempts: column('attempts', '+', 1), problem: looked.problem }),
        }))
        .where('sop_instance_uid', '=', sopInstanceUid)
        .where('at', '=', at),
    );
  };

/** The waiting instances of a study are looked at again later. */
export const postponeStudy: Procedure<{ readonly studyInstanceUid: string; readonly nextLook: number }, void> = function* ({
  studyInstanceUid,
  nextLook,
}) {
  yield* run(
    db
      .updateTable('arrival')
      .set({ next_look: nextLook })
      .where('study_instance_uid', '=', studyInstanceUid)
      .where('state', '=', 'waiting'),
  );
};

/** Forgets what waits since before a time, or all that waits of a study. Gives how many. */
export const forgetArrivals: Procedure<{ readonly before: number } | { readonly studyInstanceUid: string }, number> = function* (
  which,
) {
  const waiting = db.deleteFrom('arrival').where('state', '=', 'waiting');
  const chosen =
    'before' in which ? waiting.where('at', '<', which.before) : waiting.where('study_instance_uid', '=', which.studyInstanceUid);
  return (yield* run(chosen.returning('sop_instance_uid'))).length;
};

export function arrivalOf(row: Selectable<Tables['arrival']>): KeptArrival {
  return {
    instance: {
      studyInstanceUid: row.study_instance_uid,
      seriesInstanceUid: row.series_instance_uid,
      sopInstanceUid: row.sop_instance_uid,
      sopClassUid: row.sop_class_uid,
      transferSyntaxUid: row.transfer_syntax_uid,
      ...(row.bytes === null ? {} : { bytes: row.bytes }),
    },
    source: parseSource(row.source),
    isNew: row.is_new === 1,
    at: row.at,
    attempts: row.attempts,
  };
}

/** What `noteArrival` wrote. */
function parseSource(text: string): ArrivalSource {
  return JSON.parse(text) as ArrivalSource;
}
