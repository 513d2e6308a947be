import type { Client } from './client.ts';
import { number, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

/** `asking`: to be asked. `asked`: the receiver took the question. `answered`: it reported. `unanswered`: it never did. */
export type CommitmentRequestState = 'asking' | 'asked' | 'answered' | 'unanswered';

/** Our question to a destination whether it keeps safely what it was sent. */
export interface CommitmentRequest {
  readonly id: number;
  readonly destination: string;
  readonly state: CommitmentRequestState;
  readonly instances: number;
  /** Images it does not keep: they are sent again. */
  readonly refused: number;
  readonly problem: string | null;
  readonly askedAt: string;
  readonly answeredAt: string | null;
}

const parsePage: Parse<Page<CommitmentRequest>> = pageIn(
  'requests',
  object<CommitmentRequest>({
    id: number,
    destination: text,
    state: oneOf<CommitmentRequestState>('asking', 'asked', 'answered', 'unanswered'),
    instances: number,
    refused: or(number, 0),
    problem: or(text, null),
    askedAt: or(text, ''),
    answeredAt: or(text, null),
  }),
  number,
);

/** The newest first; `after` is `next` of the page before. */
export function readCommitmentRequests(client: Client, after?: number, signal?: AbortSignal): Promise<Page<CommitmentRequest>> {
  const parameters = new URLSearchParams({ limit: '50', ...(after === undefined ? {} : { after: String(after) }) });
  return client.get(`/api/commitment-requests?${parameters}`, parsePage, signal);
}
