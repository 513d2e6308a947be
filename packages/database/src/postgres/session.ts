import type { Compilable } from 'kysely';
import type { Client, QueryResult } from 'pg';
import { forPostgres, isPlannedAnew } from '../dialect.ts';
import { DatabaseError } from '../errors.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import { numbered, type Statements } from './statements.ts';
import { bindable, parserOf } from './values.ts';

/** Where a database lies: a server, and one of PostgreSQL's schemas there. */
export interface Place {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; never in a message. */
  readonly url: string;
  readonly schema: string;
  /** Milliseconds a statement may take. */
  readonly answerMs: number;
  /** Settings of PostgreSQL's planner for its connections; those that a server does not know are left out. */
  readonly planner?: Readonly<Record<string, string>>;
}

type Rows = readonly unknown[];

/** SQL with `?` for parameters. */
export interface SqlText {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Never prepared by name: planned for its values each time. */
  readonly anew?: boolean;
}

export function textOf(query: Compilable<unknown>): SqlText {
  const { sql, parameters } = forPostgres(query).compile();
  return { sql, parameters, anew: isPlannedAnew(query) };
}

/** One connection. What is asked for while an answer is awaited goes out at once, and is answered in order. */
export class Session {
  readonly #client: Client;
  readonly #statements: Statements;
  readonly #answerMs: number;
  #broken = false;
  #silent = false;
  /** Since when nobody uses it. Milliseconds as of `performance.now()`. */
  idleSince: number = performance.now();

  private constructor(client: Client, statements: Statements, answerMs: number) {
    this.#client = client;
    this.#statements = statements;
    this.#answerMs = answerMs;
    // NOTE: without a listener the loss of an idle connection would end the process.
    client.on('error', () => {
      this.#broken = true;
    });
    client.on('end', () => {
      this.#broken = true;
    });
  }

  /** @throws what the driver, the network or the server says, see `failureOf` */
  static async open({ url, schema, answerMs, planner = {} }: Place, statements: Statements): Promise<Session> {
    // The driver is loaded by who uses PostgreSQL alone.
    const { Client } = await import('pg');
    const client = new Client({
      connectionString: url,
      application_name: 'filmless',
      connectionTimeoutMillis: POSTGRES_LIMITS.connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: POSTGRES_LIMITS.lookMs,
      pipeline: true,
      types: { getTypeParser: (oid: number) => parserOf(oid) },
    });
    const session = new Session(client, statements, answerMs);
    try {
      await client.connect();
      await session.#configure(schema, planner);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  get usable(): boolean {
    return !this.#broken;
  }

  /** The server took the question and said nothing for too long. */
  get silent(): boolean {
    return this.#silent;
  }

  async run(query: Compilable<unknown>): Promise<Rows> {
    return await this.ask(textOf(query));
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<Rows> {
    return await this.ask({ sql, parameters });
  }

  async ask({ sql, parameters, anew = false }: SqlText): Promise<Rows> {
    const { text, name } = anew ? { text: numbered(sql), name: undefined } : this.#statements.of(sql, parameters.length);
    const values = parameters.map(bindable);
    const { rows } = await this.#bounded(this.#client.query({ text, values, ...(name === undefined ? {} : { name }) }));
    return rows as Rows;
  }

  /**
   * A statement without parameters and rows, of which nobody waits for the answer. NOTE: where it fails the connection goes: each of the
   * statements behind a BEGIN that failed would be kept by itself.
   */
  ahead(text: string): void {
    this.#client.query(text).catch(() => this.destroy());
  }

  /** A statement without parameters; gives what the server calls it: `COMMIT` of a transaction that failed is a `ROLLBACK`. */
  async control(text: string): Promise<string> {
    const { command } = await this.#bounded(this.#client.query(text));
    return command;
  }

  /** However long it takes. */
  async patiently(text: string): Promise<Rows> {
    const { rows } = await this.#client.query(text);
    return rows as Rows;
  }

  /** Queries over one snapshot, asked in one go. */
  async snapshot(queries: readonly SqlText[]): Promise<readonly Rows[]> {
    this.ahead('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const asked = queries.map((text) => this.ask(text));
    const outcomes = await Promise.allSettled([...asked, this.control('COMMIT')]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
    return await Promise.all(asked);
  }

  async close(): Promise<void> {
    const end = this.#client.end().catch(() => undefined);
    const timer = setTimeout(() => this.destroy(), POSTGRES_LIMITS.silenceMs);
    await end;
    clearTimeout(timer);
  }

  destroy(): void {
    this.#broken = true;
    this.#client.connection.stream.destroy();
  }

  /** NOTE: not as the connection is opened: a pool in between refuses settings there. */
  async #configure(schema: string, planner: Readonly<Record<string, string>>): Promise<void> {
    const settings = {
      search_path: `"${schema}"`,
      statement_timeout: this.#answerMs,
      lock_timeout: POSTGRES_LIMITS.lockMs,
      idle_in_transaction_session_timeout: POSTGRES_LIMITS.idleTransactionMs,
      // What a machine held that lost its power is let go: the system's own default is two hours.
      tcp_keepalives_idle: POSTGRES_LIMITS.peerIdleS,
      tcp_keepalives_interval: POSTGRES_LIMITS.peerAgainS,
      tcp_keepalives_count: POSTGRES_LIMITS.peerQuestions,
    };
    const set = Object.keys(settings).map((name) => `set_config('${name}', ?, false)`);
    const [found] = (await this.query(
      `SELECT ${set.join(', ')}, current_setting('server_encoding') AS encoding, set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`,
      Object.values(settings),
    )) as readonly { readonly encoding: string }[];
    if (found?.encoding !== 'UTF8') {
      throw new DatabaseError(
        'failed',
        `the PostgreSQL database has the encoding ${found?.encoding}, which does not hold every name: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
      );
    }
    if (Object.keys(planner).length > 0) {
      await this.query(
        `SELECT set_config(name, wanted.value, false) FROM jsonb_each_text(CAST(? AS jsonb)) AS wanted JOIN pg_catalog.pg_settings ON name = wanted.key`,
        [JSON.stringify(planner)],
      );
    }
  }

  async #bounded(answer: Promise<QueryResult>): Promise<QueryResult> {
    const most = this.#answerMs + POSTGRES_LIMITS.silenceMs;
    const timer = setTimeout(() => {
      this.#silent = true;
      this.destroy();
    }, most);
    try {
      return await answer;
    } catch (error) {
      throw this.#silent
        ? new DatabaseError('away', `the PostgreSQL server has not answered for ${most / 1000} s`, { cause: error })
        : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
