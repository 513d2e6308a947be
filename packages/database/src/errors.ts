/**
 * `full`: the disk has no room, nothing was written. `io`: the disk does not work; whether the last commit reached it is not
 * known until the database is opened again.
 */
export type DatabaseErrorCode = 'constraint' | 'full' | 'io' | 'busy' | 'newer-schema' | 'corrupt' | 'closed' | 'failed';

/** The one error this package throws. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error as it crosses a thread boundary. */
export interface ErrorData {
  readonly code: DatabaseErrorCode;
  readonly message: string;
}

const BY_SQLITE_CODE: readonly (readonly [prefix: string, code: DatabaseErrorCode])[] = [
  ['SQLITE_CONSTRAINT', 'constraint'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_CANTOPEN', 'io'],
  ['SQLITE_READONLY', 'io'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
];

export function errorData(error: unknown): ErrorData {
  if (error instanceof DatabaseError) {
    return { code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  const sqliteCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = BY_SQLITE_CODE.find(([prefix]) => sqliteCode.startsWith(prefix));
  return { code: known?.[1] ?? 'failed', message: sqliteCode === '' ? message : `${sqliteCode}: ${message}` };
}

export function fromErrorData(data: ErrorData): DatabaseError {
  return new DatabaseError(data.code, data.message);
}
