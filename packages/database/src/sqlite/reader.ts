import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorData } from '../errors.ts';
import { Connection } from './connection.ts';
import type { ReaderRequest, WorkerReply, WorkerStart } from './messages.ts';

/** A thread that only reads; the queries of one request see one snapshot. */
function read(connection: Connection, request: Extract<ReaderRequest, { kind: 'read' }>): WorkerReply {
  try {
    connection.exec('BEGIN');
    const value = request.queries.map((query) => connection.query(query));
    connection.exec('COMMIT');
    return { id: request.id, ok: true, value };
  } catch (error) {
    if (connection.raw.inTransaction) {
      connection.exec('ROLLBACK');
    }
    return { id: request.id, ok: false, error: errorData(error) };
  }
}

function main(port: MessagePort, start: WorkerStart): void {
  const connection = new Connection(start.file, { readonly: true });
  port.on('message', (request: ReaderRequest) => {
    if (request.kind === 'read') {
      port.postMessage(read(connection, request));
      return;
    }
    connection[Symbol.dispose]();
    port.postMessage({ id: request.id, ok: true, value: undefined } satisfies WorkerReply);
    port.close();
  });
  port.postMessage({ id: 0, ok: true, value: undefined } satisfies WorkerReply);
}

if (parentPort !== null) {
  main(parentPort, workerData as WorkerStart);
}
