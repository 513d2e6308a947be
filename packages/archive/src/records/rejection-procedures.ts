import { type Procedure, run, runFirst } from '@filmless/database';
import type { RejectionState } from '../core/rejections/model.ts';
import type { RejectedInstanceTable, RejectionTable } from './rejection-tables.ts';
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

const addRejection: AddRejection = function* ({ rejection, instances }) {
  const added = yield* runFirst(
    db
      .insertInto('rejection')
      .values(rejection)
      .onConflict((known) => known.columns(['note_uid', 'study_instance_uid']).doNothing())
      .returning('id'),
  );
  if (added === undefined) {
    return false;
  }
  for (let from = 0; from < instances.length; from += ROWS) {
    const rows = instances.slice(from, from + ROWS).map((row) => ({ ...row, rejection_id: rejection.id }));
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
