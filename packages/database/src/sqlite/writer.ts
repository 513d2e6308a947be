import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { errorData } from '../errors.ts';
import type { Procedure, Schema } from '../procedure.ts';
import { Connection } from './connection.ts';
import type { WorkerReply, WorkerStart, WriterRequest } from './messages.ts';
import { migrate } from './migrate.ts';
import { readSnapshot } from './snapshot.ts';

/**
 * The one thread that writes. Calls that wait together share a transaction (group commit), each in its own savepoint, so
 * that one failing call undoes only itself; no answer leaves before the commit is on disk.
 */
const BATCH_MS = 5;
const BATCH_CALLS = 256;

type Call = Extract<WriterRequest, { kind: 'call' }>;

function runProcedure(connection: Connection, procedure: Procedure<unknown, unknown>, args: unknown): unknown {
  const steps = procedure(args);
  let step = steps.next([]);
  while (step.done !== true) {
    step = steps.next(connection.run(step.value));
  }
  return step.value;
}

function runCall(connection: Connection, procedures: Schema['procedures'], call: Call): WorkerReply {
  connection.exec('SAVEPOINT call');
  try {
    const procedure = procedures[call.name];
    if (procedure === undefined) {
      throw new TypeError(`no procedure ${call.name}`);
    }
    const value = runProcedure(connection, procedure, call.args);
    connection.exec('RELEASE call');
    return { id: call.id, ok: true, value };
  } catch (error) {
    // A full disk can make SQLite end the whole transaction by itself; then there is no savepoint to return to.
    if (!connection.raw.inTransaction) {
      throw error;
    }
    connection.exec('ROLLBACK TO call');
    connection.exec('RELEASE call');
    return { id: call.id, ok: false, error: errorData(error) };
  }
}

function runBatch(
  connection: Connection,
  procedures: Schema['procedures'],
  first: Call,
  port: MessagePort,
): Exclude<WriterRequest, Call> | undefined {
  const calls: Call[] = [first];
  const replies: WorkerReply[] = [];
  const until = performance.now() + BATCH_MS;
  let other: Exclude<WriterRequest, Call> | undefined;
  try {
    connection.exec('BEGIN IMMEDIATE');
    for (let call: Call | undefined = first; call !== undefined; ) {
      replies.push(runCall(connection, procedures, call));
      call = undefined;
      if (calls.length < BATCH_CALLS && performance.now() < until) {
        const next = receiveMessageOnPort(port)?.message as WriterRequest | undefined;
        if (next?.kind === 'call') {
          calls.push(next);
          call = next;
        } else {
          other = next;
        }
      }
    }
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.raw.inTransaction) {
      connection.exec('ROLLBACK');
    }
    replies.length = 0;
    replies.push(...calls.map((call): WorkerReply => ({ id: call.id, ok: false, error: errorData(error) })));
  }
  for (const reply of replies) {
    port.postMessage(reply);
  }
  return other;
}

async function control(connection: Connection, request: Exclude<WriterRequest, Call>, port: MessagePort): Promise<void> {
  if (request.kind === 'read') {
    port.postMessage(readSnapshot(connection, request));
    return;
  }
  try {
    if (request.kind === 'backup') {
      await connection.raw.backup(request.target);
    } else {
      connection.raw.pragma('wal_checkpoint(TRUNCATE)');
      connection[Symbol.dispose]();
    }
    port.postMessage({ id: request.id, ok: true, value: undefined } satisfies WorkerReply);
  } catch (error) {
    port.postMessage({ id: request.id, ok: false, error: errorData(error) } satisfies WorkerReply);
  }
  if (request.kind === 'close') {
    port.close();
  }
}

async function main(port: MessagePort, start: WorkerStart): Promise<void> {
  const schema = (await import(start.schema)) as Schema;
  const connection = new Connection(start.file, { readonly: false });
  migrate(connection, schema.migrations);
  port.on('message', (request: WriterRequest) => {
    const other = request.kind === 'call' ? runBatch(connection, schema.procedures, request, port) : request;
    if (other !== undefined) {
      void control(connection, other, port);
    }
  });
}

if (parentPort !== null) {
  const port = parentPort;
  main(port, workerData as WorkerStart).then(
    () => port.postMessage({ id: 0, ok: true, value: undefined } satisfies WorkerReply),
    (error: unknown) => {
      port.postMessage({ id: 0, ok: false, error: errorData(error) } satisfies WorkerReply);
      port.close();
    },
  );
}
