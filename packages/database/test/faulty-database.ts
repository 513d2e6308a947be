import type { Compilable } from 'kysely';
import {
  type Database,
  DatabaseError,
  type DatabaseErrorCode,
  type ProcedureArgs,
  type ProcedureResult,
  type Procedures,
} from '../src/index.ts';

/** One thing that is asked of a database. */
export interface Step {
  readonly kind: 'read' | 'write' | 'backup';
  /** Of the procedure; empty for reads and backups. */
  readonly name: string;
  /** From 1, among those of this kind and name. */
  readonly number: number;
}

/** What goes wrong at a step. */
export type Fault =
  /** Nothing happens, and the caller is told. */
  | { readonly kind: 'fails'; readonly code: DatabaseErrorCode }
  /** It begins when this resolves. */
  | { readonly kind: 'waits'; readonly until: Promise<unknown> }
  /** It happens, and the caller is told that it may not have. */
  | { readonly kind: 'answer-lost' }
  /** Nothing happens, now and from now on: the thread has ended. */
  | { readonly kind: 'dies' }
  /** It happens, and then the thread has ended. */
  | { readonly kind: 'dies-after' };

export type FaultPlan = (step: Step) => Fault | undefined;

/** The `number`th call of a procedure goes wrong so, and no other. */
export function faultAt(name: string, number: number, fault: Fault): FaultPlan {
  return (step) => (step.kind === 'write' && step.name === name && step.number === number ? fault : undefined);
}

/** A database that goes wrong where a plan says so; otherwise it is the one inside. For tests of those who use the port. */
export class FaultyDatabase<P extends Procedures> implements Database<P> {
  /** What was asked for, in order. */
  readonly steps: Step[] = [];
  readonly #inner: Database<P>;
  readonly #plan: FaultPlan;
  #dead: DatabaseError | undefined;

  constructor(inner: Database<P>, plan: FaultPlan) {
    this.#inner = inner;
    this.#plan = plan;
  }

  async read<O>(query: Compilable<O>): Promise<readonly O[]> {
    return await this.#at('read', '', () => this.#inner.read(query));
  }

  async readAll<O>(queries: readonly Compilable<O>[]): Promise<readonly (readonly O[])[]> {
    return await this.#at('read', '', () => this.#inner.readAll(queries));
  }

  async write<K extends keyof P & string>(name: K, args: ProcedureArgs<P[K]>): Promise<ProcedureResult<P[K]>> {
    return await this.#at('write', name, () => this.#inner.write(name, args));
  }

  async backup(target: string): Promise<void> {
    await this.#at('backup', '', () => this.#inner.backup(target));
  }

  problem(): string | undefined {
    return this.#dead?.message ?? this.#inner.problem();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  async #at<R>(kind: Step['kind'], name: string, act: () => Promise<R>): Promise<R> {
    if (this.#dead !== undefined) {
      throw this.#dead;
    }
    const number = this.steps.filter((step) => step.kind === kind && step.name === name).length + 1;
    this.steps.push({ kind, name, number });
    const fault = this.#plan({ kind, name, number });
    switch (fault?.kind) {
      case undefined:
        return await act();
      case 'waits':
        await fault.until;
        return await act();
      case 'fails':
        throw new DatabaseError(fault.code, `${fault.code}, on purpose`);
      case 'answer-lost':
        await act();
        throw new DatabaseError('io', 'SQLITE_IOERR_FSYNC, on purpose');
      case 'dies-after':
        await act();
        throw this.#die();
      case 'dies':
        throw this.#die();
    }
  }

  #die(): DatabaseError {
    this.#dead = new DatabaseError('closed', 'the database thread has ended, on purpose');
    return this.#dead;
  }
}
