import { type Procedure, run } from '@filmless/database';
import type { Selectable } from 'kysely';
import { type Changes, DELIVERY_CLASSES, type Decision, type DeliveryClass, type LegalBasis } from '../routing/decision.ts';
import { hasDeliveryTotal, keepDeliveryTotals } from './receipt-totals.ts';
import { db, type Tables } from './tables.ts';

/** Whom an instance came from. */
export interface Origin {
  readonly callingAe: string;
  readonly address: string;
  readonly facility: string;
}

/** What is delivered: one archived instance, in the syntax it is stored in. */
export interface DeliveredInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

/** The same with what its queue makes use of, where it is known. */
export interface QueuedInstance extends DeliveredInstance {
  /** Of the stored object. */
  readonly bytes?: number | undefined;
  readonly origin?: Origin | undefined;
}

export interface Delivery extends QueuedInstance {
  readonly id: number;
  readonly attempts: number;
  readonly priority: DeliveryClass;
  readonly changes: Changes;
  /** Why it may go to another facility, where a rule says so. */
  readonly legal?: LegalBasis | undefined;
}

/** Place of a class in the order of sending. */
export function rankOf(priority: DeliveryClass): number {
  return DELIVERY_CLASSES.indexOf(priority);
}

/** The class at a place; what a later version may have written is sent last. */
export function classAt(rank: number): DeliveryClass {
  return DELIVERY_CLASSES[rank] ?? 'backfill';
}

/** A delivery is queued once: an instance that comes again is not sent again, unless `again` says that it is another object. */
export const queueDeliveries: Procedure<
  {
    /** One for each destination. */
    readonly decisions: readonly Decision[];
    readonly instance: QueuedInstance;
    readonly now: number;
    readonly again: boolean;
  },
  number
> = function* ({ decisions, instance, now, again }) {
  let queued = 0;
  for (const { destination, rule, priority, changes, notBefore, legal } of decisions) {
    const delivery = {
      study_instance_uid: instance.studyInstanceUid,
      series_instance_uid: instance.seriesInstanceUid,
      sop_class_uid: instance.sopClassUid,
      transfer_syntax_uid: instance.transferSyntaxUid,
      bytes: instance.bytes ?? null,
      origin: instance.origin === undefined ? null : JSON.stringify(instance.origin),
      class: rankOf(priority),
      rule,
      changes: JSON.stringify(changes),
      not_before: notBefore ?? null,
      legal: legal === undefined ? null : JSON.stringify(legal),
      attempts: 0,
      next_attempt: Math.max(now, notBefore ?? now),
      created_at: now,
      finished_at: null,
      problem: null,
      commitment: null,
      commitment_request: null,
      resends: 0,
      // What is new counts, and what was delivered is known by its line.
      repeated: again ? 0 : Number(yield* hasDeliveryTotal(instance.studyInstanceUid, destination)),
      copy_uid: null,
    };
    const rows = yield* run(
      db
        .insertInto('delivery')
        .values({ destination, sop_instance_uid: instance.sopInstanceUid, ...delivery, state: 'queued' })
        .onConflict((conflict) => {
          const known = conflict.columns(['destination', 'sop_instance_uid']);
          return again
            ? known.doUpdateSet({ ...delivery, state: 'queued' }).where('delivery.state', '!=', 'sending')
            : known.doNothing();
        })
        .returning('id'),
    );
    queued += rows.length;
    if (again && rows.length === 0) {
      // What is on its way is the object from before: settling it queues it anew.
      yield* run(
        db
          .updateTable('delivery')
          .set({ ...delivery, again: 1 })
          .where('destination', '=', destination)
          .where('sop_instance_uid', '=', instance.sopInstanceUid),
      );
    }
  }
  return queued;
};

/**
 * Marks the next due deliveries of a destination as being sent, and gives them: by class, by when they became due, by age. One in any case,
 * and no more than have so many bytes together; of which it is not known counts for nothing.
 */
export const claimDeliveries: Procedure<
  {
    readonly destination: string;
    readonly classes: readonly DeliveryClass[];
    readonly now: number;
    readonly limit: number;
    readonly bytes: number;
  },
  readonly Delivery[]
