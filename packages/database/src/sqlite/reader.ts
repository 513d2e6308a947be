import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.ts';
import type { ReaderRequest, WorkerReply, WorkerStart } from './messages.ts';
import { readSnapshot } from './snapshot.ts';

/** A thread that only reads. */
function main(port: MessagePort, start: WorkerStart): void {
  const connection = new Connection(start.file, { readonly: true });
  port.on('message', (request: ReaderRequest) => {
    if (request.kind === 'read') {
      port.postMessage(readSnapshot(connection, request));
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
