import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './store-error.ts';

/** Tries of one request, the first counted. */
const ATTEMPTS = 4;
/** Before the second try; doubled after each, and half of it up to the whole and a half by chance. */
const FIRST_PAUSE_MS = 100;

/** Nobody is there, or cannot be found. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
]);
/** The server was busy or starting, or the connection ended. */
const TEMPORARY: ReadonlySet<string> = new Set([
  ...UNREACHABLE,
  'ECONNRESET',
  'EPIPE',
  'InternalError',
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'ServiceUnavailable',
  'RequestTimeout',
  'OperationAborted',
  'XMinioServerNotInitialized',
  // An answer without a body, to HEAD.
  '',
]);

/** The server cannot be reached, or answers nothing. */
export function isUnreachable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return UNREACHABLE.has(code) || code === 'ETIMEDOUT';
}

/** A second try may go better. One that was waited for in vain is not made again: its time is spent. */
function isTemporary(error: unknown): boolean {
  const code = errorCode(error);
  return code !== undefined && TEMPORARY.has(code);
}

/** Does what can be done twice, again where that may help. Two seconds of pauses at most. */
export async function retried<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      if (attempt === ATTEMPTS || !isTemporary(error)) {
        throw error;
      }
      await pauseBefore(attempt);
    }
  }
}

async function pauseBefore(attempt: number): Promise<void> {
  await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
}
