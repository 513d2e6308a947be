import { errorData } from '../errors.ts';
import { DATABASE_LIMITS } from '../limits.ts';
import type { Procedure, Schema } from '../procedure.ts';
import type { Connection } from './connection.ts';
import type { Call, ThreadReply } from './messages.ts';

/**
 * Calls that wait together share a transaction; no answer leaves before the commit is on disk. All but the first run in a
 * savepoint each, so that one that fails undoes only itself; the first is alone in the transaction, which is undone whole.
 */
export function commitTogether(
  connection: Connection,
  procedures: Schema['procedures'],
  next: () => Call | undefined,
): readonly ThreadReply[] {
  const replies: ThreadReply[] = [];
  const until = performance.now() + DATABASE_LIMITS.batchMs;
  let call = next();
  try {
    while (call !== undefined) {
      replies.push(runCall(connection, procedures, call));
      call = replies.length < DATABASE_LIMITS.batchCalls && performance.now() < until ? next() : undefined;
    }
    if (connection.inTransaction) {
      connection.control('COMMIT');
    }
    return replies;
  } catch (error) {
    if (connection.inTransaction) {
      connection.control('ROLLBACK');
    }
    return [...replies.map((reply) => undone(reply, error)), ...(call === undefined ? [] : [failed(call, error)])];
  }
}

/** @throws when SQLite has undone the calls before it too */
function runCall(connection: Connection, procedures: Schema['procedures'], call: Call): ThreadReply {
  const alone = !connection.inTransaction;
  try {
    connection.control(alone ? 'BEGIN IMMEDIATE' : 'SAVEPOINT call');
    const procedure = procedures[call.name];
    if (procedure === undefined) {
      throw new TypeError(`no procedure ${call.name}`);
    }
    const value = runProcedure(connection, procedure, call.args);
    if (!alone) {
      connection.control('RELEASE call');
    }
    return { id: call.id, ok: true, value };
  } catch (error) {
    undo(connection, alone, error);
    return failed(call, error);
  }
}

function undo(connection: Connection, alone: boolean, error: unknown): void {
  if (connection.inTransaction) {
    for (const statement of alone ? ['ROLLBACK'] : ['ROLLBACK TO call', 'RELEASE call']) {
      connection.control(statement);
    }
  } else if (!alone) {
    // A full disk can make SQLite end the whole transaction by itself; then there is no savepoint to return to.
    throw error;
  }
}

function runProcedure(connection: Connection, procedure: Procedure<unknown, unknown>, args: unknown): unknown {
  const steps = procedure(args);
  let step = steps.next([]);
  while (step.done !== true) {
    step = steps.next(connection.run(step.value));
  }
  return step.value;
}

function failed(call: Call, error: unknown): ThreadReply {
  return { id: call.id, ok: false, error: errorData(error) };
}

function undone(reply: ThreadReply, error: unknown): ThreadReply {
  return reply.ok ? { id: reply.id, ok: false, error: errorData(error) } : reply;
}
