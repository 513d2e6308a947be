import { type Procedure, run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import { db } from './tables.ts';

export const ADMINISTRATOR = 'admin';

interface PutSetupLink {
  readonly hash: string;
  readonly expiresAt: number | null;
  /** Links that ended before this time go, others stay: those of processes that start at once all work. */
  readonly besideAfter?: number;
}

/**
 * Replaces every earlier link, unless told otherwise: only the newest works. False for one of a first start when there is an account by
 * now: it would give that account's password to whoever reads the log.
 */
export const putSetupLink: Procedure<PutSetupLink, boolean> = function* (link) {
  if (link.besideAfter !== undefined && (yield* anyAccount())) {
    return false;
  }
  const earlier = db.deleteFrom('setup_link');
  yield* run(link.besideAfter === undefined ? earlier : earlier.where('expires_at', '<', link.besideAfter));
  yield* run(db.insertInto('setup_link').values({ hash: link.hash, expires_at: link.expiresAt }));
  return true;
};

function* anyAccount(): Generator<Compilable<unknown>, boolean, readonly unknown[]> {
  return (yield* runFirst(db.selectFrom('account').select('id').limit(1))) !== undefined;
}

export interface SetAdministrator {
  /** Id of the account if it has to be made. */
  readonly newId: string;
  readonly passwordHash: string;
  readonly now: number;
}

/** Makes the account `admin`, or gives it back its role and a new password; its sessions end. Returns its id. */
const setAdministrator: Procedure<SetAdministrator, string> = function* ({ newId, passwordHash, now }) {
  const known = yield* runFirst(db.selectFrom('account').select('id').where('username', '=', ADMINISTRATOR));
  const id = known?.id ?? newId;
  const values = { role: 'administrator', password_hash: passwordHash, password_changed_at: now, disabled: 0 };
  if (known === undefined) {
    yield* run(
      db.insertInto('account').values({ id, username: ADMINISTRATOR, display_name: 'Administrator', created_at: now, ...values }),
    );
  } else {
    yield* run(db.updateTable('account').set(values).where('id', '=', id));
    yield* run(db.deleteFrom('session').where('account_id', '=', id));
  }
  return id;
};

/** Sets the administrator's password by a one-time link, which is used up with all others; undefined when the link does not hold. */
export const useSetupLink: Procedure<SetAdministrator & { readonly hash: string }, string | undefined> = function* (use) {
  const used = yield* runFirst(db.deleteFrom('setup_link').where('hash', '=', use.hash).returning('expires_at'));
  if (used === undefined || (used.expires_at !== null && used.expires_at < use.now)) {
    return undefined;
  }
  yield* run(db.deleteFrom('setup_link'));
  return yield* setAdministrator(use);
};

/** At the very first start only: false when there is an account already. */
export const setFirstAdministrator: Procedure<SetAdministrator, boolean> = function* (set) {
  if (yield* anyAccount()) {
    return false;
  }
  yield* setAdministrator(set);
  yield* run(db.deleteFrom('setup_link'));
  return true;
};
