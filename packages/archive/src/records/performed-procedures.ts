import { type Procedure, run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import { moveOrder } from './order-moves.ts';
import type { PerformedScheduleTable, PerformedStepTable } from './order-tables.ts';
import { db } from './tables.ts';

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;

type Scheduled = Pick<PerformedScheduleTable, 'position' | 'study_instance_uid' | 'accession_number' | 'step_id'>;
type Awaited = readonly { readonly study_instance_uid: string; readonly sop_instance_uid: string }[];

/** Orders that were moved, by id. */
type Moved = readonly number[];

type CreatePerformed = Procedure<
  { readonly step: Omit<PerformedStepTable, 'version'>; readonly scheduled: readonly Scheduled[]; readonly awaited: Awaited },
  Moved | undefined
>;
type SetPerformed = Procedure<
  {
    readonly sop_instance_uid: string;
    /** The one that was looked at. */
    readonly version: number;
    readonly step: Pick<
      PerformedStepTable,
      'state' | 'station' | 'modality' | 'start_at' | 'end_at' | 'named' | 'data_set' | 'updated_at'
    >;
    readonly awaited: Awaited;
  },
  Moved | undefined
>;
type Arrived = Procedure<{ readonly uids: readonly string[] }, void>;

/** Undefined when there is one of that UID. */
const createPerformed: CreatePerformed = function* ({ step, scheduled, awaited }) {
  const row = yield* runFirst(
    db
      .insertInto('performed_step')
      .values({ ...step, version: 1 })
      .onConflict((clash) => clash.column('sop_instance_uid').doNothing())
      .returning('sop_instance_uid'),
  );
  if (row === undefined) {
    return undefined;
  }
  const orders = new Set<number>();
  for (const item of scheduled) {
    const order = yield* orderOf(item, step);
    yield* run(
      db.insertInto('performed_schedule').values({
        ...item,
        sop_instance_uid: step.sop_instance_uid,
        facility: step.facility,
        order_id: order ?? null,
      }),
    );
    if (order !== undefined) {
      orders.add(order);
    }
  }
  yield* expectInstances(awaited);
  return yield* moveAll([...orders], step.updated_at);
};

/** The order a machine says it performed. One for another patient is not it. */
function* orderOf(item: Scheduled, step: Pick<PerformedStepTable, 'facility' | 'patient_id'>): Steps<number | undefined> {
  const candidates = db.selectFrom('imaging_order').select(['id', 'patient_id']).where('facility', '=', step.facility);
  const byAccession =
    item.accession_number === '' ? undefined : yield* runFirst(candidates.where('accession_number', '=', item.accession_number));
  const byStudy =
    byAccession !== undefined || item.study_instance_uid === ''
      ? undefined
      : yield* runFirst(candidates.where('study_instance_uid', '=', item.study_instance_uid).orderBy('id').limit(1));
  const found = byAccession ?? byStudy;
  return found !== undefined && (step.patient_id === '' || step.patient_id === found.patient_id) ? found.id : undefined;
}

function* moveAll(orders: readonly number[], at: string): Steps<Moved> {
  for (const id of orders) {
    yield* moveOrder(id, at);
  }
  return orders;
}

function* expectInstances(awaited: Awaited): Steps<void> {
  for (const instance of awaited) {
    yield* run(
      db
        .insertInto('awaited_instance')
        .values(instance)
        .onConflict((clash) => clash.doNothing()),
    );
  }
}

/** Undefined when it is of another version by now. */
const setPerformed: SetPerformed = function* ({ sop_instance_uid, version, step, awaited }) {
  const row = yield* runFirst(
    db
      .updateTable('performed_step')
      .set({ ...step, version: version + 1 })
      .where('sop_instance_uid', '=', sop_instance_uid)
      .where('version', '=', version)
      .returning('sop_instance_uid'),
  );
  if (row === undefined) {
    return undefined;
  }
  yield* expectInstances(awaited);
  const linked = yield* run(
    db
      .selectFrom('performed_schedule')
      .select('order_id')
      .distinct()
      .where('sop_instance_uid', '=', sop_instance_uid)
      .where('order_id', 'is not', null),
  );
  return yield* moveAll(
    linked.map(({ order_id }) => order_id).filter((id) => id !== null),
    step.updated_at,
  );
};

const arrived: Arrived = function* ({ uids }) {
  for (const uid of uids) {
    yield* run(db.deleteFrom('awaited_instance').where('sop_instance_uid', '=', uid));
  }
};

export const performedProcedures: {
  readonly createPerformed: CreatePerformed;
  readonly setPerformed: SetPerformed;
  readonly arrived: Arrived;
} = { createPerformed, setPerformed, arrived };
