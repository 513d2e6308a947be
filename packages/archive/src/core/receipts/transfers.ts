import type { ReceiptState } from './model.ts';

/** What becomes of studies beyond the archive: whoever passes images on answers this. All counts are of distinct instances. */
export interface Transfers {
  /** What is open of these studies; those of which nothing is are left out. `most`: of instances not committed. */
  open(studyInstanceUids: readonly string[], most: number): Promise<ReadonlyMap<string, OpenTransfers>>;
  of(studyInstanceUid: string, most: number): Promise<StudyTransfers>;
  /** Of a gateway alone: what the centre says of the study. Never fails. */
  centre?(studyInstanceUid: string): Promise<CentreStanding>;
  /** Studies with something set aside or not found, or with something on its way; at most `most` of each. */
  studies(which: 'problem' | 'waiting', most: number): Promise<readonly string[]>;
}

/** What the archive that a gateway brings studies to says of one. Times are ISO 8601, UTC. */
export interface CentreStanding {
  /** Null where it has nothing of it, or was not asked yet. */
  readonly receipt: CentreReceipt | null;
  /** When it said so; null where it was not asked yet. */
  readonly asOf: string | null;
  /** Why it cannot be asked now; null where that was its answer. */
  readonly problem: string | null;
}

/** Of its own receipt. */
export interface CentreReceipt {
  readonly state: ReceiptState;
  readonly missing: number;
  readonly safe: number;
  readonly indexed: number;
}

export interface OpenTransfers {
  readonly waiting: number;
  readonly aside: number;
  /** Instances that a machine asked about, by storage commitment, and that were not found then. */
  readonly notCommitted: readonly string[];
}

export interface StudyTransfers {
  readonly commitments: readonly CommitmentStanding[];
  readonly notCommitted: readonly string[];
  readonly deliveries: readonly DeliveryStanding[];
  /** Instances of which it is yet to be decided where they go. */
  readonly undecided: number;
}

/** What one machine asked by storage commitment, and was told. Times are ISO 8601, UTC. */
interface CommitmentStanding {
  readonly aeTitle: string;
  readonly asked: number;
  readonly granted: number;
  readonly refused: number;
  readonly askedAt: string;
  readonly reportedAt: string | null;
}

/** How a study stands with one destination. */
export interface DeliveryStanding {
  readonly destination: string;
  readonly site: string | null;
  readonly class: 'emergency' | 'consultation' | 'routine' | 'backfill';
  readonly delivered: number;
  readonly waiting: number;
  /** Until an hour, or while the destination is paused. */
  readonly held: number;
  /** For a person. */
  readonly aside: number;
  readonly lastDeliveredAt: string | null;
  readonly arrives: string | null;
  readonly problem: string | null;
  /** Of those delivered, what the receiver says it keeps; null where it is not asked. */
  readonly confirmed: number | null;
}
