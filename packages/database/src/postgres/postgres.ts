import { setTimeout as pause } from 'node:timers/promises';
import type { Compilable } from 'kysely';
import type { Database } from '../database.ts';
import { DatabaseError } from '../errors.ts';
import type { ProcedureArgs, ProcedureResult, Procedures, Schema } from '../procedure.ts';
import { errorOf, failureOf } from './failure.ts';
import { Health } from './health.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import { migrate } from './migrate.ts';
import { Pool } from './pool.ts';
import { type Place, Session, textOf } from './session.ts';
import { Statements } from './statements.ts';
import type { Isolation } from './transaction.ts';
import { Writer } from './writer.ts';

export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with what node-postgres knows behind `?`, such as `sslmode`. */
  readonly url: string;
  /** PostgreSQL's schema that holds this database's tables, such as `filmless_index`; made when it is not there. */
  readonly name: string;
  /** Migrations and procedures, or the URL of a module that exports them. */
  readonly schema: URL | Schema;
  /**
   * `serializable` unless told: procedures see what they would see one after the other, whoever else writes. `read committed` for
   * those that lock what they change: many may then count up the same row without being run again.
   */
  readonly isolation?: Isolation;
  /** Connections that write, 1 unless told: calls are then run in order. */
  readonly writers?: number;
  /** Settings of PostgreSQL's planner for connections that read, such as `{ enable_seqscan: 'off' }`; of those that write none are changed. */
  readonly planner?: Readonly<Record<string, string>>;
  /** Connections that read, at most. */
  readonly readers?: number;
  /** Milliseconds a statement may take, migrations apart; 15,000 unless told. */
  readonly answerMs?: number;
  /** Told, once, when the server is not there at the start and is waited for. */
  readonly onWaiting?: (reason: string) => void;
}

/**
 * Opens one database of a PostgreSQL server, for as many processes at once as there are, and migrates it first. A server that is
 * away is waited for some time at the start; later each call says so, until it is there again.
 * @throws DatabaseError `newer-schema`; `away`; what a failed upgrade says; `failed` for a database that cannot be used
 */
export async function openPostgres<P extends Procedures>(options: PostgresOptions): Promise<Database<P>> {
  const { url, name, answerMs = POSTGRES_LIMITS.answerMs } = options;
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new DatabaseError('failed', `${name} cannot be the name of a PostgreSQL schema`);
  }
  const schema = options.schema instanceof URL ? ((await import(options.schema.href)) as Schema) : options.schema;
  const place: Place = { url, schema: name, answerMs };
  const session = await openFirst(place, options.onWaiting);
  try {
    await migrate(session, name, schema.migrations);
  } catch (error) {
    throw errorOf(failureOf(error), true, error);
  } finally {
    await session.close();
  }
  return new PostgresDatabase<P>(place, schema, options);
}

/** Errors that time alone does not mend: a wrong password, a database that is not there. */
const FOR_A_PERSON = /^(28|3D|42)/;

async function openFirst(place: Place, onWaiting: PostgresOptions['onWaiting']): Promise<Session> {
  const until = performance.now() + POSTGRES_LIMITS.startMs;
  for (let told = false; ; told = true) {
    try {
      return await Session.open(place, new Statements());
    } catch (error) {
      const failure = failureOf(error);
      const state = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (FOR_A_PERSON.test(state)) {
        throw new DatabaseError('failed', `PostgreSQL refuses the connection: ${failure.message}`, { cause: error });
      }
      if ((failure.code !== 'away' && failure.code !== 'busy') || performance.now() > until) {
        throw errorOf({ ...failure, message: unreachable(place, failure.message) }, true, error);
      }
      if (!told) {
        onWaiting?.(unreachable(place, failure.message));
      }
      await pause(POSTGRES_LIMITS.probeMs / 2);
    }
  }
}

function unreachable({ url }: Place, reason: string): string {
  const host = URL.canParse(url) ? new URL(url).host : '';
  return `the PostgreSQL server ${host} cannot be reached: check that it runs and that this machine reaches it (${reason})`;
}

class PostgresDatabase<P extends Procedures> implements Database<P> {
  readonly #health: Health;
  readonly #reading: Pool;
  readonly #writing: Pool;
  readonly #writer: Writer;
  #reads = 0;
  #closing: Promise<void> | undefined;

  constructor(place: Place, schema: Schema, { isolation = 'serializable', writers = 1, readers, planner = {} }: PostgresOptions) {
    const statements = new Statements();
    const open = async (own: Place): Promise<Session> => {
      try {
        return await Session.open(own, statements);
      } catch (error) {
        const failure = failureOf(error);
        throw failure.code === 'away'
          ? errorOf({ ...failure, message: unreachable(place, failure.message) }, true, error)
          : error;
      }
    };
    this.#health = new Health(async () => {
      if (this.#health.reason === undefined) {
        await this.#reading.use((session) => session.query('SELECT 1'));
      } else {
        await (await open(place)).close();
      }
    });
    this.#reading = new Pool(() => open({ ...place, planner }), this.#health, readers ?? POSTGRES_LIMITS.readers);
    this.#writing = new Pool(() => open(place), this.#health, writers);
    this.#writer = new Writer(this.#writing, schema, isolation);
  }

  async read<O>(query: Compilable<O>): Promise<readonly O[]> {
    this.#checkOpen();
    // NOTE: made here, so that what the making of it throws is not taken for the database's.
    const text = textOf(query);
    return (await this.#read((session) => session.ask(text))) as readonly O[];
  }

  async readAll<O>(queries: readonly Compilable<O>[]): Promise<readonly (readonly O[])[]> {
    this.#checkOpen();
    const texts = queries.map(textOf);
    return (await this.#read((session) => session.snapshot(texts))) as readonly (readonly O[])[];
  }

  async write<K extends keyof P & string>(name: K, args: ProcedureArgs<P[K]>): Promise<ProcedureResult<P[K]>> {
    this.#checkOpen();
    return (await this.#writer.call(name, args)) as ProcedureResult<P[K]>;
  }

  /** @throws DatabaseError `failed`: the server's own tools do that, for all databases at one moment */
  backup(): Promise<void> {
    const advice = 'a database on PostgreSQL is not copied to a file: back it up with pg_dump (see docs/operation.md)';
    return Promise.reject(new DatabaseError('failed', advice));
  }

  problem(): string | undefined {
    return this.#closing === undefined ? this.#health.reason : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Again when the connection was lost under it: reading changes nothing. */
  async #read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#reads += 1;
    try {
      for (let losses = 1; ; losses += 1) {
        try {
          return await this.#reading.use(work);
        } catch (error) {
          const failure = failureOf(error);
          if (!failure.lost || losses >= POSTGRES_LIMITS.losses || this.#health.reason !== undefined) {
            throw errorOf(failure, true, error);
          }
        }
      }
    } finally {
      this.#reads -= 1;
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) {
      throw new DatabaseError('closed', 'the database is closed');
    }
  }

  async #close(): Promise<void> {
    await this.#writer.idle();
    while (this.#reads > 0) {
      await pause(1);
    }
    this.#health[Symbol.dispose]();
    await this.#reading.close();
    await this.#writing.close();
  }
}
