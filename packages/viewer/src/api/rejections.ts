import { type Client, pathOf } from './client.ts';
import { number, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

/** Why images are no longer to be used. PS3.16 CID 7011. */
export const REJECTION_CODES = ['113001', '113037', '113038', '113039'] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Of which only who may delete says so. */
export const RETENTION_EXPIRED: RejectionCode = '113039';

const STATES = ['hiding', 'hidden', 'restoring', 'restored', 'removing', 'removed'] as const;

export type RejectionState = (typeof STATES)[number];

/** Images of one study that were taken out of sight together. */
export interface Rejection {
  readonly id: string;
  readonly kind: 'rejected' | 'deleted';
  readonly studyInstanceUid: string;
  readonly facility: string;
  readonly code: RejectionCode | null;
  readonly reason: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly instances: number;
  readonly bytes: number;
  readonly by: string;
  readonly at: string;
  readonly state: RejectionState;
  readonly removeAfter: string;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  /** The rejection note that asked for it. */
  readonly noteUid: string | null;
}

export interface RejectedInstance {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly bytes: number;
}

export interface NewRejection {
  readonly code: RejectionCode;
  readonly reason: string;
  /** Only these; the whole study without them. */
  readonly series?: readonly string[];
}

const parseRejection: Parse<Rejection> = object<Rejection>({
  id: text,
  kind: oneOf('rejected', 'deleted'),
  studyInstanceUid: text,
  facility: text,
  code: or(oneOf(...REJECTION_CODES), null),
  reason: or(text, ''),
  patientId: or(text, ''),
  patientName: or(text, ''),
  instances: number,
  bytes: number,
  by: or(text, ''),
  at: text,
  state: oneOf(...STATES),
  removeAfter: or(text, ''),
  endedBy: or(text, null),
  endedAt: or(text, null),
  noteUid: or(text, null),
});

const parsePage: Parse<Page<Rejection, string>> = pageIn('rejections', parseRejection, text);

const parseInstances: Parse<Page<RejectedInstance, string>> = pageIn(
  'instances',
  object<RejectedInstance>({ seriesInstanceUid: text, sopInstanceUid: text, bytes: number }),
  text,
);

/** Newest first. */
export function readRejections(
  client: Client,
  { state, after }: { readonly state?: RejectionState | undefined; readonly after?: string },
  signal?: AbortSignal,
): Promise<Page<Rejection, string>> {
  const query = new URLSearchParams({ ...(state === undefined ? {} : { state }), ...(after === undefined ? {} : { after }) });
  return client.get(`/api/rejections?${query}`, parsePage, signal);
}

export function readRejected(
  client: Client,
  id: string,
  after?: string,
  signal?: AbortSignal,
): Promise<Page<RejectedInstance, string>> {
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
  return client.get(`${pathOf('api', 'rejections', id, 'instances')}${query}`, parseInstances, signal);
}

/** The file of an instance that is out of sight. */
export function rejectedFileUrl(id: string, sopInstanceUid: string): string {
  return pathOf('api', 'rejections', id, 'instances', sopInstanceUid);
}

export function rejectStudy(client: Client, studyInstanceUid: string, rejection: NewRejection): Promise<void> {
  return client.send(pathOf('api', 'studies', studyInstanceUid, 'reject'), { method: 'POST', body: rejection });
}

export function endRejection(client: Client, id: string, how: 'restore' | 'remove'): Promise<void> {
  return client.send(pathOf('api', 'rejections', id, how), { method: 'POST' });
}
