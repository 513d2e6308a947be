import { DatabaseError, type DatabaseErrorCode, errorData } from '../errors.ts';

/** What an error of the server, of the driver or of the network means. */
export interface Failure {
  readonly code: DatabaseErrorCode;
  readonly message: string;
  /** The connection is of no use any more. */
  readonly lost: boolean;
  /** The same transaction may succeed when it is run again: nothing of it is there. */
  readonly again: boolean;
}

/** SQLSTATEs by their beginnings, the longest first. PostgreSQL, appendix A. */
const BY_STATE: readonly (readonly [prefix: string, code: DatabaseErrorCode, more?: 'lost' | 'again'])[] = [
  ['25006', 'away', 'lost'], // a standby, or one that was made read-only
  ['26000', 'away', 'lost'], // a prepared statement that this connection does not know: a pool in between
  ['40001', 'busy', 'again'],
  ['40P01', 'busy', 'again'],
  ['53100', 'full'],
  ['55P03', 'busy'], // waited for a row's lock
  ['57014', 'busy'], // took longer than `answerMs`
  ['57P', 'away', 'lost'], // stopping, stopped, starting
  ['58030', 'io'],
  ['08', 'away', 'lost'],
  ['23', 'constraint'],
  ['25P03', 'away', 'lost'], // the session was ended: idle in a transaction
  ['28', 'away', 'lost'], // a password that is no longer the right one
  ['53', 'busy', 'lost'], // too many connections, out of memory
  ['58', 'io'],
  ['XX001', 'corrupt'],
  ['XX002', 'corrupt'],
];

/** What the system says of a connection. */
const NETWORK: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT', // the socket's file of a server that is not there
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What the driver says, which gives no code. */
const ENDED = /^(Connection terminated|timeout expired|Client (was closed|has encountered))/;

/** A statement whose columns have changed since it was prepared: a newer process has migrated. */
const OTHER_COLUMNS = /^cached plan must not change result type/;

export function failureOf(error: unknown): Failure {
  if (error instanceof DatabaseError) {
    return { code: error.code, message: error.message, lost: error.code === 'away', again: false };
  }
  const message = error instanceof Error ? describe(error) : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (ENDED.test(message) || NETWORK.has(code) || OTHER_COLUMNS.test(message)) {
    return { code: 'away', message, lost: true, again: false };
  }
  const [, known, more] = /^[0-9A-Z]{5}$/.test(code) ? (BY_STATE.find(([prefix]) => code.startsWith(prefix)) ?? []) : [];
  return known === undefined
    ? { ...errorData(error), lost: false, again: false }
    : { code: known, message: `${code}: ${message}`, lost: more === 'lost', again: more === 'again' };
}

/** Several addresses of a host fail as one error without words. */
function describe(error: Error): string {
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join('; ')
    : error.message;
}

/** `notRun`: it is certain that nothing of the call is in the database. */
export function errorOf({ code, message }: Failure, notRun: boolean, cause?: unknown): DatabaseError {
  return new DatabaseError(code, message, { cause, notRun: notRun && (code === 'away' || code === 'busy') });
}
