import { type Client, pathOf } from './client.ts';
import { list, number, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

/** `asked`: to be looked up. `checked`: to be reported. `reported`: the machine took the report. `aside`: waits for a person. */
export type CommitmentState = 'asked' | 'checked' | 'reported' | 'aside';

export const COMMITMENT_STATES: readonly CommitmentState[] = ['asked', 'checked', 'reported', 'aside'];

/** A machine's question whether its images are kept safely. */
export interface Commitment {
  readonly id: number;
  readonly transactionUid: string;
  readonly aeTitle: string;
  readonly state: CommitmentState;
  /** Images it names; of these are kept, and are not. Null while that is not looked up. */
  readonly asked: number;
  readonly granted: number | null;
  readonly refused: number | null;
  readonly attempts: number;
  readonly problem: string | null;
  readonly askedAt: string;
  readonly reportedAt: string | null;
  readonly nextAttempt: string | null;
}

interface RefusedInstance {
  readonly sopInstanceUid: string;
  readonly reason: string;
}

export interface CommitmentDetail extends Commitment {
  readonly refusedInstances: readonly RefusedInstance[];
  readonly next: number | null;
}

const COMMITMENT = {
  id: number,
  transactionUid: or(text, ''),
  aeTitle: text,
  state: oneOf(...COMMITMENT_STATES),
  asked: number,
  granted: or(number, null),
  refused: or(number, null),
  attempts: or(number, 0),
  problem: or(text, null),
  askedAt: or(text, ''),
  reportedAt: or(text, null),
  nextAttempt: or(text, null),
};

const parsePage: Parse<Page<Commitment>> = pageIn('commitments', object<Commitment>(COMMITMENT), number);

const parseDetail: Parse<CommitmentDetail> = object<CommitmentDetail>({
  ...COMMITMENT,
  refusedInstances: or(list(object<RefusedInstance>({ sopInstanceUid: text, reason: or(text, '') })), []),
  next: or(number, null),
});

export function readCommitments(
  client: Client,
  state: CommitmentState | undefined,
  after?: number,
  signal?: AbortSignal,
): Promise<Page<Commitment>> {
  const parameters = new URLSearchParams({ limit: '50' });
  if (state !== undefined) {
    parameters.set('state', state);
  }
  if (after !== undefined) {
    parameters.set('after', String(after));
  }
  return client.get(`/api/commitments?${parameters}`, parsePage, signal);
}

export function readCommitment(client: Client, id: number, signal?: AbortSignal): Promise<CommitmentDetail> {
  return client.get(pathOf('api', 'commitments', String(id)), parseDetail, signal);
}

/** Looks it up again, and reports it now. */
export function retryCommitment(client: Client, id: number): Promise<void> {
  return client.send(`${pathOf('api', 'commitments', String(id))}/retry`, { method: 'POST' });
}
