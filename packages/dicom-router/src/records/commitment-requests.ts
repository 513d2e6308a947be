import { type Procedure, run, runFirst } from '@filmless/database';
import type { CommittedInstance } from './commitments.ts';
import { db } from './tables.ts';

/** A request of ours, on its way or waiting for its answer. */
export interface AskedCommitment {
  readonly id: number;
  readonly transactionUid: string;
  readonly instances: readonly CommittedInstance[];
}

/**
 * Gathers delivered instances of a destination that was not asked about them yet into a request; undefined when there are none that
 * were delivered before `deliveredBefore`.
 */
export const beginCommitmentRequest: Procedure<
  {
    readonly destination: string;
    readonly transactionUid: string;
    readonly deliveredBefore: number;
    readonly limit: number;
    readonly now: number;
  },
  AskedCommitment | undefined
> = function* ({ destination, transactionUid, deliveredBefore, limit, now }) {
  const due = yield* run(
    db
      .selectFrom('delivery')
      .select(['id', 'sop_class_uid', 'sop_instance_uid', 'copy_uid'])
      .where('destination', '=', destination)
      .where('commitment', '=', 'wanted')
      .where('state', '=', 'done')
      .where('finished_at', '<=', deliveredBefore)
      .orderBy('id')
      .limit(limit),
  );
  if (due.length === 0) {
    return undefined;
  }
  const row = yield* runFirst(
    db
      .insertInto('commitment_request')
      .values({
        destination,
        transaction_uid: transactionUid,
        state: 'asking',
        instances: due.length,
        refused: 0,
        asked_at: now,
        answered_at: null,
        problem: null,
      })
      .returning('id'),
  );
  const id = row?.id ?? 0;
  for (const delivery of due) {
    yield* run(db.updateTable('delivery').set({ commitment: 'asked', commitment_request: id }).where('id', '=', delivery.id));
  }
  return {
    id,
    transactionUid,
    instances: due.map((delivery) => ({ sopClassUid: delivery.sop_class_uid, sopInstanceUid: deliveredUid(delivery) })),
  };
};

/** What the receiver knows it by. */
function deliveredUid(delivery: { readonly sop_instance_uid: string; readonly copy_uid: string | null }): string {
  return delivery.copy_uid ?? delivery.sop_instance_uid;
}

/** The peer took the request, unless its answer came sooner. */
export const commitmentRequestAsked: Procedure<{ readonly id: number; readonly now: number }, void> = function* ({ id, now }) {
  yield* run(
    db
      .updateTable('commitment_request')
      .set({ state: 'asked', asked_at: now })
      .where('id', '=', id)
      .where('state', '=', 'asking'),
  );
};

/**
 * It came to nothing: its instances are asked for again, but not those that were delivered before `giveUpBefore`. A request that
 * was answered meanwhile stands. Gives how many are asked for no more.
 */
export const abandonCommitmentRequest: Procedure<
  { readonly id: number; readonly problem: string; readonly giveUpBefore: number },
  number
> = function* ({ id, problem, giveUpBefore }) {
  const open = yield* runFirst(
    db
      .updateTable('commitment_request')
      .set({ state: 'unanswered', problem })
      .where('id', '=', id)
      .where('state', 'in', ['asking', 'asked'])
      .returning('id'),
  );
  if (open === undefined) {
    return 0;
  }
  const asked = db.updateTable('delivery').where('commitment_request', '=', id).where('commitment', '=', 'asked');
  const old = yield* run(asked.set({ commitment: 'unanswered' }).where('finished_at', '<', giveUpBefore).returning('id'));
  yield* run(asked.set({ commitment: 'wanted' }));
  return old.length;
};

/** What a destination reported. PS3.4 J.3.3. */
export interface CommitmentReport {
  readonly transactionUid: string;
  readonly committed: readonly string[];
  readonly failed: readonly { readonly sopInstanceUid: string; readonly reason: number }[];
}

/** What came of a report. */
export interface ReportOutcome {
  readonly destination: string;
  readonly confirmed: number;
  /** Sent again. */
  readonly resent: number;
  /** Set aside for a person: sent again too often. */
  readonly aside: number;
  /** Of its instances, each once. */
  readonly studies: readonly string[];
}

