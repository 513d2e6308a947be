import { type Procedure, run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { Role } from '../model.ts';
import { changed } from './revisions.ts';
import { db } from './tables.ts';

/** An account as it is written; `passwordHash` left out keeps the one there is. */
export interface AccountRecord {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly facilities: readonly string[];
  readonly disabled: boolean;
  readonly passwordHash?: string;
}

export type AccountOutcome = 'done' | 'taken' | 'not-found' | 'last-administrator' | 'no-such-facility' | 'too-many';

type Step<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;

function* anotherAdministrator(exceptId: string): Step<boolean> {
  const other = yield* runFirst(
    db
      .selectFrom('account')
      .select('id')
      .where('role', '=', 'administrator')
      .where('disabled', '=', 0)
      .where('id', '!=', exceptId)
      .limit(1),
  );
  return other !== undefined;
}

/** Would this change leave nobody who can administer? */
function* losesLastAdministrator(id: string): Step<boolean> {
  const now = yield* runFirst(db.selectFrom('account').select(['role', 'disabled']).where('id', '=', id));
  return now?.role === 'administrator' && now.disabled === 0 && !(yield* anotherAdministrator(id));
}

function* missingFacility(ids: readonly string[]): Step<boolean> {
  if (ids.length === 0) {
    return false;
  }
  const known = yield* run(db.selectFrom('facility').select('id').where('id', 'in', ids));
  return known.length < new Set(ids).size;
}

function* setFacilities(accountId: string, ids: readonly string[]): Step<void> {
  yield* run(db.deleteFrom('account_facility').where('account_id', '=', accountId));
  if (ids.length > 0) {
    const rows = [...new Set(ids)].map((facility_id) => ({ account_id: accountId, facility_id }));
    yield* run(db.insertInto('account_facility').values(rows));
  }
}

export interface AddAccount {
  readonly account: AccountRecord & { readonly passwordHash: string };
  readonly now: number;
  readonly most: number;
}

export const addAccount: Procedure<AddAccount, AccountOutcome> = function* ({ account, now, most }) {
  const taken = yield* runFirst(db.selectFrom('account').select('id').where('username', '=', account.username));
  if (taken !== undefined) {
    return 'taken';
  }
  const count = yield* runFirst(db.selectFrom('account').select((e) => e.fn.countAll<number>().as('n')));
  if ((count?.n ?? 0) >= most) {
    return 'too-many';
  }
  if (yield* missingFacility(account.facilities)) {
    return 'no-such-facility';
  }
  yield* run(
    db.insertInto('account').values({
      id: account.id,
      username: account.username,
      display_name: account.displayName,
      role: account.role,
      password_hash: account.passwordHash,
      disabled: account.disabled ? 1 : 0,
      created_at: now,
      password_changed_at: now,
    }),
  );
  yield* setFacilities(account.id, account.facilities);
  return 'done';
};

/** Changes an account and ends its sessions, so that nobody goes on with rights they no longer have. */
export const changeAccount: Procedure<{ readonly account: AccountRecord; readonly now: number }, AccountOutcome> = function* ({
  account,
  now,
}) {
  const known = yield* runFirst(db.selectFrom('account').select('id').where('id', '=', account.id));
  if (known === undefined) {
    return 'not-found';
  }
  const named = yield* runFirst(db.selectFrom('account').select('id').where('username', '=', account.username));
  if (named !== undefined && named.id !== account.id) {
    return 'taken';
  }
  if ((account.disabled || account.role !== 'administrator') && (yield* losesLastAdministrator(account.id))) {
    return 'last-administrator';
  }
  if (yield* missingFacility(account.facilities)) {
    return 'no-such-facility';
  }
  const password = account.passwordHash === undefined ? {} : { password_hash: account.passwordHash, password_changed_at: now };
  yield* run(
    db
      .updateTable('account')
      .set({
        username: account.username,
        display_name: account.displayName,
        role: account.role,
        disabled: account.disabled ? 1 : 0,
        ...password,
      })
      .where('id', '=', account.id),
  );
  yield* setFacilities(account.id, account.facilities);
  yield* run(db.deleteFrom('session').where('account_id', '=', account.id));
  yield* changed('rights');
  return 'done';
};

export const removeAccount: Procedure<{ readonly id: string }, AccountOutcome> = function* ({ id }) {
  if (yield* losesLastAdministrator(id)) {
    return 'last-administrator';
  }
  const removed = yield* runFirst(db.deleteFrom('account').where('id', '=', id).returning('id'));
  yield* changed('rights');
  return removed === undefined ? 'not-found' : 'done';
};

export interface ChangePassword {
  readonly id: string;
  /** The hash that `current` was verified against: another change in between wins. */
  readonly verifiedHash: string;
  readonly passwordHash: string;
  readonly now: number;
  /** The session that goes on; all others end. */
  readonly keepSession: string | null;
}

export const changePassword: Procedure<ChangePassword, AccountOutcome> = function* (change) {
  const updated = yield* runFirst(
    db
      .updateTable('account')
      .set({ password_hash: change.passwordHash, password_changed_at: change.now })
      .where('id', '=', change.id)
      .where('password_hash', '=', change.verifiedHash)
      .returning('id'),
  );
  if (updated === undefined) {
    return 'not-found';
  }
  const others = db.deleteFrom('session').where('account_id', '=', change.id);
  yield* changed('rights');
  yield* run(change.keepSession === null ? others : others.where('hash', '!=', change.keepSession));
  return 'done';
};
