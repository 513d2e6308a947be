import type { MatchKey } from '@filmless/dicom';
import type { NewWorkitem, Workitem, WorkitemChange, WorkitemState } from './model.ts';

/** What is left out does not bound. */
export interface WorkitemQuery {
  readonly facilities: 'all' | readonly string[];
  readonly uids?: readonly string[];
  readonly states?: readonly WorkitemState[];
  readonly patientId?: string;
  /** Application entity that is told of it. */
  readonly subscriber?: string;
  /** Of the start, as `startOf` gives it; both included. */
  readonly from?: string;
  readonly to?: string;
  readonly after?: WorkitemCursor;
  readonly limit: number;
}

/** The last of a page. */
export interface WorkitemCursor {
  readonly start: string;
  readonly uid: string;
}

/** That an application entity is told of all that these facilities have and make, or of what matches. */
export interface WorkitemWatch {
  readonly facilities: readonly string[];
  readonly aeTitle: string;
  readonly locked: boolean;
  readonly filter: readonly MatchKey[] | null;
  readonly by: string;
  readonly at: string;
}

/** Ended before these: what nobody locks, and what is locked. ISO 8601, UTC. */
export interface Forget {
  readonly before: string;
  readonly lockedBefore: string;
}

/** Unified Procedure Steps, as truth: backed up, never rebuilt. Each write is one durable step. */
export interface WorkitemRecords {
  /** False when the UID is in use. Subscribes who watches, and forgets some that ended long ago. */
  add(workitem: NewWorkitem, forget: Forget): Promise<boolean>;
  /** Some of a facility that ended long ago. */
  forget(facility: string, forget: Forget): Promise<void>;
  find(uid: string, facilities: 'all' | readonly string[]): Promise<Workitem | undefined>;
  /** False when it is of another version by now, or gone; nothing is changed then. */
  change(change: WorkitemChange): Promise<boolean>;
  /** By start, then UID. */
  page(query: WorkitemQuery): Promise<readonly Workitem[]>;
  /** Of a facility, ended ones included. */
  count(facility: string): Promise<number>;
  /** Application entities that are told of a Workitem. */
  subscribers(uid: string): Promise<readonly string[]>;
  /** False when there is no such Workitem. */
  subscribe(uid: string, aeTitle: string, locked: boolean): Promise<boolean>;
  /** False when it was not subscribed. */
  unsubscribe(uid: string, aeTitle: string): Promise<boolean>;
  /** Subscribes to what comes. Gives a facility that `most` others watch: then nothing was done in any. */
  watch(watch: WorkitemWatch, most: number): Promise<string | undefined>;
  /** Subscribes who watches a facility to what is there, in steps; one that was subscribed to by itself stays as it is. */
  subscribeToAll(facility: string, aeTitle: string): Promise<void>;
  /** Ends a watch, and unless `keep` every subscription within the facility. False when there was none. */
  unwatch(facility: string, aeTitle: string, keep: boolean): Promise<boolean>;
}
