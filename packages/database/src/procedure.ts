import type { Compilable } from 'kysely';

/** A value a statement takes or a column gives; booleans are bound as 0 and 1. */
export type SqlValue = string | number | bigint | boolean | Uint8Array | null;

/**
 * A unit of work on the database: yields queries, is handed their rows, returns its result. It runs as one savepoint, and on
 * PostgreSQL once more when others were in its way, so it must be deterministic in its arguments (clocks and random numbers are
 * passed in). Yielding, not awaiting, lets the same procedure run on a synchronous engine, in the writer's thread, and on an
 * asynchronous one.
 */
export type Procedure<A, R> = (args: A) => Generator<Compilable<unknown>, R, readonly unknown[]>;

// biome-ignore lint/suspicious/noExplicitAny: the constraint of a family of procedures, each with its own argument
export type Procedures = Readonly<Record<string, Procedure<any, unknown>>>;

export type ProcedureArgs<P> = P extends Procedure<infer A, unknown> ? A : never;
export type ProcedureResult<P> = P extends (...args: never[]) => Generator<unknown, infer R, readonly unknown[]> ? R : never;

/** Runs one query inside a procedure, with its row type: `const rows = yield* run(db.selectFrom(…).selectAll())`. */
export function* run<O>(query: Compilable<O>): Generator<Compilable<unknown>, readonly O[], readonly unknown[]> {
  return (yield query) as readonly O[];
}

/** Like `run`, for the first row only. */
export function* runFirst<O>(query: Compilable<O>): Generator<Compilable<unknown>, O | undefined, readonly unknown[]> {
  const rows = yield* run(query);
  return rows[0];
}

/** One step of a schema's history. Steps are appended, never edited. */
export interface Migration {
  /** 1, 2, 3, … without a gap. */
  readonly version: number;
  readonly name: string;
  /** Statements for SQLite, run in one transaction. */
  readonly sqlite: readonly string[];
  /**
   * Statements for PostgreSQL, likewise. Its history begins with the first step that has them, which holds the whole schema as of
   * then; each later step has both.
   */
  readonly postgres?: readonly string[];
}

/**
 * Work outside of the database that must be done before a call is committed. It is begun in the writer's thread when the call arrives, and
 * goes on while others are committed; the call has its turn when it is done. Where it fails, the caller is told, and the call is not run.
 */
export type Besides<A> = (args: A) => Promise<void> | undefined;

/** What a schema module exports: the worker threads import it by its URL. */
export interface Schema<P extends Procedures = Procedures> {
  readonly migrations: readonly Migration[];
  readonly procedures: P;
  readonly besides?: { readonly [K in keyof P]?: Besides<ProcedureArgs<P[K]>> };
  /**
   * What a call locks first, such as the study it adds to: calls of one process that lock the same are run by one connection, and
   * those of one transaction in the order of what they lock. For an engine with several writers.
   */
  readonly keys?: { readonly [K in keyof P]?: (args: ProcedureArgs<P[K]>) => string };
}
