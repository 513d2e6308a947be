import type { Finding } from '../finding.ts';
import type { AssociateRj } from './pdu/model.ts';

/** Result, source, reason/diagnostic. PS3.8 9.3.4. */
const REJECTIONS = {
  'no reason given': [1, 1, 1],
  'application context name not supported': [1, 1, 2],
  'calling AE title not recognized': [1, 1, 3],
  'called AE title not recognized': [1, 1, 7],
  'no reason given (provider)': [1, 2, 1],
  'protocol version not supported': [1, 2, 2],
  'temporary congestion': [2, 3, 1],
  'local limit exceeded': [2, 3, 2],
} as const;

export type RejectionReason = keyof typeof REJECTIONS;

export interface Rejection {
  readonly reason: RejectionReason;
  /** For the operator's log: what was wrong and what to do. */
  readonly detail: string;
  /** The same for a program. */
  readonly finding?: Finding;
}

export function rejectPdu(reason: RejectionReason): AssociateRj {
  const [result, source, diagnostic] = REJECTIONS[reason];
  return { type: 'associate-rj', result, source, reason: diagnostic };
}

/** The standard's words for a rejection we received. */
export function describeRejection(pdu: AssociateRj): string {
  const known = Object.entries(REJECTIONS).find(
    ([, [result, source, reason]]) => result === pdu.result && source === pdu.source && reason === pdu.reason,
  );
  const when = pdu.result === 2 ? 'for now' : 'permanently';
  return `rejected ${when}: ${known?.[0] ?? `source ${pdu.source}, reason ${pdu.reason}`}`;
}

/** What a rejection that we received comes from. PS3.8 9.3.4. */
export function rejectionFinding({ result, source, reason }: AssociateRj): Finding {
  const facts = { result, source, reason };
  if (source === 1 && reason === 3) {
    return { cause: 'peer-knows-us-not', facts };
  }
  if (source === 1 && reason === 7) {
    return { cause: 'peer-has-other-title', facts };
  }
  return { cause: result === 2 || source === 3 ? 'peer-is-busy' : 'peer-rejected', facts };
}
