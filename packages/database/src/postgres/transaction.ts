import { DatabaseError } from '../errors.ts';
import type { Procedure, Schema } from '../procedure.ts';
import { errorOf, type Failure, failureOf } from './failure.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import type { Session } from './session.ts';

export type Isolation = 'serializable' | 'read committed';

/** A call that waits for its commit. */
export interface Call {
  readonly name: string;
  readonly args: unknown;
  /** What it locks first. */
  readonly key: string | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Times it was run in vain because of what others did meanwhile; from then on it has a transaction of its own. */
  attempts: number;
  /** Connections that were lost under it. */
  losses: number;
}

interface Rules {
  readonly procedures: Schema['procedures'];
  readonly isolation: Isolation;
}

interface Settled {
  readonly call: Call;
  readonly settle: () => void;
}

/** The transaction as a whole came to nothing. */
class Undone extends Error {
  readonly failure: Failure;
  readonly whileCommitting: boolean;

  constructor(cause: unknown, whileCommitting: boolean) {
    super('undone', { cause });
    const failure = failureOf(cause);
    this.failure = isTaken(cause) ? { ...failure, again: true } : failure;
    this.whileCommitting = whileCommitting;
  }
}

/**
 * Runs calls in one transaction, each in a savepoint when it is not alone, so that one that fails undoes only itself; they are
 * answered once it is committed. Gives those that are to be run again.
 */
export async function commitTogether(
  session: Session,
  calls: readonly Call[],
  { procedures, isolation }: Rules,
): Promise<readonly Call[]> {
  try {
    const settled = await runAll(session, calls, { procedures, isolation });
    for (const { settle } of settled) {
      settle();
    }
    return [];
  } catch (error) {
    if (!(error instanceof Undone)) {
      throw error;
    }
    await endTransaction(session, error.failure);
    return calls.filter((call) => isRunAgain(call, error));
  }
}

async function runAll(session: Session, calls: readonly Call[], rules: Rules): Promise<readonly Settled[]> {
  session.ahead(`BEGIN ISOLATION LEVEL ${rules.isolation.toUpperCase()}`);
  const settled: Settled[] = [];
  for (const call of calls) {
    settled.push(await runOne(session, call, rules, calls.length === 1));
  }
  try {
    const said = await session.control('COMMIT');
    if (said !== 'COMMIT') {
      throw new DatabaseError('failed', `PostgreSQL answered COMMIT with ${said}: nothing was written`);
    }
    return settled;
  } catch (error) {
    throw new Undone(error, true);
  }
}

async function runOne(session: Session, call: Call, { procedures }: Rules, alone: boolean): Promise<Settled> {
  try {
    if (!alone) {
      session.ahead('SAVEPOINT call');
    }
    const procedure = procedures[call.name];
    if (procedure === undefined) {
      throw new TypeError(`no procedure ${call.name}`);
    }
    const value = await runProcedure(session, procedure, call.args);
    if (!alone) {
      session.ahead('RELEASE SAVEPOINT call');
    }
    return { call, settle: () => call.resolve(value) };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.lost || failure.again || (call.attempts === 0 && isTaken(error))) {
      throw new Undone(error, false);
    }
    await undo(session, alone);
    return { call, settle: () => call.reject(errorOf(failure, true, error)) };
  }
}

/**
 * NOTE: of two that looked for a key and did not find it, one is told that it is there; under serializable isolation too, rather than that
 * they were not serial. Run again, it finds it.
 */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

async function undo(session: Session, alone: boolean): Promise<void> {
  try {
    if (alone) {
      // The COMMIT that follows is then one of nothing.
      await session.control('ROLLBACK');
      session.ahead('BEGIN');
    } else {
      await session.control('ROLLBACK TO SAVEPOINT call');
      session.ahead('RELEASE SAVEPOINT call');
    }
  } catch (error) {
    throw new Undone(error, false);
  }
}

async function runProcedure(session: Session, procedure: Procedure<unknown, unknown>, args: unknown): Promise<unknown> {
  const steps = procedure(args);
  let step = steps.next([]);
  while (step.done !== true) {
    step = steps.next(await session.run(step.value));
  }
  return step.value;
}

async function endTransaction(session: Session, { lost }: Failure): Promise<void> {
  if (lost) {
    session.destroy();
    return;
  }
  await session.control('ROLLBACK').catch(() => session.destroy());
}

/** Says so to its caller where it is not. */
function isRunAgain(call: Call, { failure, whileCommitting, cause }: Undone): boolean {
  if (failure.again) {
    call.attempts += 1;
    if (call.attempts < POSTGRES_LIMITS.attempts) {
      return true;
    }
  } else if (failure.lost && !whileCommitting) {
    call.losses += 1;
    if (call.losses < POSTGRES_LIMITS.losses) {
      return true;
    }
  }
  const unknown = failure.lost && whileCommitting;
  const message = unknown
    ? `the connection to PostgreSQL was lost while it committed, and whether it did is not known: ${failure.message}`
    : failure.message;
  call.reject(errorOf({ ...failure, message }, !unknown, cause));
  return false;
}
