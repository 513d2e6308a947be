import { type Procedure, run, runFirst } from '@filmless/database';
import { type CommittedStudy, keepCommitted } from './receipt-totals.ts';
import { db } from './tables.ts';

/** An instance that safekeeping is asked for. */
export interface CommittedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** What a peer asked of us. PS3.4 J.3.2. */
export interface CommitmentRequest {
  readonly transactionUid: string;
  readonly aeTitle: string;
  readonly facility: string;
  readonly address: string;
  readonly instances: readonly CommittedInstance[];
}

/** Rows of one statement: SQLite binds some 32,000 values. */
const ROWS = 1_000;

/**
 * Keeps a request; gives its id, or `full` when so many requests or instances wait for a report already. The same request again is the request that is open; a
 * Transaction UID that is in use for other instances refuses them all with `duplicate`. PS3.3 C.14.1.1.
 */
export const keepCommitment: Procedure<
  {
    readonly request: CommitmentRequest;
    readonly now: number;
    /** When it is to be reported on an association of ours, if it was not by then. */
    readonly due: number;
    readonly limits: { readonly requests: number; readonly instances: number };
    /** Failure Reason of a Transaction UID in use. */
    readonly duplicate: number;
  },
  { readonly kept: 'new' | 'again'; readonly id: number } | 'full'
> = function* ({ request, now, due, limits, duplicate }) {
  const { transactionUid, aeTitle, facility, address, instances } = request;
  const open = yield* runFirst(
    db
      .selectFrom('commitment')
      .select('id')
      .where('ae_title', '=', aeTitle)
      .where('transaction_uid', '=', transactionUid)
      .where('state', '!=', 'reported')
      .orderBy('id')
      .limit(1),
  );
  if (open !== undefined && (yield* sameInstances(open.id, instances))) {
    yield* run(db.updateTable('commitment').set({ attempts: 0, next_attempt: due, address }).where('id', '=', open.id));
    yield* run(db.updateTable('commitment').set({ state: 'asked' }).where('id', '=', open.id).where('state', '=', 'aside'));
    return { kept: 'again', id: open.id };
  }
  const counted = yield* runFirst(
    db
      .selectFrom('commitment')
      .select((column) => [column.fn.countAll<number>().as('count'), column.fn.sum<number | null>('instances').as('instances')])
      .where('state', '!=', 'reported'),
  );
  if ((counted?.count ?? 0) >= limits.requests || (counted?.instances ?? 0) + instances.length > limits.instances) {
    return 'full';
  }
  const inUse = open !== undefined;
  const row = yield* runFirst(
    db
      .insertInto('commitment')
      .values({
        transaction_uid: transactionUid,
        ae_title: aeTitle,
        facility,
        address,
        state: inUse ? 'checked' : 'asked',
        instances: instances.length,
        refused: inUse ? instances.length : 0,
        attempts: 0,
        next_attempt: due,
        asked_at: now,
        checked_at: inUse ? now : null,
        reported_at: null,
        problem: null,
      })
      .returning('id'),
  );
  const id = row?.id ?? 0;
  yield* insertInstances(id, instances, inUse ? duplicate : null);
  return { kept: 'new', id };
};

function* insertInstances(id: number, instances: readonly CommittedInstance[], failure: number | null) {
  for (let from = 0; from < instances.length; from += ROWS) {
    const rows = instances.slice(from, from + ROWS).map(({ sopClassUid, sopInstanceUid }, index) => ({
      commitment: id,
      position: from + index,
      sop_class_uid: sopClassUid,
      sop_instance_uid: sopInstanceUid,
      failure,
    }));
    yield* run(db.insertInto('commitment_instance').values(rows));
  }
}

function* sameInstances(id: number, instances: readonly CommittedInstance[]) {
  const known = yield* run(
    db
      .selectFrom('commitment_instance')
      .select(['sop_class_uid', 'sop_instance_uid'])
      .where('commitment', '=', id)
      .orderBy('position'),
  );
  return (
    known.length === instances.length &&
    known.every((row, index) => {
      const other = instances[index];
      return row.sop_class_uid === other?.sopClassUid && row.sop_instance_uid === other.sopInstanceUid;
    })
  );
}

/** What was found for the instances of a request: those refused, by position. */
export const settleCheck: Procedure<
  {
    readonly id: number;
    readonly refused: readonly { readonly position: number; readonly failure: number }[];
    readonly aeTitle: string;
    /** The same by study, as receipts tell it. */
    readonly studies: readonly CommittedStudy[];
    readonly now: number;
  },
  void
> = function* ({ id, refused, aeTitle, studies, now }) {
  yield* run(db.updateTable('commitment_instance').set({ failure: null }).where('commitment', '=', id));
  for (const { position, failure } of refused) {
    yield* run(
      db.updateTable('commitment_instance').set({ failure }).where('commitment', '=', id).where('position', '=', position),
    );
  }
  yield* run(
    db
      .updateTable('commitment')
      .set({ state: 'checked', refused: refused.length, checked_at: now, problem: null })
      .where('id', '=', id),
  );
  yield* keepCommitted(id, aeTitle, studies, now);
};

/** What became of an attempt to check or to report a request. */
export type CommitmentOutcome =
  | { readonly state: 'reported' }
  | { readonly state: 'open'; readonly problem: string; readonly nextAttempt: number }
  /** Nothing failed, and nothing can be said yet: no try is counted. */
  | { readonly state: 'waiting'; readonly problem: string; readonly nextAttempt: number }
  | { readonly state: 'aside'; readonly problem: string };

export const settleCommitment: Procedure<
  { readonly id: number; readonly outcome: CommitmentOutcome; readonly now: number },
  void
> = function* ({ id, outcome, now }) {
  const update = db.updateTable('commitment').where('id', '=', id);
  const counted = update.set((column) => ({ attempts: column('attempts', '+', 1) }));
  switch (outcome.state) {
    case 'reported':
      yield* run(counted.set({ state: 'reported', reported_at: now, problem: null }));
      // What was granted needs no line any more: with 100,000 images a day the database would grow beyond measure.
      yield* run(db.deleteFrom('commitment_instance').where('commitment', '=', id).where('failure', 'is', null));
      break;
    case 'open':
      yield* run(counted.set({ next_attempt: outcome.nextAttempt, problem: outcome.problem }));
      break;
    case 'waiting':
      yield* run(update.set({ next_attempt: outcome.nextAttempt, problem: outcome.problem }));
      break;
    case 'aside':
      yield* run(counted.set({ state: 'aside', problem: outcome.problem }));
      break;
  }
};

/** A person says: check and report again now. What was reported is the peer's to ask for anew. */
export const retryCommitment: Procedure<{ readonly id: number; readonly now: number }, 'retried' | 'reported' | 'absent'> =
  function* ({ id, now }) {
    const found = yield* runFirst(db.selectFrom('commitment').select('state').where('id', '=', id));
    if (found === undefined || found.state === 'reported') {
      return found === undefined ? 'absent' : 'reported';
    }
    yield* run(
      db
        .updateTable('commitment')
        .set({ state: 'asked', attempts: 0, next_attempt: now, refused: 0, checked_at: null })
        .where('id', '=', id),
    );
    return 'retried';
  };

/** Forgets requests that were reported, or given up, before a time. */
export const forgetCommitments: Procedure<{ readonly before: number }, void> = function* ({ before }) {
  yield* run(db.deleteFrom('commitment').where('state', '=', 'reported').where('reported_at', '<', before));
  yield* run(db.deleteFrom('commitment').where('state', '=', 'aside').where('asked_at', '<', before));
};