> = function* ({ destination, classes, now, limit, bytes }) {
  const claimed: Delivery[] = [];
  let left = bytes;
  // NOTE: class by class, so that the index gives the next ones however many are held back.
  for (const priority of classes) {
    const due = yield* run(
      db
        .selectFrom('delivery')
        .select(['id', 'bytes'])
        .where('destination', '=', destination)
        .where('state', '=', 'queued')
        .where('class', '=', rankOf(priority))
        .where('next_attempt', '<=', now)
        .orderBy('next_attempt')
        .orderBy('id')
        .limit(limit - claimed.length),
    );
    const fitting = due.filter((one, at) => {
      left -= one.bytes ?? 0;
      return left >= 0 || (claimed.length === 0 && at === 0);
    });
    if (fitting.length > 0) {
      const ids = fitting.map(({ id }) => id);
      // NOTE: still queued: what another process took meanwhile is its own.
      const rows = yield* run(
        db.updateTable('delivery').set({ state: 'sending' }).where('id', 'in', ids).where('state', '=', 'queued').returningAll(),
      );
      const sorted = rows.toSorted((one, other) => one.next_attempt - other.next_attempt || one.id - other.id);
      claimed.push(...sorted.map(deliveryOf));
    }
    if (claimed.length >= limit || left <= 0) {
      break;
    }
  }
  return claimed;
};

function deliveryOf(row: Selectable<Tables['delivery']>): Delivery {
  return {
    id: row.id,
    attempts: row.attempts,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    priority: classAt(row.class),
    changes: parseChanges(row.changes),
    ...(row.legal === null ? {} : { legal: parseLegal(row.legal) }),
    ...(row.bytes === null ? {} : { bytes: row.bytes }),
    ...(row.origin === null ? {} : { origin: parseOrigin(row.origin) }),
  };
}

/** What `queueDeliveries` wrote. */
function parseChanges(text: string): Changes {
  return JSON.parse(text) as Changes;
}

/** Likewise. */
function parseLegal(text: string): LegalBasis {
  return JSON.parse(text) as LegalBasis;
}

/** A kept legal basis in words: the basis, and what shows it. */
export function describeLegal(text: string): string {
  const { basis, evidence } = parseLegal(text);
  return evidence === undefined ? basis : `${basis}, ${evidence}`;
}

/** Likewise. */
function parseOrigin(text: string): Origin {
  return JSON.parse(text) as Origin;
}

/** What became of one attempt. */
export type AttemptOutcome =
  /** `confirm`: the destination is to be asked whether it keeps the instance safe. */
  | {
      readonly state: 'done';
      readonly confirm?: boolean;
      readonly legal?: LegalBasis | undefined;
      /** Under which SOP Instance UID it arrived, where that is another. */
      readonly copyUid?: string | undefined;
    }
  | { readonly state: 'queued'; readonly problem: string; readonly nextAttempt: number }
  | { readonly state: 'aside'; readonly problem: string };

/** A delivery that was tried. */
export interface Settled {
  readonly id: number;
  readonly attempts: number;
  readonly outcome: AttemptOutcome;
}

/** What came out alike is written by one statement: a destination takes hundreds at a time. */
export const settleDeliveries: Procedure<{ readonly deliveries: readonly Settled[]; readonly now: number }, void> = function* ({
  deliveries,
  now,
}) {
  const replaced = yield* run(
    db
      .updateTable('delivery')
      .set({ state: 'queued', again: 0, attempts: 0, next_attempt: now, problem: null })
      .where(
        'id',
        'in',
        deliveries.map(({ id }) => id),
      )
      .where('again', '=', 1)
      .returning('id'),
  );
  const queuedAnew = new Set(replaced.map(({ id }) => id));
  const settled = deliveries.filter(({ id }) => !queuedAnew.has(id));
  for (const alike of Map.groupBy(settled, ({ attempts, outcome }) => JSON.stringify([attempts, outcome])).values()) {
    yield* settle(alike, now);
  }
};

