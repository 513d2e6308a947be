import type { ImportRecords } from './imports/model.ts';
import type { MarkRecords } from './marks/mark-records.ts';
import type { ConflictKind, NewShare, Share } from './model.ts';
import type { MatchRecords } from './orders/match-records.ts';
import type { OrderRecords } from './orders/order-records.ts';
import type { PerformedRecords } from './orders/performed-records.ts';
import type { ProcessRecords } from './processes/process-records.ts';
import type { RefusalRecords } from './receipts/refusal-records.ts';
import type { RejectionRecords } from './rejections/rejection-records.ts';
import type { RemovalRecords } from './removal-records.ts';
import type { UploadRecords } from './uploads/upload-records.ts';
import type { WorkitemRecords } from './workitems/workitem-records.ts';

/** An object kept aside, until a person decides and after. */
export interface ConflictRecord {
  readonly id: string;
  readonly kind: ConflictKind;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Facility that owns the study and decides. */
  readonly facility: string;
  readonly fromFacility: string;
  readonly from: string;
  readonly receivedAt: string;
  readonly newKey: string;
  readonly newSha256: string;
  /** The object that was kept when the decision was taken; `null` before, and where there was none. */
  readonly existingKey: string | null;
  readonly existingSha256: string | null;
  /** `resolving`: the decision for the new object is written down and is being carried out. */
  readonly state: 'open' | 'resolving' | 'existing' | 'new';
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
}

export interface ConflictQuery {
  /** Facilities that decide, or all. */
  readonly facilities: 'all' | readonly string[];
  readonly limit: number;
  readonly after: string | undefined;
}

export interface KeptShare extends Share {
  /** Whose the study was when it was shared; null where nobody has written that down. */
  readonly owner: string | null;
}

/**
 * What people decided about studies: the archive's truth beside the objects, backed up, never rebuilt. Each call is one
 * durable step.
 */
export interface Records extends AsyncDisposable {
  /**
   * False when the same object of the same facility is aside already. `run`: of the object, which must not be over.
   * @throws ArchiveError `store-away` when it is
   */
  addConflict(conflict: ConflictRecord, run?: string): Promise<boolean>;
  conflict(id: string): Promise<ConflictRecord | undefined>;
  /** Open ones, newest first. */
  openConflicts(query: ConflictQuery): Promise<readonly ConflictRecord[]>;
  countOpen(studyInstanceUid: string): Promise<number>;
  /** Instances of a study that are in an open conflict, each once. */
  conflictingOf(studyInstanceUid: string): Promise<readonly string[]>;
  /** Studies with open conflicts, each once. */
  studiesInConflict(limit: number): Promise<readonly string[]>;
  /** True when an object of that hash was put aside for that UID from that facility. */
  isAside(sopInstanceUid: string, sha256: string, fromFacility: string): Promise<boolean>;
  /** A conflict that an object is of, as the new one or as the one that was kept before. */
  conflictOfObject(objectKey: string): Promise<ConflictRecord | undefined>;
  /** Writes a decision down, if it is still open: `new` becomes `resolving` until `finishResolve`. */
  resolve(decision: {
    readonly id: string;
    readonly keep: 'existing' | 'new';
    readonly by: string;
    readonly at: string;
    readonly existing: { readonly key: string; readonly sha256: string } | null;
  }): Promise<boolean>;
  finishResolve(id: string): Promise<void>;
  /** Undoes a decision that is `resolving`: it is to be made anew. */
  reopen(id: string): Promise<void>;
  /** Conflicts in a state, by id in pages: for recovery and rebuild. */
  conflictsIn(states: readonly ConflictRecord['state'][], after: string, limit: number): Promise<readonly ConflictRecord[]>;

  /** Ends an earlier share with the same facility. */
  addShare(studyInstanceUid: string, owner: string, share: NewShare, at: string): Promise<KeptShare>;
  /** False when there was none. */
  endShare(studyInstanceUid: string, facility: string, by: string, at: string): Promise<boolean>;
  /** Ends all that an owner shared of a study; gives with whom. */
  endShares(studyInstanceUid: string, owner: string, by: string, at: string): Promise<readonly string[]>;
  /** Writes down whose a share is that does not say. */
  adoptShare(studyInstanceUid: string, facility: string, owner: string): Promise<void>;
  shares(studyInstanceUid: string, now: string): Promise<readonly KeptShare[]>;
  /** Shares that were not ended, by study and facility in pages: for rebuild. */
  allShares(after: readonly [studyInstanceUid: string, facility: string], limit: number): Promise<readonly KeptShare[]>;
  readonly orders: OrderRecords;
  readonly performed: PerformedRecords;
  readonly matches: MatchRecords;
  readonly refusals: RefusalRecords;
  readonly removals: RemovalRecords;
  readonly processes: ProcessRecords;
  readonly uploads: UploadRecords;
  readonly rejections: RejectionRecords;
  readonly imports: ImportRecords;
  readonly marks: MarkRecords;
  readonly workitems: WorkitemRecords;

  /** What keeps them from being read or written, in words. */
  problem(): string | undefined;
}
