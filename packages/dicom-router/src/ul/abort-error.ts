import { RouterError } from '../errors.ts';
import type { Abort, ControlPdu } from './pdu/model.ts';
import type { State } from './state-table.ts';

/** Why an association ended: the peer's A-ABORT, or what it sent where that is illegal. */
export function abortError(pdu: ControlPdu | undefined, name: string | undefined, state: State): RouterError {
  return pdu?.type === 'abort'
    ? new RouterError('aborted', `the peer aborted (${describeAbort(pdu)})`)
    : new RouterError('protocol', `the peer sent ${name ?? 'a PDU'} in ${state}`);
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