/** NOTE: all of them have the same outcome. */
function* settle(alike: readonly Settled[], now: number): ReturnType<Procedure<unknown, void>> {
  const [first] = alike;
  if (first === undefined) {
    return;
  }
  const { attempts, outcome } = first;
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
        ...(outcome.state === 'done' ? { copy_uid: outcome.copyUid ?? null } : {}),
        ...(outcome.state === 'done' && outcome.legal !== undefined ? { legal: JSON.stringify(outcome.legal) } : {}),
      })
      .where(
        'id',
        'in',
        alike.map(({ id }) => id),
      ),
  );
}

/** They were not sent, through no fault of theirs: they keep their place in the queue. */
export const giveBackDeliveries: Procedure<{ readonly ids: readonly number[]; readonly problem: string }, void> = function* ({
  ids,
  problem,
}) {
  yield* run(db.updateTable('delivery').set({ state: 'queued', again: 0, problem }).where('id', 'in', ids));
};

/**
 * After a stop in the middle: what was being sent is due again, but for those that somebody still sends. The peer knows an instance
 * it already has.
 */
export const reviveDeliveries: Procedure<{ readonly destination?: string; readonly except?: readonly number[] }, void> =
  function* ({ destination, except = [] }) {
    let update = db.updateTable('delivery').set({ state: 'queued', again: 0 }).where('state', '=', 'sending');
    update = destination === undefined ? update : update.where('destination', '=', destination);
    yield* run(except.length === 0 ? update : update.where('id', 'not in', except));
  };

/** A person says: try again now; what is held until an hour only where it is named. Gives how many. */
export const retryDeliveries: Procedure<
  { readonly destination: string; readonly id?: number; readonly onlyAside?: boolean; readonly now: number },
  number
> = function* ({ destination, id, onlyAside = false, now }) {
  const all = db
    .updateTable('delivery')
    .set({ state: 'queued', attempts: 0, next_attempt: now, commitment: null, resends: 0 })
    .where('destination', '=', destination)
    .where('state', 'in', onlyAside ? ['aside'] : ['queued', 'aside']);
  const rows = yield* run(
    (id === undefined
      ? all.where((row) => row.or([row('not_before', 'is', null), row('not_before', '<=', now)]))
      : all.where('id', '=', id)
    ).returning('id'),
  );
  return rows.length;
};

/** What a person takes out of a queue: one delivery, those of a study, or all that were set aside. */
export interface Removed {
  readonly id?: number | undefined;
  readonly studyInstanceUid?: string | undefined;
}

export interface RemovedStudy {
  readonly studyInstanceUid: string;
  readonly instances: number;
}

/** Takes deliveries out of a queue that are neither done nor being sent. Gives their studies. */
export const removeDeliveries: Procedure<{ readonly destination: string; readonly removed: Removed }, readonly RemovedStudy[]> =
  function* ({ destination, removed: { id, studyInstanceUid } }) {
    let gone = db.deleteFrom('delivery').where('destination', '=', destination);
    gone = id === undefined ? gone : gone.where('id', '=', id);
    gone = studyInstanceUid === undefined ? gone : gone.where('study_instance_uid', '=', studyInstanceUid);
    const onlyAside = id === undefined && studyInstanceUid === undefined;
    const rows = yield* run(
      gone.where('state', 'in', onlyAside ? ['aside'] : ['queued', 'aside']).returning('study_instance_uid'),
    );
    const studies = new Map<string, number>();
    for (const { study_instance_uid: study } of rows) {
      studies.set(study, (studies.get(study) ?? 0) + 1);
    }
    return [...studies].map(([uid, instances]) => ({ studyInstanceUid: uid, instances }));
  };

/**
 * Forgets deliveries that were finished before a time; how many there were of each study stays. Copies with changes that went to one of
 * `keepChanged` keep their line, counted already.
 */
export const forgetDeliveries: Procedure<{ readonly before: number; readonly keepChanged: readonly string[] }, void> =
  function* ({ before, keepChanged }) {
    yield* keepDeliveryTotals({ before });
    const old = db.deleteFrom('delivery').where('state', '=', 'done').where('finished_at', '<', before);
    if (keepChanged.length === 0) {
      yield* run(old);
      return;
    }
    yield* run(old.where((row) => row.or([row('changes', '=', '{}'), row('destination', 'not in', [...keepChanged])])));
    yield* run(db.updateTable('delivery').set({ repeated: 1 }).where('state', '=', 'done').where('finished_at', '<', before));
  };
