import { type Client, pathOf } from './client.ts';
import { listIn, object, or, type Parse, text } from './json.ts';

/** Why another facility may see a study: Law 91/2025, article 26. */
export type ShareBasis = 'patient-request' | 'transfer' | 'consultation' | 'emergency' | 'authority';

export const SHARE_BASES: readonly ShareBasis[] = ['patient-request', 'transfer', 'consultation', 'emergency', 'authority'];

export interface NewShare {
  readonly facility: string;
  readonly basis: ShareBasis;
  readonly evidence: string;
  readonly expiresAt?: string;
}

export interface Share {
  readonly facility: string;
  readonly basis: string;
  readonly evidence: string;
  readonly expiresAt: string | null;
  readonly by: string;
  readonly createdAt: string;
}

const parseShare: Parse<Share> = object<Share>({
  facility: text,
  basis: text,
  evidence: or(text, ''),
  expiresAt: or(text, null),
  by: or(text, ''),
  createdAt: or(text, ''),
});

const sharesPath = (studyInstanceUid: string) => `${pathOf('api', 'studies', studyInstanceUid)}/shares`;

export function readShares(client: Client, studyInstanceUid: string, signal?: AbortSignal): Promise<readonly Share[]> {
  return client.get(sharesPath(studyInstanceUid), listIn('shares', parseShare), signal);
}

export function addShare(client: Client, studyInstanceUid: string, share: NewShare): Promise<void> {
  return client.send(sharesPath(studyInstanceUid), { method: 'POST', body: share });
}

export function removeShare(client: Client, studyInstanceUid: string, facility: string): Promise<void> {
  return client.send(sharesPath(studyInstanceUid) + pathOf(facility), { method: 'DELETE' });
}
