import { RouterError, type RouterErrorCode } from '../errors.ts';
import type { Cause, Finding } from '../finding.ts';

/** What the operating system says of a connection. */
const SYSTEM: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EHOSTDOWN: 'host-unreachable',
  ENETDOWN: 'host-unreachable',
  EACCES: 'host-unreachable',
  EPERM: 'host-unreachable',
  ETIMEDOUT: 'timeout-connect',
  ENOTFOUND: 'name-unknown',
  EAI_AGAIN: 'name-unknown',
  EAI_NODATA: 'name-unknown',
  ECONNRESET: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  EPIPE: 'connection-lost',
  ENOSPC: 'disk-full',
};

/** What a code of ours means where nothing more is known. */
const CODES: Readonly<Record<RouterErrorCode, Cause>> = {
  'invalid-pdu': 'pdu-invalid',
  'invalid-command': 'protocol-error',
  protocol: 'protocol-error',
  rejected: 'peer-rejected',
  aborted: 'aborted-by-peer',
  closed: 'connection-lost',
  timeout: 'timeout-answer',
  unreachable: 'host-unreachable',
  unauthorized: 'peer-rejected',
  untrusted: 'tls-failed',
  'limit-exceeded': 'protocol-error',
  'too-long': 'operation-refused',
  interrupted: 'fault-here',
  'context-refused': 'peer-refuses-class',
  status: 'operation-refused',
  archive: 'archive-away',
  full: 'disk-full',
  'invalid-request': 'operation-refused',
  'not-found': 'operation-refused',
  'not-acceptable': 'operation-refused',
  'not-derivable': 'operation-refused',
  conflict: 'operation-refused',
  changed: 'operation-refused',
};

/** Causes inside of causes that are looked at. */
const DEEPEST = 8;

/** Why something failed, from the error it failed with. `asking`: nobody had asked for an association yet. */
export function findingOf(error: unknown, asking = false): Finding {
  let code: RouterErrorCode | undefined;
  let inner = error;
  for (let depth = 0; depth < DEEPEST && inner instanceof Error; depth += 1) {
    if (inner instanceof RouterError) {
      if (inner.finding !== undefined) {
        return inner.finding;
      }
      code ??= inner.code;
    }
    const system = SYSTEM[systemCode(inner)];
    if (system !== undefined) {
      return { cause: asking && system === 'connection-lost' ? 'connected-and-left' : system, facts: {} };
    }
    inner = inner.cause;
  }
  if (asking && code === 'closed') {
    return { cause: 'connected-and-left', facts: {} };
  }
  return { cause: code === undefined ? 'fault-here' : CODES[code], facts: {} };
}

function systemCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
