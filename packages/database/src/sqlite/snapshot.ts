import { errorData } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { ReadRequest, WorkerReply } from './messages.ts';

/** The rows of queries that see one snapshot. */
export function readSnapshot(connection: Connection, request: ReadRequest): WorkerReply {
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
