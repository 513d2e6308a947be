import type { RefusedInstance } from './refusal-records.ts';
import type { CentreStanding, DeliveryStanding } from './transfers.ts';

/**
 * `problem`: an image is missing against what was told, was refused, or waits for a person. `incomplete`: still coming in. `waiting`: all is
 * here, and some of it on its way elsewhere.
 */
export const RECEIPT_STATES = ['complete', 'incomplete', 'waiting', 'problem'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/** A receipt as a list shows it. All counts are of distinct instances. */
export interface ReceiptMark {
  readonly state: ReceiptState;
  /** Told of, and not here. */
  readonly missing: number;
  /** Of these, what was sent and not taken. */
  readonly refused: number;
  /** Deliveries that wait for a person, and those on their way. */
  readonly aside: number;
  readonly waiting: number;
}

/** What somebody says there is of a study. Times are ISO 8601, UTC. */
export interface Told {
  readonly by: 'mpps' | 'commitment' | 'association';
  readonly from: string;
  readonly count: number;
  readonly at: string;
}

/** What one sender sent, and was told is kept. Both names are null where an earlier version kept it. */
interface Sent {
  readonly callingAe: string | null;
  readonly user: string | null;
  readonly address: string | null;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

export interface Refusal extends Pick<RefusedInstance, 'reason'> {
  readonly from: string;
  readonly count: number;
  readonly last: string;
}

/** Whether all of a study arrived, and how far it got. */
export interface Receipt {
  readonly studyInstanceUid: string;
  readonly state: ReceiptState;
  readonly missing: number;
  readonly told: readonly Told[];
  readonly sent: readonly Sent[];
  /** Objects kept: those in the index, and those set aside under a UID that is not in it. */
  readonly safe: number;
  readonly indexed: number;
  /** Instances set aside, as another object has their UID or their study is another facility's. */
  readonly conflicts: number;
  readonly refused: number;
  readonly refusals: readonly Refusal[];
  /** What machines asked of us; the report is the last that one took. */
  readonly commitment: {
    readonly asked: number;
    readonly granted: number;
    readonly refused: number;
    readonly reportedAt: string | null;
  };
  readonly deliveries: readonly DeliveryStanding[];
  /** Instances of which a routing rule has yet to decide. */
  readonly undecided: number;
  /** Copies of it that were removed here, because the centre keeps them; null where none were. */
  readonly removed: { readonly instances: number; readonly at: string } | null;
  /** Of a gateway: what the centre says of it; null at any other place. */
  readonly centre: CentreStanding | null;
}
