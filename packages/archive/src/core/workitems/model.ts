import type { DataSet, MatchKey, TagKey } from '@filmless/dicom';

/** SOP class of every Workitem. PS3.4 CC.3.1. */
export const UPS_PUSH = '1.2.840.10008.5.1.4.34.6.1';

/** PS3.4 table CC.1.1-1. */
export type WorkitemState = 'SCHEDULED' | 'IN PROGRESS' | 'COMPLETED' | 'CANCELED';

/** What may be asked for by Change Workitem State. PS3.18 11.7.1.4. */
export type WishedState = Exclude<WorkitemState, 'SCHEDULED'>;

/** A Unified Procedure Step as it is kept. */
export interface Workitem {
  readonly uid: string;
  readonly facility: string;
  readonly state: WorkitemState;
  /** The lock of who performs it; told to nobody. PS3.4 CC.1.1. */
  readonly transactionUid: string | null;
  /** Its state among them; never the Transaction UID. */
  readonly attributes: DataSet;
  /** Counts its changes. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type NewWorkitem = Pick<Workitem, 'uid' | 'facility' | 'attributes' | 'createdAt'>;

/** What a change leaves; it goes through only for the version that was looked at. */
export interface WorkitemChange {
  readonly uid: string;
  readonly version: number;
  readonly state: WorkitemState;
  readonly transactionUid: string | null;
  readonly attributes: DataSet;
  readonly at: string;
}

/** PS3.18 11.9. */
export interface WorkitemSearch {
  readonly keys: readonly MatchKey[];
  readonly include: 'all' | readonly TagKey[];
  readonly limit?: number;
  readonly offset?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface WorkitemPage {
  /** By their scheduled start, then UID. None, where more may match beyond the many that were looked at. */
  readonly results: readonly DataSet[];
  /** Cursor of the next page when more match, else null. */
  readonly next: string | null;
  /** What is left of the offset for the next page, where so many had to be looked at that none was given. */
  readonly offset: number;
}

/** What is asked with a cancellation; all of it may be missing. PS3.4 table CC.2.2-1. */
export interface CancelRequest {
  /** Who asks. */
  readonly requestingAe: string;
  readonly attributes: DataSet;
}
