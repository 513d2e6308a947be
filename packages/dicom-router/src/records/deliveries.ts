import { type Procedure, run } from '@filmless/database';
import { db } from './tables.ts';

/** What is delivered: one archived instance, in the syntax it is stored in. */
export interface DeliveredInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

export interface Delivery extends DeliveredInstance {
  readonly id: number;
  readonly attempts: number;
}

/** A delivery is queued once: an instance that comes again is not sent again, unless `again` says that it is another object. */
export const queueDeliveries: Procedure<
  {
    readonly destinations: readonly string[];
    readonly instance: DeliveredInstance;
    readonly now: number;
    readonly again: boolean;
  },
  number
> = function* ({ destinations, instance, now, again }) {
  const delivery = {
    study_instance_uid: instance.studyInstanceUid,
    series_instance_uid: instance.seriesInstanceUid,
    sop_class_uid: instance.sopClassUid,
    transfer_syntax_uid: instance.transferSyntaxUid,
    state: 'queued' as const,
    attempts: 0,
    next_attempt: now,
    created_at: now,
    finished_at: null,
    problem: null,
    commitment: null,
    commitment_request: null,
    resends: 0,
  };
  const queued = yield* run(
    db
      .insertInto('delivery')
      .values(destinations.map((destination) => ({ destination, sop_instance_uid: instance.sopInstanceUid, ...delivery })))
      .onConflict((conflict) => {
        const known = conflict.columns(['destination', 'sop_instance_uid']);
        return again ? known.doUpdateSet(delivery).where('delivery.state', '!=', 'sending') : known.doNothing();
      })
      .returning('id'),
  );
  return queued.length;
};

/** Marks the next due deliveries of a destination as being sent, and gives them. */
export const claimDeliveries: Procedure<
  { readonly destination: string; readonly now: number; readonly limit: number },
  readonly Delivery[]
> = function* ({ destination, now, limit }) {
  const rows = yield* run(
    db
      .updateTable('delivery')
      .set({ state: 'sending' })
      .where('id', 'in', (due) =>
        due
          .selectFrom('delivery')
          .select('id')
          .where('destination', '=', destination)
          .where('state', '=', 'queued')
          .where('next_attempt', '<=', now)
          .orderBy('next_attempt')
          .orderBy('id')
          .limit(limit),
      )
      .returningAll(),
  );
  return rows
    .map((row) => ({
      id: row.id,
      attempts: row.attempts,
      studyInstanceUid: row.study_instance_uid,
      seriesInstanceUid: row.series_instance_uid,
      sopInstanceUid: row.sop_instance_uid,
      sopClassUid: row.sop_class_uid,
      transferSyntaxUid: row.transfer_syntax_uid,
    }))
    .toSorted((one, other) => one.id - other.id);
};

/** What became of one attempt. */
export type AttemptOutcome =
  /** `confirm`: the destination is to be asked whether it keeps the instance safe. */
  | { readonly state: 'done'; readonly confirm?: boolean }
  | { readonly state: 'queued'; readonly problem: string; readonly nextAttempt: number }
  | { readonly state: 'aside'; readonly problem: string };

export const settleDelivery: Procedure<
  { readonly id: number; readonly attempts: number; readonly outcome: AttemptOutcome; readonly now: number },
  void
> = function* ({ id, attempts, outcome, now }) {
  yield* run(
    db
      .updateTable('delivery')
      .set({
        state: outcome.state,
        attempts,
        problem: outcome.state === 'done' ? null : outcome.problem,
        finished_at: outcome.state === 'done' ? now : null,
        ...(outcome.state === 'queued' ? { next_attempt: outcome.nextAttempt } : {}),
        ...(outcome.state === 'done' && outcome.confirm === true ? { commitment: 'wanted' as const } : {}),
      })
      .where('id', '=', id),
  );
};

/** After a stop in the middle: what was being sent is due again. The peer knows an instance it already has. */
export const reviveDeliveries: Procedure<{ readonly destination?: string }, void> = function* ({ destination }) {
  const update = db.updateTable('delivery').set({ state: 'queued' }).where('state', '=', 'sending');
  yield* run(destination === undefined ? update : update.where('destination', '=', destination));
};

/** A person says: try again now. Gives how many. */
export const retryDeliveries: Procedure<{ readonly destination: string; readonly id?: number; readonly now: number }, number> =
  function* ({ destination, id, now }) {
    const all = db
      .updateTable('delivery')
      .set({ state: 'queued', attempts: 0, next_attempt: now, commitment: null, resends: 0 })
      .where('destination', '=', destination)
      .where('state', 'in', ['queued', 'aside']);
    const rows = yield* run((id === undefined ? all : all.where('id', '=', id)).returning('id'));
    return rows.length;
  };

/** Forgets deliveries that were finished before a time. */
export const forgetDeliveries: Procedure<{ readonly before: number }, void> = function* ({ before }) {
  yield* run(db.deleteFrom('delivery').where('state', '=', 'done').where('finished_at', '<', before));
};
