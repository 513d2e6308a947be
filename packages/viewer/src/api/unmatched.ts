import { type Client, pathOf } from './client.ts';
import { list, number, object, or, type Parse, text } from './json.ts';
import { type Order, parseOrder } from './orders.ts';
import { parseStudy, type Study } from './studies.ts';

/** An order that may be the one a study was made for. */
export interface Candidate {
  readonly order: Order;
  readonly score: number;
  /** What speaks for it: `patientId`, `name`, `day`, … */
  readonly reasons: readonly string[];
}

/** A study that was made at the machine without an order; candidates by how well they fit, the best first. */
export interface Unmatched {
  readonly study: Study;
  readonly candidates: readonly Candidate[];
}

export interface UnmatchedPage {
  readonly studies: readonly Unmatched[];
  readonly next: string | null;
}

const parseCandidate: Parse<Candidate> = object<Candidate>({
  order: parseOrder,
  score: or(number, 0),
  reasons: or(list(text), []),
});

const parseUnmatched: Parse<Unmatched> = object<Unmatched>({ study: parseStudy, candidates: or(list(parseCandidate), []) });

const parsePage: Parse<UnmatchedPage> = object<UnmatchedPage>({ studies: list(parseUnmatched), next: or(text, null) });

export function readUnmatched(client: Client, after?: string, signal?: AbortSignal): Promise<UnmatchedPage> {
  return client.get(`/api/unmatched${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, parsePage, signal);
}

/** `confirm`: the patient differs, and somebody looked. Without it that is a 409. */
export function matchStudy(client: Client, studyInstanceUid: string, accessionNumber: string, confirm: boolean): Promise<void> {
  return client.send(orderOf(studyInstanceUid), { method: 'POST', body: { accessionNumber, ...(confirm ? { confirm } : {}) } });
}

export function unmatchStudy(client: Client, studyInstanceUid: string): Promise<void> {
  return client.send(orderOf(studyInstanceUid), { method: 'DELETE' });
}

function orderOf(studyInstanceUid: string): string {
  return pathOf('api', 'studies', studyInstanceUid, 'order');
}
