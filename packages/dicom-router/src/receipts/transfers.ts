import type { DeliveryClass } from '../routing/decision.ts';

/** What became of a study's instances beyond the archive: for its receipt. All counts are of distinct instances. */
export interface StudyTransfers {
  /** What machines asked of us by storage commitment. */
  readonly commitments: readonly CommitmentStanding[];
  /** Instances that a machine asked about and that were not found then. */
  readonly notCommitted: readonly string[];
  readonly deliveries: readonly DeliveryStanding[];
  /** Instances that a routing rule has yet to decide about. */
  readonly undecided: number;
}

/** What one machine asked, and was told. Times are ISO 8601, UTC. */
export interface CommitmentStanding {
  readonly aeTitle: string;
  readonly asked: number;
  readonly granted: number;
  readonly refused: number;
  readonly askedAt: string;
  /** When it took the last report; null while it has not. */
  readonly reportedAt: string | null;
}

/** How a study stands with one destination. */
export interface DeliveryStanding {
  readonly destination: string;
  /** The other facility that gets it. */
  readonly site: string | null;
  readonly class: DeliveryClass;
  readonly delivered: number;
  readonly waiting: number;
  /** Until an hour, or while the destination is paused. */
  readonly held: number;
  /** For a person. */
  readonly aside: number;
  readonly lastDeliveredAt: string | null;
  /** When what waits will have arrived, as far as can be foretold. */
  readonly arrives: string | null;
  readonly problem: string | null;
  /** Of those delivered, what the receiver says it keeps; null where it is not asked. */
  readonly confirmed: number | null;
}

/** What is open of one study. */
export interface OpenTransfers {
  readonly waiting: number;
  readonly aside: number;
  readonly notCommitted: readonly string[];
}

/** The router's part of receipts. Studies of which nothing is open, or known, are left out. */
export interface Transfers {
  /** A few queries by index for a page of studies, however long; `most`: instances not committed, of all of them. */
  open(studyInstanceUids: readonly string[], most: number): Promise<ReadonlyMap<string, OpenTransfers>>;
  of(studyInstanceUid: string, most: number): Promise<StudyTransfers>;
  /** Studies with something set aside or not found, or with something on its way; at most `most` of each. */
  studies(which: 'problem' | 'waiting', most: number): Promise<readonly string[]>;
}
