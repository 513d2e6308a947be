import { type Procedure, run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { AddedOrder } from '../core/orders/order-records.ts';
import { moveOrder, setStates } from './order-moves.ts';
import type { ImagingOrderTable, OrderStepTable } from './order-tables.ts';
import { insertWords, removeWords } from './order-words.ts';
import { db } from './tables.ts';

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;

type NewOrder = Omit<ImagingOrderTable, 'id' | 'state' | 'version'>;
type StepArgs = Pick<OrderStepTable, 'position' | 'step_id' | 'modality' | 'station' | 'start_at'>;

interface Change {
  readonly id: number;
  readonly version: number;
  readonly at: string;
}

type AddOrder = Procedure<{ readonly order: NewOrder; readonly steps: readonly StepArgs[] }, AddedOrder>;
type ReplaceOrder = Procedure<
  Change & {
    readonly order: Pick<ImagingOrderTable, 'study_instance_uid' | 'patient_id' | 'name_words' | 'document'>;
    readonly steps: readonly StepArgs[];
  },
  boolean
>;
type CancelOrder = Procedure<Change, boolean>;

const addOrder: AddOrder = function* ({ order, steps }) {
  const namesake = yield* runFirst(
    db
      .selectFrom('imaging_order')
      .select('accession_number')
      .where('study_instance_uid', '=', order.study_instance_uid)
      .where('facility', '=', order.facility)
      .where('patient_id', '<>', order.patient_id)
      .where('state', '<>', 'CANCELLED'),
  );
  if (namesake !== undefined) {
    return { status: 'study-taken', accessionNumber: namesake.accession_number };
  }
  const row = yield* runFirst(
    db
      .insertInto('imaging_order')
      .values({ ...order, state: 'SCHEDULED', version: 1 })
      .onConflict((clash) => clash.columns(['accession_number', 'facility']).doNothing())
      .returning('id'),
  );
  if (row === undefined) {
    return { status: 'taken' };
  }
  yield* insertWords(row.id, order.name_words);
  yield* insertSteps(row.id, order.facility, steps);
  yield* adoptPerformed(row.id, order);
  return { status: 'added', id: row.id };
};

function* insertSteps(id: number, facility: string, steps: readonly StepArgs[]): Steps<void> {
  for (const step of steps) {
    yield* run(
      db.insertInto('order_step').values({ ...step, order_id: id, facility, state: 'SCHEDULED', order_state: 'SCHEDULED' }),
    );
  }
}

/** A machine may have begun before the order came: its performed procedure steps are found by what they were scheduled by. */
function* adoptPerformed(id: number, order: NewOrder): Steps<void> {
  yield* run(
    db
      .updateTable('performed_schedule')
      .set({ order_id: id })
      .where('order_id', 'is', null)
      .where('facility', '=', order.facility)
      .where('accession_number', '=', order.accession_number)
      .where('accession_number', '<>', '')
      .where('sop_instance_uid', 'in', (query) =>
        query.selectFrom('performed_step').select('sop_instance_uid').where('patient_id', 'in', ['', order.patient_id]),
      ),
  );
  yield* moveOrder(id, order.updated_at);
}

/** The order of that version, or none when it changed meanwhile. */
function* current(change: Change): Steps<ImagingOrderTable | undefined> {
  return yield* runFirst(
    db.selectFrom('imaging_order').selectAll().where('id', '=', change.id).where('version', '=', change.version),
  );
}

const replaceOrder: ReplaceOrder = function* ({ order, steps, ...change }) {
  const before = yield* current(change);
  if (before === undefined) {
    return false;
  }
  const known = yield* run(db.selectFrom('order_step').selectAll().where('order_id', '=', change.id));
  // A cancelled order that is given again is to be done again.
  const states = steps.map(({ step_id }) => {
    const state = known.find((step) => step.step_id === step_id)?.state ?? 'SCHEDULED';
    return state === 'CANCELLED' ? 'SCHEDULED' : state;
  });
  yield* run(db.updateTable('imaging_order').set(order).where('id', '=', change.id));
  yield* run(db.deleteFrom('order_step').where('order_id', '=', change.id));
  yield* insertSteps(change.id, before.facility, steps);
  yield* setStates(
    steps.map(({ position }) => ({ order_id: change.id, position })),
    states,
    change.at,
  );
  if (order.name_words !== before.name_words) {
    yield* removeWords(change.id);
    yield* insertWords(change.id, order.name_words);
  }
  return true;
};

const cancelOrder: CancelOrder = function* (change) {
  if ((yield* current(change)) === undefined) {
    return false;
  }
  const steps = yield* run(
    db.selectFrom('order_step').select(['order_id', 'position']).where('order_id', '=', change.id).orderBy('position'),
  );
  yield* setStates(
    steps,
    steps.map(() => 'CANCELLED'),
    change.at,
  );
  return true;
};

export const orderProcedures: {
  readonly addOrder: AddOrder;
  readonly replaceOrder: ReplaceOrder;
  readonly cancelOrder: CancelOrder;
} = { addOrder, replaceOrder, cancelOrder };
