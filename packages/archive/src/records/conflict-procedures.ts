import { type Procedure, run, runFirst } from '@filmless/database';
import { isAtWork } from './run-fence.ts';
import { type ConflictTable, db, type ShareTable } from './tables.ts';

/** `run`: of the new object, where several processes store. */
type AddConflict = Procedure<{ readonly conflict: ConflictTable; readonly run: string | null }, 'added' | 'known' | 'run-over'>;
type Resolve = Procedure<
  Pick<ConflictTable, 'id' | 'state' | 'resolved_by' | 'resolved_at' | 'existing_key' | 'existing_sha256'>,
  boolean
>;
type FinishResolve = Procedure<{ readonly id: string }, void>;
type AddShare = Procedure<ShareTable, void>;
type EndShare = Procedure<
  { readonly study: string; readonly facility: string; readonly by: string; readonly at: string },
  boolean
>;
type EndShares = Procedure<
  { readonly study: string; readonly owner: string; readonly by: string; readonly at: string },
  readonly string[]
>;
type AdoptShare = Procedure<{ readonly study: string; readonly facility: string; readonly owner: string }, void>;

const addConflict: AddConflict = function* ({ conflict, run: writer }) {
  if (!(yield* isAtWork(writer))) {
    return 'run-over';
  }
  const row = yield* runFirst(
    db
      .insertInto('conflict')
      .values(conflict)
      .onConflict((clash) => clash.columns(['sop_instance_uid', 'new_sha256', 'from_facility']).doNothing())
      .returning('id'),
  );
  return row === undefined ? 'known' : 'added';
};

const resolve: Resolve = function* ({ id, ...decision }) {
  const row = yield* runFirst(
    db.updateTable('conflict').set(decision).where('id', '=', id).where('state', '=', 'open').returning('id'),
  );
  return row !== undefined;
};

const finishResolve: FinishResolve = function* ({ id }) {
  yield* run(db.updateTable('conflict').set({ state: 'new' }).where('id', '=', id).where('state', '=', 'resolving'));
};

const reopen: FinishResolve = function* ({ id }) {
  const undecided = { state: 'open', resolved_by: null, resolved_at: null, existing_key: null, existing_sha256: null } as const;
  yield* run(db.updateTable('conflict').set(undecided).where('id', '=', id).where('state', '=', 'resolving'));
};

const endShare: EndShare = function* ({ study, facility, by, at }) {
  const row = yield* runFirst(
    db
      .updateTable('share')
      .set({ ended_at: at, ended_by: by })
      .where('study_instance_uid', '=', study)
      .where('facility', '=', facility)
      .where('ended_at', 'is', null)
      .returning('id'),
  );
  return row !== undefined;
};

/** All that an owner has of a study; gives the facilities it was shared with. */
const endShares: EndShares = function* ({ study, owner, by, at }) {
  const rows = yield* run(
    db
      .updateTable('share')
      .set({ ended_at: at, ended_by: by })
      .where('study_instance_uid', '=', study)
      .where('owner', '=', owner)
      .where('ended_at', 'is', null)
      .returning('facility'),
  );
  return rows.map(({ facility }) => facility);
};

const adoptShare: AdoptShare = function* ({ study, facility, owner }) {
  yield* run(
    db
      .updateTable('share')
      .set({ owner })
      .where('study_instance_uid', '=', study)
      .where('facility', '=', facility)
      .where('owner', 'is', null)
      .where('ended_at', 'is', null),
  );
};

const addShare: AddShare = function* (share) {
  yield* endShare({ study: share.study_instance_uid, facility: share.facility, by: share.created_by, at: share.created_at });
  yield* run(db.insertInto('share').values(share));
};

export const conflictProcedures: {
  readonly addConflict: AddConflict;
  readonly resolve: Resolve;
  readonly finishResolve: FinishResolve;
  readonly reopen: FinishResolve;
  readonly addShare: AddShare;
  readonly endShare: EndShare;
  readonly endShares: EndShares;
  readonly adoptShare: AdoptShare;
} = { addConflict, resolve, finishResolve, reopen, addShare, endShare, endShares, adoptShare };
