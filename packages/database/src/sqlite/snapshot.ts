import { errorData } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { Read, ThreadReply } from './messages.ts';

/** The rows of queries that see one snapshot. */
export function readSnapshot(connection: Connection, request: Read): ThreadReply {
  try {
    connection.control('BEGIN');
    const value = request.queries.map((query) => connection.query(query));
    connection.control('COMMIT');
    return { id: request.id, ok: true, value };
  } catch (error) {
    if (connection.inTransaction) {
      connection.control('ROLLBACK');
    }
    return { id: request.id, ok: false, error: errorData(error) };
  }
}
