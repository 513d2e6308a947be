import { createHmac, randomBytes } from 'node:crypto';
import { ACCESS_LIMITS } from '../limits.ts';
import type { Log } from '../model.ts';
import type { AccessDatabase, Account, Directory, Session, Token } from './directory.ts';
import { ExpiringCache } from './expiring-cache.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { hashSecret } from './secrets.ts';

export interface CredentialParts {
  readonly database: AccessDatabase;
  readonly directory: Directory;
  readonly hasher: PasswordHasher;
  readonly clock: () => number;
  readonly log: Log;
}

/** That a password was right, for the stored hash it was tried against. */
interface Proof {
  readonly accountId: string;
  readonly passwordHash: string;
}

/** What goes with trying a password; once, for all who try the same at the same time. */
export interface Trying {
  /** @throws AccessError: then it is not tried */
  before(): Promise<void>;
  right(): Promise<void>;
  wrong(): Promise<void>;
}

/** Sessions, tokens and passwords as they are shown, looked up and remembered for a while. */
export class Credentials {
  readonly #parts: CredentialParts;
  readonly #sessions: ExpiringCache<Session>;
  readonly #tokens: ExpiringCache<Token>;
  readonly #accounts: ExpiringCache<Account>;
  readonly #proofs: ExpiringCache<Proof>;
  readonly #verifying = new Map<string, Promise<Account | undefined>>();
  /** New at every start: a memory image is all that could tell a password from its keyed hash. */
  readonly #key = randomBytes(32);
  #generation = 0;

  constructor(parts: CredentialParts) {
    this.#parts = parts;
    const { clock } = parts;
    const short = { most: ACCESS_LIMITS.credentialCacheEntries, lifetime: ACCESS_LIMITS.credentialCache, clock };
    this.#sessions = new ExpiringCache(short);
    this.#tokens = new ExpiringCache(short);
    this.#accounts = new ExpiringCache(short);
    this.#proofs = new ExpiringCache({ most: ACCESS_LIMITS.basicCacheEntries, lifetime: ACCESS_LIMITS.basicCache, clock });
  }

  /** Accounts, sessions or tokens were changed: what is remembered of them no longer counts. */
  forget(): void {
    this.#generation += 1;
    this.#sessions.clear();
    this.#tokens.clear();
    this.#accounts.clear();
  }

  /** The account of a session that is alive; notes that it was used. */
  async session(cookie: string): Promise<Session | undefined> {
    const hash = hashSecret(cookie);
    const generation = this.#generation;
    const session = await this.#remembered(this.#sessions, hash, () => this.#parts.directory.session(hash));
    const now = this.#parts.clock();
    if (
      session === undefined ||
      session.account.disabled ||
      now - session.createdAt > ACCESS_LIMITS.sessionAbsolute ||
      now - session.seenAt > ACCESS_LIMITS.sessionIdle
    ) {
      return undefined;
    }
    if (now - session.seenAt > ACCESS_LIMITS.touchInterval) {
      this.#rememberSince(generation, this.#sessions, hash, { ...session, seenAt: now });
      this.#later(this.#parts.database.write('touchSession', { hash, now }));
    }
    return session;
  }

  async token(text: string): Promise<Token | undefined> {
    const hash = hashSecret(text);
    const generation = this.#generation;
    const token = await this.#remembered(this.#tokens, hash, () => this.#parts.directory.token(hash));
    const now = this.#parts.clock();
    if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= now)) {
      return undefined;
    }
    if (now - (token.usedAt ?? 0) > ACCESS_LIMITS.touchInterval) {
      this.#rememberSince(generation, this.#tokens, hash, { ...token, usedAt: now });
      this.#later(this.#parts.database.write('touchToken', { hash, now }));
    }
    return token;
  }

  /** The account whose password was verified within the last minutes, without asking argon2 again. */
  async proven(username: string, password: string): Promise<Account | undefined> {
    const proof = this.#proofs.get(this.#proofKey(username, password));
    if (proof === undefined) {
      return undefined;
    }
    const { accountId: id, passwordHash } = proof;
    const account = await this.#remembered(this.#accounts, id, () => this.#parts.directory.account({ id }));
    return account === undefined || account.disabled || account.passwordHash !== passwordHash ? undefined : account;
  }

  /** Verifies a password by argon2; a tool that opens six connections at once asks it once. */
  verify(username: string, password: string, trying: Trying): Promise<Account | undefined> {
    const key = this.#proofKey(username, password);
    const running = this.#verifying.get(key);
    if (running !== undefined) {
      return running;
    }
    const verifying = this.#verify(username, password, key, trying).finally(() => this.#verifying.delete(key));
    this.#verifying.set(key, verifying);
    return verifying;
  }

  async #verify(username: string, password: string, key: string, trying: Trying): Promise<Account | undefined> {
    await trying.before();
    const account = await this.#parts.directory.account({ username });
    const right = await this.#parts.hasher.verify(account?.passwordHash, password);
    if (!right || account === undefined || account.disabled) {
      await trying.wrong();
      return undefined;
    }
    await trying.right();
    this.#proofs.set(key, { accountId: account.id, passwordHash: account.passwordHash });
    return account;
  }

  #proofKey(username: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${username.length}:${username}${password}`).digest('base64');
  }

  async #remembered<V>(cache: ExpiringCache<V>, key: string, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const known = cache.get(key);
    if (known !== undefined) {
      return known;
    }
    const generation = this.#generation;
    const value = await read();
    if (value !== undefined) {
      this.#rememberSince(generation, cache, key, value);
    }
    return value;
  }

  /** What was read before a change must not be remembered after it. */
  #rememberSince<V>(generation: number, cache: ExpiringCache<V>, key: string, value: V): void {
    if (generation === this.#generation) {
      cache.set(key, value);
    }
  }

  #later(write: Promise<void>): void {
    write.catch((error: unknown) => this.#parts.log.warn({ error: String(error) }, 'last use of a credential not noted'));
  }
}
