import type { Source, Subject } from '@filmless/access';
import type { Target } from '../model.ts';

/** Why instances are no longer to be used. PS3.16 CID 7011. */
export const REJECTION_CODES = {
  '113001': 'Rejected for Quality Reasons',
  '113037': 'Rejected for Patient Safety Reasons',
  '113038': 'Incorrect Modality Worklist Entry',
  '113039': 'Data Retention Policy Expired',
} as const;

/** Asks for the right to delete: nobody is to use images up quietly. */
export const RETENTION_EXPIRED: keyof typeof REJECTION_CODES = '113039';

export type RejectionCode = keyof typeof REJECTION_CODES;

export function isRejectionCode(text: string): text is RejectionCode {
  return Object.hasOwn(REJECTION_CODES, text);
}

/**
 * `hiding`, `restoring` and `removing` are written down and being carried out: whatever ends the process, they are carried out later.
 * `hidden`: kept, and shown to nobody but who looks at rejections.
 */
export type RejectionState = 'hiding' | 'hidden' | 'restoring' | 'restored' | 'removing' | 'removed';

/** Instances of one study that were taken out of sight together. */
export interface Rejection {
  readonly id: string;
  /** `rejected` with a reason of the standard's, `deleted` by a request to delete. */
  readonly kind: 'rejected' | 'deleted';
  readonly studyInstanceUid: string;
  /** That owns the study. */
  readonly facility: string;
  readonly code: RejectionCode | null;
  /** In words of whoever did it. */
  readonly reason: string;
  /** As the study said when it was shown. */
  readonly patientId: string;
  readonly patientName: string;
  readonly instances: number;
  readonly bytes: number;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly state: RejectionState;
  /** When the objects are removed for good, unless restored before. */
  readonly removeAfter: string;
  /** Who restored or removed them; null before, and where time did. */
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  /** The Key Object Selection that asked for it. */
  readonly noteUid: string | null;
}

/** One instance of a rejection. Its object stays where it is. */
export interface RejectedInstance {
  readonly objectKey: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly sha256: string;
  readonly size: number;
}

/** What is to be taken out of sight: a study, series of it, or instances. */
export interface RejectionTarget extends Target {
  readonly series?: readonly string[] | undefined;
  readonly instances?: readonly string[] | undefined;
}

export interface NewRejection {
  readonly kind: Rejection['kind'];
  readonly code: RejectionCode | null;
  readonly reason: string;
  readonly by: string;
}

export interface RejectionQuery {
  readonly studyInstanceUid?: string | undefined;
  readonly state?: RejectionState | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface RejectionPage {
  readonly rejections: readonly Rejection[];
  readonly next: string | null;
}

/** Whose rejection note is carried out. */
export interface Rejecter {
  readonly subject: Pick<Subject, 'kind' | 'id' | 'name'>;
  /** Whether images may be said to be past their retention. */
  readonly mayDelete: boolean;
  /** Waits for what else its request brings, which is stored side by side with the note and may be what it names. */
  readonly before?: () => Promise<unknown>;
}

/** A machine that is listed may reject; nobody gives one the right to delete. */
export function machineOf({ kind, verified, callingAe, address }: Source): Rejecter | undefined {
  const id = callingAe ?? address;
  return kind === 'dimse' && verified ? { subject: { kind: 'ae', id, name: id }, mayDelete: false } : undefined;
}
