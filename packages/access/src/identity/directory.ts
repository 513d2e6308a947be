import type { Database } from '@filmless/database';
import { ACCESS_LIMITS } from '../limits.ts';
import type { Facilities, Right, Role, Subject } from '../model.ts';
import { ALL_RIGHTS, RIGHTS, reachesAll } from '../rights.ts';
import type { procedures } from '../store/schema.ts';
import { db } from '../store/tables.ts';

/** Of one statement: each is bound. */
const KEYS = 500;

export type AccessDatabase = Database<typeof procedures>;

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly facilities: readonly string[];
  readonly disabled: boolean;
  readonly passwordHash: string;
}

export interface Session {
  readonly hash: string;
  readonly account: Account;
  readonly createdAt: number;
  readonly seenAt: number;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly Right[];
  readonly facilities: Facilities;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly usedAt: number | undefined;
}

/** What a request was let in by: the hash of a session's cookie, or the id of a token. */
export interface Shown {
  readonly by: 'session' | 'token';
  readonly key: string;
}

/** `Bác.Sĩ` and `bác.sĩ` are one account. */
export function foldUsername(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

export function subjectOfAccount(account: Account): Subject {
  return {
    kind: 'user',
    id: account.id,
    name: account.username,
    rights: new Set(RIGHTS[account.role]),
    facilities: reachesAll(account.role) ? 'all' : account.facilities,
  };
}

export function subjectOfToken(token: Token): Subject {
  return { kind: 'token', id: token.id, name: token.name, rights: new Set(token.rights), facilities: token.facilities };
}

const ACCOUNT_COLUMNS = [
  'account.id',
  'account.username',
  'account.display_name',
  'account.role',
  'account.password_hash',
  'account.disabled',
] as const;

interface AccountRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly role: string;
  readonly password_hash: string;
  readonly disabled: number;
}

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly rights: string;
  readonly facilities: string | null;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly used_at: number | null;
}

function parseRole(text: string): Role {
  // A role a later version knew gives the least.
  return Object.hasOwn(RIGHTS, text) ? (text as Role) : 'reader';
}

function toAccount(row: AccountRow, facilities: readonly string[]): Account {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    role: parseRole(row.role),
    facilities,
    disabled: row.disabled !== 0,
    passwordHash: row.password_hash,
  };
}

function parseList(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function toToken(row: TokenRow): Token {
  const rights = parseList(row.rights);
  return {
    id: row.id,
    name: row.name,
    rights: ALL_RIGHTS.filter((right) => rights.includes(right)),
    facilities: row.facilities === null ? 'all' : parseList(row.facilities),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    usedAt: row.used_at ?? undefined,
  };
}

/** Reads of accounts, sessions and tokens. */
export class Directory {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  account(key: { readonly id: string } | { readonly username: string }): Promise<Account | undefined> {
    const accounts = accountQuery();
    return this.#one('id' in key ? accounts.where('id', '=', key.id) : accounts.where('username', '=', key.username));
  }

  async accounts(): Promise<readonly Account[]> {
    const rows = await this.#database.read(accountQuery().orderBy('username'));
    const links = await this.#database.read(db.selectFrom('account_facility').selectAll().orderBy('facility_id'));
    const byAccount = Map.groupBy(links, ({ account_id }) => account_id);
    return rows.map((row) =>
      toAccount(
        row,
        (byAccount.get(row.id) ?? []).map(({ facility_id }) => facility_id),
      ),
    );
  }

  async session(hash: string): Promise<Session | undefined> {
    const [row] = await this.#database.read(
      db.selectFrom('session').select(['account_id', 'created_at', 'seen_at']).where('hash', '=', hash),
    );
    const account = row === undefined ? undefined : await this.account({ id: row.account_id });
    return row === undefined || account === undefined
      ? undefined
      : { hash, account, createdAt: row.created_at, seenAt: row.seen_at };
  }

  async token(hash: string): Promise<Token | undefined> {
    const [row] = await this.#database.read(db.selectFrom('token').selectAll().where('hash', '=', hash));
    return row === undefined ? undefined : toToken(row);
  }

  async tokens(): Promise<readonly Token[]> {
    const rows = await this.#database.read(db.selectFrom('token').selectAll().orderBy('name'));
    return rows.map(toToken);
  }

  /** Keys of those that still let somebody in; nothing is noted as used. */
  async holding(shown: readonly Shown[], now: number): Promise<ReadonlySet<string>> {
    const keysOf = (by: Shown['by']) => [...new Set(shown.filter((one) => one.by === by).map(({ key }) => key))];
    const held = new Set<string>();
    for (const keys of chunks(keysOf('session'))) {
      const sessions = db.selectFrom('session').innerJoin('account', 'account.id', 'session.account_id').select('session.hash');
      const alive = sessions
        .where('account.disabled', '=', 0)
        .where('session.created_at', '>=', now - ACCESS_LIMITS.sessionAbsolute)
        .where('session.seen_at', '>=', now - ACCESS_LIMITS.sessionIdle);
      for (const { hash } of await this.#database.read(alive.where('session.hash', 'in', keys))) {
        held.add(hash);
      }
    }
    for (const keys of chunks(keysOf('token'))) {
      const tokens = db.selectFrom('token').select('id').where('id', 'in', keys);
      const alive = tokens.where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', now)]));
      for (const { id } of await this.#database.read(alive)) {
        held.add(id);
      }
    }
    return held;
  }

  async setupLinkHolds(hash: string, now: number): Promise<boolean> {
    const [link] = await this.#database.read(db.selectFrom('setup_link').select('expires_at').where('hash', '=', hash));
    return link !== undefined && (link.expires_at === null || link.expires_at >= now);
  }

  async #one(query: ReturnType<typeof accountQuery>): Promise<Account | undefined> {
    const [row] = await this.#database.read(query);
    if (row === undefined) {
      return undefined;
    }
    const links = await this.#database.read(
      db.selectFrom('account_facility').select('facility_id').where('account_id', '=', row.id).orderBy('facility_id'),
    );
    return toAccount(
      row,
      links.map(({ facility_id }) => facility_id),
    );
  }
}

function chunks(keys: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / KEYS) }, (_, at) => keys.slice(at * KEYS, (at + 1) * KEYS));
}

function accountQuery() {
  return db.selectFrom('account').select(ACCOUNT_COLUMNS);
}
