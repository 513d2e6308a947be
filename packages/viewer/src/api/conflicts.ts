import { type Client, pathOf } from './client.ts';
import { flag, list, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

export interface Conflict {
  readonly id: string;
  /** `different`: another object of a known UID. `foreign`: from a facility that does not own the study. */
  readonly kind: 'different' | 'foreign';
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly facility: string;
  readonly fromFacility: string;
  readonly from: string;
  readonly receivedAt: string;
}

interface Difference {
  readonly tag: string;
  readonly keyword: string;
  readonly existing: string | null;
  readonly new: string | null;
}

export interface ConflictDetail extends Conflict {
  readonly differences: readonly Difference[];
  readonly truncated: boolean;
}

const CONFLICT = {
  id: text,
  kind: oneOf('different', 'foreign'),
  studyInstanceUid: text,
  sopInstanceUid: text,
  facility: or(text, ''),
  fromFacility: or(text, ''),
  from: or(text, ''),
  receivedAt: or(text, ''),
};

const parsePage: Parse<Page<Conflict, string>> = pageIn('conflicts', object<Conflict>(CONFLICT), text);
const parseDifference: Parse<Difference> = object<Difference>({
  tag: text,
  keyword: or(text, ''),
  existing: or(text, null),
  new: or(text, null),
});
const parseDetail: Parse<ConflictDetail> = object<ConflictDetail>({
  ...CONFLICT,
  differences: or(list(parseDifference), []),
  truncated: or(flag, false),
});

export function readConflicts(client: Client, after?: string, signal?: AbortSignal): Promise<Page<Conflict, string>> {
  return client.get(`/api/conflicts${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, parsePage, signal);
}

export function readConflict(client: Client, id: string, signal?: AbortSignal): Promise<ConflictDetail> {
  return client.get(pathOf('api', 'conflicts', id), parseDetail, signal);
}

export function resolveConflict(client: Client, id: string, keep: 'existing' | 'new'): Promise<void> {
  return client.send(`${pathOf('api', 'conflicts', id)}/resolve`, { method: 'POST', body: { keep } });
}
