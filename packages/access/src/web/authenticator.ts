import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { AppEnv } from '../access.ts';
import { AccessError } from '../errors.ts';

import type { Attempt, AttemptCounts } from '../identity/attempt-rules.ts';
import type { Credentials } from '../identity/credentials.ts';
import {
  type Account,
  type Directory,
  foldUsername,
  type Shown,
  subjectOfAccount,
  subjectOfToken,
} from '../identity/directory.ts';
import { sameSecret } from '../identity/secrets.ts';
import type { AuditEvent, Subject } from '../model.ts';
import { RIGHTS } from '../rights.ts';

/** Who asks, and by what: a browser shows sessions and Basic passwords unasked. */
export interface Identity {
  readonly subject: Subject;
  readonly by: 'caller' | 'session' | 'token' | 'basic';
  /** Hash of the session's cookie. */
  readonly session?: string;
}

/**
 * What an identity ends with; undefined for one that ends with the process alone. NOTE: a password that is changed, and an account that is
 * disabled or removed, change rights: all that is open is ended then.
 */
export function shownBy(identity: Identity | undefined): Shown | undefined {
  if (identity?.session !== undefined) {
    return { by: 'session', key: identity.session };
  }
  return identity?.by === 'token' && identity.subject !== ENVIRONMENT_TOKEN
    ? { by: 'token', key: identity.subject.id }
    : undefined;
}

export interface AuthenticatorParts {
  readonly credentials: Credentials;
  readonly directory: Directory;
  readonly attempts: AttemptCounts;
  /** An API token with the administrator's rights that stands in the configuration, not in the database. */
  readonly adminToken: string | undefined;
  readonly audit: (event: AuditEvent) => Promise<void>;
}

const ENVIRONMENT_TOKEN: Subject = {
  kind: 'token',
  id: 'environment',
  name: 'FILMLESS_ADMIN_TOKEN',
  rights: new Set(RIGHTS.administrator),
  facilities: 'all',
};

const SECRET = /^[\w-]{43}$/;
const TOKEN = /^[\x21-\x7e]{1,512}$/;
const BASIC = /^[A-Za-z0-9+/=_-]{1,4096}$/;

/** `__Host-`: the browser takes it only over TLS, for this very host. RFC 6265bis 4.1.3. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-filmless' : 'filmless';
}

/** Finds out who sends a request. */
export class Authenticator {
  readonly #parts: AuthenticatorParts;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  /** @throws AccessError `invalid-credentials`, `too-many-attempts`, `busy` */
  async identify(c: Context<AppEnv>): Promise<Identity> {
    if (c.env.caller !== undefined) {
      return { subject: c.env.caller, by: 'caller' };
    }
    const header = c.req.header('authorization');
    if (header === undefined) {
      return await this.#bySession(c);
    }
    const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S+) *$/.exec(header) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return await this.#byToken(value, c.env.remoteAddress);
      case 'basic':
        return await this.#byPassword(value, c.env.remoteAddress);
      default:
        throw new AccessError('invalid-credentials', 'Authorization must be "Bearer TOKEN" or "Basic …".');
    }
  }

  /** Signs in by name and password; both at the page and by Basic. @throws AccessError */
  async password(name: string, password: string, address: string): Promise<Account> {
    const { credentials } = this.#parts;
    const username = foldUsername(name);
    const proven = await credentials.proven(username, password);
    if (proven !== undefined) {
      return proven;
    }
    const attempt = { account: username.slice(0, 200), address };
    // The same password on several connections at once is one guess.
    const account = await credentials.verify(username, password, {
      before: () => this.begin(attempt),
      right: () => this.succeeded(attempt),
      wrong: () => this.#auditRefusal(username, address),
    });
    if (account === undefined) {
      throw new AccessError('invalid-credentials', 'The user name or the password is wrong.');
    }
    return account;
  }

  /** Counts an attempt. @throws AccessError `too-many-attempts` */
  async begin(attempt: Attempt): Promise<void> {
    const wait = await this.#parts.attempts.begin(attempt);
    if (wait > 0) {
      throw new AccessError('too-many-attempts', `Too many failed attempts. Try again in ${wait} s.`, { retryAfter: wait });
    }
  }

  async succeeded(attempt: Attempt): Promise<void> {
    await this.#parts.attempts.succeeded(attempt);
  }

  async #bySession(c: Context<AppEnv>): Promise<Identity> {
    const cookie = getCookie(c, cookieName(c.env.secure));
    if (cookie === undefined) {
      throw new AccessError('invalid-credentials', 'Sign in first.');
    }
    const session = SECRET.test(cookie) ? await this.#parts.credentials.session(cookie) : undefined;
    if (session === undefined) {
      throw new AccessError('invalid-credentials', 'The session has ended. Sign in again.');
    }
    return { subject: subjectOfAccount(session.account), by: 'session', session: session.hash };
  }

  async #byToken(token: string, address: string): Promise<Identity> {
    const { adminToken, credentials } = this.#parts;
    if (adminToken !== undefined && sameSecret(token, adminToken)) {
      return { subject: ENVIRONMENT_TOKEN, by: 'token' };
    }
    const known = TOKEN.test(token) ? await credentials.token(token) : undefined;
    if (known !== undefined) {
      return { subject: subjectOfToken(known), by: 'token' };
    }
    // Only wrong tokens are counted: a valid one stays valid whoever else guesses from the same address.
    await this.begin({ address });
    await this.#parts.audit({ action: 'token', outcome: 'refused', address });
    throw new AccessError('invalid-credentials', 'The token is not known, or has ended.');
  }

  async #byPassword(value: string, address: string): Promise<Identity> {
    const text = BASIC.test(value) ? Buffer.from(value, 'base64').toString('utf8') : '';
    const colon = text.indexOf(':');
    if (colon < 1) {
      throw new AccessError('invalid-credentials', 'Authorization: Basic needs "user:password" in base64. RFC 7617.');
    }
    const account = await this.password(text.slice(0, colon), text.slice(colon + 1), address);
    return { subject: subjectOfAccount(account), by: 'basic' };
  }

  /** Names the user only if there is one: people type their password where the name belongs. */
  async #auditRefusal(username: string, address: string): Promise<void> {
    const account = await this.#parts.directory.account({ username });
    const whom = account === undefined ? { detail: 'no such user' } : { subject: subjectOfAccount(account) };
    await this.#parts.audit({ action: 'signin', outcome: 'refused', address, ...whom });
  }
}
