import { run } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { OrderState, PerformedState } from '../core/orders/model.ts';
import { stateOfPerformed, stateOfSteps } from '../core/orders/order-state.ts';
import type { OrderStepTable } from './order-tables.ts';
import { db } from './tables.ts';

/** How the states of an order and its steps follow machines and images. Parts of procedures. */

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;

type PlacedStep = Pick<OrderStepTable, 'order_id' | 'position'>;

interface Performed {
  readonly step_id: string;
  readonly state: PerformedState;
  readonly modality: string;
}

function* stepsOf(id: number): Steps<readonly OrderStepTable[]> {
  return yield* run(db.selectFrom('order_step').selectAll().where('order_id', '=', id).orderBy('position'));
}

function* performedOf(id: number): Steps<readonly Performed[]> {
  return yield* run(
    db
      .selectFrom('performed_schedule')
      .innerJoin('performed_step', 'performed_step.sop_instance_uid', 'performed_schedule.sop_instance_uid')
      .select(['performed_schedule.step_id as step_id', 'performed_step.state as state', 'performed_step.modality as modality'])
      .where('performed_schedule.order_id', '=', id),
  );
}

/** The step that was performed: the one named, else the only one there is, of the modality at least. */
function stepOf(steps: readonly OrderStepTable[], performed: Performed): OrderStepTable | undefined {
  const named = steps.find(({ step_id }) => step_id === performed.step_id);
  const fitting = steps.length === 1 ? steps : steps.filter(({ modality }) => modality === performed.modality);
  return named ?? (fitting.length === 1 ? fitting[0] : undefined);
}

/** The state machines gave a step; undefined for one that none told of. */
function toldOf(steps: readonly OrderStepTable[], performed: readonly Performed[], step: OrderStepTable): OrderState | undefined {
  return stateOfPerformed(performed.filter((one) => stepOf(steps, one) === step).map(({ state }) => state));
}

/**
 * Brings the states of an order and its steps in line with what machines performed. True when one is another now. Steps that no
 * machine told of keep their state.
 */
export function* moveOrder(id: number, at: string): Steps<boolean> {
  const steps = yield* stepsOf(id);
  const performed = yield* performedOf(id);
  return yield* setStates(
    steps,
    steps.map((step) => toldOf(steps, performed, step) ?? step.state),
    at,
  );
}

export interface ImagesMove {
  readonly id: number;
  /** Of the study. */
  readonly modalities: readonly string[];
  /** `IN_PROGRESS`: images come. `COMPLETED`: no more came for a while. `SCHEDULED`: they are not this order's. */
  readonly to: 'IN_PROGRESS' | 'COMPLETED' | 'SCHEDULED';
  readonly at: string;
}

const FROM: Readonly<Record<ImagesMove['to'], readonly OrderState[]>> = {
  IN_PROGRESS: ['SCHEDULED'],
  COMPLETED: ['SCHEDULED', 'IN_PROGRESS'],
  SCHEDULED: ['IN_PROGRESS', 'COMPLETED'],
};

/** Moves the steps that images tell of and no machine does: those of the study's modalities, or the only one. */
export function* moveByImages({ id, modalities, to, at }: ImagesMove): Steps<boolean> {
  const steps = yield* stepsOf(id);
  const performed = yield* performedOf(id);
  const states = steps.map((step) => {
    const meant = to === 'SCHEDULED' || steps.length === 1 || modalities.includes(step.modality);
    const told = toldOf(steps, performed, step) !== undefined;
    return meant && !told && FROM[to].includes(step.state) ? to : step.state;
  });
  return yield* setStates(steps, states, at);
}

/** Writes the states of an order's steps, and what follows for the order. False when all are as before. */
export function* setStates(
  steps: readonly (PlacedStep & { readonly state?: OrderState })[],
  states: readonly OrderState[],
  at: string,
): Steps<boolean> {
  const [first] = steps;
  if (first === undefined || steps.every(({ state }, index) => state === states[index])) {
    return false;
  }
  const order = stateOfSteps(states);
  for (const [index, { order_id, position }] of steps.entries()) {
    yield* run(
      db
        .updateTable('order_step')
        .set({ state: states[index] ?? order, order_state: order })
        .where('order_id', '=', order_id)
        .where('position', '=', position),
    );
  }
  yield* run(
    db
      .updateTable('imaging_order')
      .set((eb) => ({ state: order, updated_at: at, version: eb('version', '+', 1) }))
      .where('id', '=', first.order_id),
  );
  return true;
}
