import type { Database } from '@filmless/database';
import type { Facilities, Right, Role, Subject } from '../model.ts';
import { ALL_RIGHTS, RIGHTS, reachesAll } from '../rights.ts';
import type { procedures } from '../store/schema.ts';
import { db } from '../store/tables.ts';

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

function accountQuery() {
  return db.selectFrom('account').select(ACCOUNT_COLUMNS);
}
