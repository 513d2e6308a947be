import { type Procedure, run, runFirst } from '@filmless/database';
import { changed } from './revisions.ts';
import { db } from './tables.ts';

export interface StartSession {
  readonly hash: string;
  readonly accountId: string;
  /** The hash the password was verified against: a session must not outrun a change of password. */
  readonly verifiedHash: string;
  readonly address: string;
  readonly now: number;
  /** Sessions begun or last used before these times are swept away. */
  readonly createdAfter: number;
  readonly seenAfter: number;
  readonly perAccount: number;
}

/** False when the account was changed, disabled or removed in the meantime. */
export const startSession: Procedure<StartSession, boolean> = function* (start) {
  const account = yield* runFirst(
    db
      .selectFrom('account')
      .select('id')
      .where('id', '=', start.accountId)
      .where('disabled', '=', 0)
      .where('password_hash', '=', start.verifiedHash),
  );
  if (account === undefined) {
    return false;
  }
  yield* run(
    db.deleteFrom('session').where((e) => e.or([e('created_at', '<', start.createdAfter), e('seen_at', '<', start.seenAfter)])),
  );
  const kept = yield* run(
    db
      .selectFrom('session')
      .select('hash')
      .where('account_id', '=', start.accountId)
      .orderBy('created_at', 'desc')
      .limit(start.perAccount - 1),
  );
  yield* run(
    db
      .deleteFrom('session')
      .where('account_id', '=', start.accountId)
      .where('hash', 'not in', ['', ...kept.map(({ hash }) => hash)]),
  );
  yield* run(
    db.insertInto('session').values({
      hash: start.hash,
      account_id: start.accountId,
      created_at: start.now,
      seen_at: start.now,
      address: start.address,
    }),
  );
  return true;
};

export const touchSession: Procedure<{ readonly hash: string; readonly now: number }, void> = function* ({ hash, now }) {
  yield* run(db.updateTable('session').set({ seen_at: now }).where('hash', '=', hash));
};

export const endSession: Procedure<{ readonly hash: string }, void> = function* ({ hash }) {
  yield* run(db.deleteFrom('session').where('hash', '=', hash));
};

export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly rights: readonly string[];
  readonly facilities: readonly string[] | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export type TokenOutcome = 'done' | 'taken' | 'not-found' | 'no-such-facility' | 'too-many';

export const addToken: Procedure<{ readonly token: TokenRecord; readonly most: number }, TokenOutcome> = function* ({
  token,
  most,
}) {
  const names = yield* run(db.selectFrom('token').select('name'));
  if (names.some(({ name }) => name === token.name)) {
    return 'taken';
  }
  if (names.length >= most) {
    return 'too-many';
  }
  if (token.facilities !== null) {
    const known = yield* run(
      db
        .selectFrom('facility')
        .select('id')
        .where('id', 'in', ['', ...token.facilities]),
    );
    if (known.length < new Set(token.facilities).size) {
      return 'no-such-facility';
    }
  }
  yield* run(
    db.insertInto('token').values({
      id: token.id,
      name: token.name,
      hash: token.hash,
      rights: JSON.stringify(token.rights),
      facilities: token.facilities === null ? null : JSON.stringify(token.facilities),
      created_by: token.createdBy,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      used_at: null,
    }),
  );
  return 'done';
};

export const removeToken: Procedure<{ readonly id: string }, TokenOutcome> = function* ({ id }) {
  yield* changed('rights');
  const removed = yield* runFirst(db.deleteFrom('token').where('id', '=', id).returning('id'));
  return removed === undefined ? 'not-found' : 'done';
};

export const touchToken: Procedure<{ readonly hash: string; readonly now: number }, void> = function* ({ hash, now }) {
  yield* run(db.updateTable('token').set({ used_at: now }).where('hash', '=', hash));
};
