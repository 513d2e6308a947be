import { type Procedure, run, runFirst } from '@filmless/database';
import type { RejectionState } from '../core/rejections/model.ts';
import { HOLDING, type RejectedInstanceTable, type RejectionTable } from './rejection-tables.ts';
import { db } from './tables.ts';

type AddRejection = Procedure<
  { readonly rejection: RejectionTable; readonly instances: readonly Omit<RejectedInstanceTable, 'rejection_id'>[] },
  boolean
>;
type MoveRejection = Procedure<
  {
    readonly id: string;
    readonly from: RejectionState;
    readonly to: RejectionState;
    readonly end: { readonly ended_by: string | null; readonly ended_at: string } | null;
  },
  boolean
>;

/** Rows of one statement: its values stay far below what a statement may have. */
const ROWS = 100;

/** NOTE: of two rejections with the same object one could be restored and the other removed: an object has one that keeps it. */
const addRejection: AddRejection = function* ({ rejection, instances }) {
  const held = new Set<string>();
  for (let from = 0; from < instances.length; from += ROWS) {
    const keys = instances.slice(from, from + ROWS).map(({ object_key }) => object_key);
    const rows = yield* run(
      db
        .selectFrom('rejected_instance')
        .innerJoin('rejection', 'rejection.id', 'rejected_instance.rejection_id')
        .select('object_key')
        .where('object_key', 'in', keys)
        .where('state', 'in', HOLDING),
    );
    for (const { object_key } of rows) {
      held.add(object_key);
    }
  }
  const free = instances.filter(({ object_key }) => !held.has(object_key));
  if (free.length === 0) {
    return false;
  }
  const bytes = free.reduce((sum, { size }) => sum + size, 0);
  const added = yield* runFirst(
    db
      .insertInto('rejection')
      .values({ ...rejection, instances: free.length, bytes })
      .onConflict((known) => known.columns(['note_uid', 'study_instance_uid']).doNothing())
      .returning('id'),
  );
  if (added === undefined) {
    return false;
  }
  for (let from = 0; from < free.length; from += ROWS) {
    const rows = free.slice(from, from + ROWS).map((row) => ({ ...row, rejection_id: rejection.id }));
    yield* run(db.insertInto('rejected_instance').values(rows));
  }
  return true;
};

const moveRejection: MoveRejection = function* ({ id, from, to, end }) {
  const row = yield* runFirst(
    db
      .updateTable('rejection')
      .set({ state: to, ...end })
      .where('id', '=', id)
      .where('state', '=', from)
      .returning('id'),
  );
  return row !== undefined;
};

export const rejectionProcedures: { readonly addRejection: AddRejection; readonly moveRejection: MoveRejection } = {
  addRejection,
  moveRejection,
};
