import { RouterError } from '../errors.ts';
import type { Abort, ControlPdu } from './pdu/model.ts';
import type { State } from './state-table.ts';

/** Nothing came from a peer that was to ask, answer or close. PS3.8 9.1.5. */
export function artimFault(artimMs: number): RouterError {
  const seconds = artimMs / 1000;
  const finding = { cause: 'timeout-association', facts: { seconds } } as const;
  return new RouterError('timeout', `nothing came within ${seconds} s (ARTIM)`, { finding });
}

export function silenceFault(patienceMs: number): RouterError {
  const seconds = patienceMs / 1000;
  const finding = { cause: 'timeout-silent', facts: { seconds } } as const;
  return new RouterError('timeout', `the peer was silent for ${seconds} s`, { finding });
}

export function versionFault(): RouterError {
  const finding = { cause: 'protocol-version', facts: {} } as const;
  return new RouterError('protocol', 'A-ASSOCIATE-RQ: protocol version: version 1 is not among them', { finding });
}

/** Why the peer ended it: by an A-ABORT, or by a PDU that is illegal now. */
export function endFault(
  { pdu, name }: { readonly pdu?: ControlPdu | undefined; readonly name?: string | undefined },
  state: State,
): RouterError {
  if (pdu?.type !== 'abort') {
    return new RouterError('protocol', `the peer sent ${name ?? 'a PDU'} in ${state}`);
  }
  const finding = { cause: 'aborted-by-peer', facts: { source: pdu.source, reason: pdu.reason } } as const;
  return new RouterError('aborted', `the peer aborted (${describeAbort(pdu)})`, { finding });
}

/** PS3.8 9.3.8. */
function describeAbort({ source, reason }: Abort): string {
  const reasons: Readonly<Record<number, string>> = {
    1: 'unrecognized PDU',
    2: 'unexpected PDU',
    4: 'unrecognized PDU parameter',
    5: 'unexpected PDU parameter',
    6: 'invalid PDU parameter value',
  };
  return source === 2 ? `provider, ${reasons[reason] ?? 'no reason given'}` : 'by its user';
}
