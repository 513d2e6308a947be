/**
 * `full`: the disk has no room, nothing was written. `io`: the disk does not work; whether the last commit reached it is not
 * known until the database is opened again. `away`: the server of the database cannot be reached now; `notRun` tells whether
 * it is certain that nothing was written.
 */
export type DatabaseErrorCode = 'constraint' | 'full' | 'io' | 'busy' | 'away' | 'newer-schema' | 'corrupt' | 'closed' | 'failed';

/** The one error this package throws. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  /** It is certain that nothing of the call is in the database: the work besides it failed, or the server was away, before its turn. */
  readonly notRun: boolean;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions & { readonly notRun?: boolean | undefined }) {
    super(message, options);
    this.code = code;
    this.notRun = options?.notRun ?? false;
  }
}

/** An error as it crosses a thread boundary. */
export interface ErrorData {
  readonly code: DatabaseErrorCode;
  readonly message: string;
  readonly notRun?: boolean;
}

const BY_CODE: readonly (readonly [prefix: string, code: DatabaseErrorCode])[] = [
  ['SQLITE_CONSTRAINT', 'constraint'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_CANTOPEN', 'io'],
  ['SQLITE_READONLY', 'io'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  // What the system says when a copy is synced.
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EIO', 'io'],
];

export function errorData(error: unknown): ErrorData {
  if (error instanceof DatabaseError) {
    return { code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = BY_CODE.find(([prefix]) => known.startsWith(prefix))?.[1] ?? 'failed';
  return { code, message: known === '' ? message : `${known}: ${message}` };
}

/** Says what to do about a file, where a person has to do it. */
export function advised(data: ErrorData, file: string): ErrorData {
  if (data.code !== 'corrupt') {
    return data;
  }
  const advice =
    `${file} is damaged: stop the server, put the file aside together with its -wal and -shm, and restore it from the last ` +
    'backup (the index is made again by `filmless rebuild`); have the disk checked';
  return { code: data.code, message: `${data.message}. ${advice}` };
}

export function fromErrorData(data: ErrorData): DatabaseError {
  return new DatabaseError(data.code, data.message, { notRun: data.notRun });
}
