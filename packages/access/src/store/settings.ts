import { type Procedure, run, runFirst } from '@filmless/database';
import { db } from './tables.ts';

/** A document as it is written: `revision` is the one it was made from, 0 where there was none. */
interface PutSetting {
  readonly name: string;
  readonly revision: number;
  readonly document: string;
  readonly now: number;
}

/** The number of the change; undefined when somebody else's came first, or whose it is is gone. */
type PutOutcome = number | undefined;

export const putAccountSetting: Procedure<PutSetting & { readonly accountId: string }, PutOutcome> = function* (put) {
  const { accountId: account_id, name, document, now: changed_at } = put;
  const account = yield* runFirst(db.selectFrom('account').select('id').where('id', '=', account_id));
  const known = yield* runFirst(
    db.selectFrom('account_setting').select('revision').where('account_id', '=', account_id).where('name', '=', name),
  );
  if (account === undefined || (known?.revision ?? 0) !== put.revision) {
    return undefined;
  }
  const change = { revision: put.revision + 1, document, changed_at };
  yield* run(
    db
      .insertInto('account_setting')
      .values({ account_id, name, ...change })
      .onConflict((conflict) => conflict.columns(['account_id', 'name']).doUpdateSet(change)),
  );
  return change.revision;
};

export const putHospitalSetting: Procedure<PutSetting & { readonly by: string }, PutOutcome> = function* (put) {
  const { name, document, now: changed_at, by: changed_by } = put;
  const known = yield* runFirst(db.selectFrom('hospital_setting').select('revision').where('name', '=', name));
  if ((known?.revision ?? 0) !== put.revision) {
    return undefined;
  }
  const change = { revision: put.revision + 1, document, changed_at, changed_by };
  yield* run(
    db
      .insertInto('hospital_setting')
      .values({ name, ...change })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(change)),
  );
  return change.revision;
};