/**
 * Marks the deliveries of a request by what the destination reported; what it refused is sent again, `maxResends` times, and what
 * it did not name is asked for again. Undefined for a Transaction UID that is not one of ours to a destination called so. A
 * report that comes twice finds nothing open, and is taken all the same.
 */
export const takeCommitmentReport: Procedure<
  { readonly report: CommitmentReport; readonly aeTitles: readonly string[]; readonly maxResends: number; readonly now: number },
  ReportOutcome | undefined
> = function* ({ report, aeTitles, maxResends, now }) {
  const request = yield* runFirst(
    db
      .selectFrom('commitment_request')
      .innerJoin('destination', 'destination.id', 'commitment_request.destination')
      .select(['commitment_request.id as id', 'commitment_request.destination as destination'])
      .where('transaction_uid', '=', report.transactionUid)
      .where('destination.ae_title', 'in', aeTitles),
  );
  if (request === undefined) {
    return undefined;
  }
  const asked = yield* run(
    db
      .selectFrom('delivery')
      .select(['id', 'study_instance_uid', 'sop_instance_uid', 'copy_uid', 'resends'])
      .where('commitment_request', '=', request.id)
      .where('commitment', '=', 'asked'),
  );
  const committed = new Set(report.committed);
  const failed = new Map(report.failed.map(({ sopInstanceUid, reason }) => [sopInstanceUid, reason]));
  const counts = { confirmed: 0, resent: 0, aside: 0 };
  for (const delivery of asked) {
    const reason = failed.get(deliveredUid(delivery));
    // A failure outweighs a promise about the same instance: sending it once more harms nobody.
    if (reason !== undefined) {
      const again = delivery.resends < maxResends;
      counts[again ? 'resent' : 'aside'] += 1;
      yield* run(refusedDelivery(delivery, reason, again, now));
    } else {
      const confirmed = committed.has(deliveredUid(delivery));
      counts.confirmed += Number(confirmed);
      yield* run(
        db
          .updateTable('delivery')
          .set({ commitment: confirmed ? 'confirmed' : 'wanted' })
          .where('id', '=', delivery.id),
      );
    }
  }
  yield* run(
    db
      .updateTable('commitment_request')
      .set({ state: 'answered', answered_at: now, problem: null })
      .set((column) => ({ refused: column('refused', '+', counts.resent + counts.aside) }))
      .where('id', '=', request.id),
  );
  const studies = [...new Set(asked.map((delivery) => delivery.study_instance_uid))];
  return { destination: request.destination, ...counts, studies };
};

function refusedDelivery(
  delivery: { readonly id: number; readonly resends: number },
  reason: number,
  again: boolean,
  now: number,
) {
  const code = `${reason.toString(16).toUpperCase().padStart(4, '0')}H`;
  const update = db.updateTable('delivery').where('id', '=', delivery.id);
  return again
    ? update.set({
        state: 'queued',
        attempts: 0,
        next_attempt: now,
        finished_at: null,
        commitment: null,
        resends: delivery.resends + 1,
        problem: `the receiver does not commit itself to it (${code}): sent again`,
      })
    : update.set({
        state: 'aside',
        commitment: 'refused',
        problem: `the receiver does not commit itself to it (${code}), after it was sent ${delivery.resends + 1} times`,
      });
}

/** Requests that were being asked when the product stopped: whether the peer heard of them nobody knows. */
export const reviveCommitmentRequests: Procedure<Record<string, never>, void> = function* () {
  yield* run(
    db
      .updateTable('delivery')
      .set({ commitment: 'wanted' })
      .where('commitment', '=', 'asked')
      .where('commitment_request', 'in', (column) =>
        column.selectFrom('commitment_request').select('id').where('state', '=', 'asking'),
      ),
  );
  yield* run(
    db
      .updateTable('commitment_request')
      .set({ state: 'unanswered', problem: 'the product stopped while it was being asked' })
      .where('state', '=', 'asking'),
  );
};

export const forgetCommitmentRequests: Procedure<{ readonly before: number }, void> = function* ({ before }) {
  yield* run(db.deleteFrom('commitment_request').where('state', 'in', ['answered', 'unanswered']).where('asked_at', '<', before));
};
