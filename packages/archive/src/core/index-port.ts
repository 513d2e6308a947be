import type { Scope } from '@filmless/access';
import type { DataSet, FoldedName, FrameTable } from '@filmless/dicom';
import type { PlannedWrite } from '@filmless/disk';
import type { SearchQuery, SearchResult } from './archive-core.ts';
import type {
  ArchiveStatistics,
  BulkValue,
  InstanceHeader,
  LaidOutInstance,
  StoredInstance,
  StudyDetail,
  StudyEntry,
  StudyListQuery,
  StudyPage,
  Target,
} from './model.ts';
import type { ProgressiveForms } from './series/progressive-forms.ts';
import type { SeriesTexts } from './series/series-texts.ts';

/** What the index keeps of the study level of a header. `null` is an empty or absent attribute: it matches only universal keys. */
export interface StudyFacts {
  readonly studyInstanceUid: string;
  readonly patientId: string | null;
  /** Issuer of Patient ID, or the facility's when the header names none. */
  readonly issuer: string;
  readonly patientName: FoldedName;
  /** `YYYYMMDD`. */
  readonly birthDate: string | null;
  readonly sex: string | null;
  /** `YYYYMMDD`. */
  readonly date: string | null;
  /** As `normaliseTime` writes it. */
  readonly time: string | null;
  readonly studyId: string | null;
  readonly accessionNumber: string | null;
  readonly description: string | null;
  readonly referringPhysician: FoldedName;
  /** The attributes a search answers with unless more is asked for. PS3.18 table 10.6.3-3. */
  readonly attributes: DataSet;
}

export interface RequestFacts {
  readonly stepId: string | null;
  readonly procedureId: string | null;
}

export interface SeriesFacts {
  readonly seriesInstanceUid: string;
  readonly modality: string | null;
  readonly number: number | null;
  readonly description: string | null;
  readonly bodyPart: string | null;
  readonly performedDate: string | null;
  readonly performedTime: string | null;
  readonly requests: readonly RequestFacts[];
  /** PS3.18 table 10.6.3-4. */
  readonly attributes: DataSet;
}

export interface InstanceFacts {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly number: number | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly bitsAllocated: number | null;
  /** As the header says; `frames` counts what is there. */
  readonly numberOfFrames: number | null;
  readonly frameCount: number;
  readonly size: number;
  readonly dataSetOffset: number;
  readonly sha256: string;
  readonly receivedAt: string;
  readonly objectKey: string;
  readonly inflatedKey: string | null;
  readonly sender: Sender | null;
}

/** Who sent an instance: a machine by its title, a person or token by its name. */
export interface Sender {
  readonly callingAe: string | null;
  readonly user: string | null;
  readonly address: string;
}

/** What one sender sent of a study, as far as that is kept. Times are ISO 8601, UTC. */
export interface SentBy {
  /** Null where an earlier version kept it, which did not note its sender. */
  readonly sender: Sender | null;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** One instance, ready to be indexed. */
export interface NewInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** These and the next may be found out when they are first asked for: of most instances of a series the index needs neither. */
  readonly study: StudyFacts;
  readonly series: SeriesFacts;
  readonly instance: InstanceFacts;
  readonly header: DataSet;
  /** The same as the JSON that is kept, where that was made. */
  readonly headerText?: string;
  readonly bulk: readonly BulkValue[];
  readonly frames: FrameTable;
  /** Facility that sends it; it becomes the owner of a new study. */
  readonly facility: string;
  readonly verified: boolean;
  /** The bytes of its object, where they are not on disk yet: `add` writes and syncs them before it commits. */
  readonly write?: PlannedWrite | undefined;
  /** The run of its object, where several processes store: one that is over adds nothing more. */
  readonly run?: string | undefined;
}

/** What `add` found. */
export type Added =
  | { readonly status: 'new'; readonly newStudy: boolean }
  /** The same data set is kept already. */
  | { readonly status: 'identical' }
  /** Another object has the SOP Instance UID, in the same facility. */
  | { readonly status: 'different'; readonly owner: string; readonly existing: Required<Target> }
  /** The study, or the object of that UID, belongs to another facility. */
  | { readonly status: 'foreign'; readonly owner: string; readonly existing: Required<Target> | null };

/** A share as far as the predicate needs it. */
export interface Reach {
  readonly studyInstanceUid: string;
  /** The facility that shares. */
  readonly owner: string;
  readonly facility: string;
  readonly expiresAt: string | null;
}

/** A study, and its place in the list: a cursor of `listStudies`. */
export interface OrderedStudy {
  readonly studyInstanceUid: string;
  readonly cursor: string;
}

/** A study as far as it is looked at by who removes copies. */
export interface QuietStudy {
  readonly studyInstanceUid: string;
  readonly facility: string;
  /** When its last instance was received; ISO 8601, UTC. */
  readonly updatedAt: string;
  readonly instances: number;
  readonly bytes: number;
}

/** A page of them. */
export interface QuietPage {
  /** Received before; ISO 8601, UTC. */
  readonly before: string;
  /** The last one of the page before. */
  readonly after?: Pick<QuietStudy, 'updatedAt' | 'studyInstanceUid'> | undefined;
  readonly limit: number;
}

/** An object that no instance has any more, to be deleted. */
export interface RemovedObject {
  readonly objectKey: string;
  readonly studyInstanceUid: string;
  readonly facility: string;
  readonly bytes: number;
}

/**
 * The searchable mirror of the objects. Everything in it can be made again from objects, envelopes and records. What is
 * outside the scope is not found. `now` (ISO 8601) decides which shares are in force.
 *
 * @throws ArchiveError
 */
export interface Index extends AsyncDisposable {
  /** The headers of whole series as texts. */
  readonly texts: SeriesTexts;
  /** Progressive forms of large images. */
  readonly progressive: ProgressiveForms;
  /** Decides and inserts in one durable step; several calls share a commit. @throws ArchiveError `store-away` when the run is over */
  add(instance: NewInstance): Promise<Added>;
  /** Puts an instance in the place of another, with its counters, when that is still the one that is kept. */
  replace(sopInstanceUid: string, objectKey: string, instance: NewInstance): Promise<void>;
  /** The instance of a SOP Instance UID, whoever owns it. */
  find(sopInstanceUid: string): Promise<InstanceHeader | undefined>;
  /** As `find`, as little as tells a copy. */
  peek(
    sopInstanceUid: string,
  ): Promise<{ readonly sha256: string; readonly facility: string; readonly objectKey: string } | undefined>;
  /** Notes an object that a rebuild could not take in: that no instance has it does not mean that it was never acknowledged. */
  leaveOut(objectKey: string, reason: string): Promise<void>;
  /** Which of these objects an instance has, or were left out. Looks through all instances, once: for objects that cannot say whose they are. */
  referredOf(objectKeys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Studies without open conflicts of which nothing was received since a time, the longest quiet first. */
  quietStudies(page: QuietPage): Promise<readonly QuietStudy[]>;
  /**
   * Takes a study out and, in the same step, notes its objects as to be deleted. False, and nothing is done, when it is not there,
   * has an instance with another object than those named, or an open conflict.
   */
  removeStudy(studyInstanceUid: string, objectKeys: readonly string[]): Promise<boolean>;
  /** Takes those of these instances out that are still these objects; the objects stay. May be done again. */
  takeOut(
    studyInstanceUid: string,
    instances: readonly { readonly sopInstanceUid: string; readonly objectKey: string }[],
    now: string,
  ): Promise<void>;
  /** Objects that are to be deleted, by key, behind one. */
  removedObjects(after: string, limit: number): Promise<readonly RemovedObject[]>;
  /** They are deleted. */
  forgetRemoved(objectKeys: readonly string[]): Promise<void>;
  /** False, and nothing is done, when the study is not its owner's, or not there. */
  setReach(reach: Reach): Promise<boolean>;
  removeReach(studyInstanceUid: string, facility: string): Promise<void>;
  /** Mirrors how many open conflicts a study has. */
  setConflicts(studyInstanceUid: string, open: number): Promise<void>;

  search(query: SearchQuery, scope: Scope, now: string): Promise<SearchResult>;
  listStudies(query: StudyListQuery, scope: Scope, now: string): Promise<StudyPage>;
  studyDetail(studyInstanceUid: string, scope: Scope, now: string): Promise<StudyDetail | undefined>;
  /** Owner and, as of now, the facilities it is shared with. */
  owner(
    studyInstanceUid: string,
    now: string,
  ): Promise<{ readonly facility: string; readonly sharedWith: readonly string[] } | undefined>;
  instance(target: Required<Target>, scope: Scope, now: string): Promise<InstanceHeader | undefined>;
  layout(target: Required<Target>, scope: Scope, now: string): Promise<LaidOutInstance | undefined>;
  stored(target: Required<Target>, scope: Scope, now: string): Promise<StoredInstance | undefined>;
  instances(target: Target, scope: Scope, now: string): AsyncIterable<StoredInstance>;
  headers(target: Target, scope: Scope, now: string): AsyncIterable<InstanceHeader>;
  representative(target: Target, scope: Scope, now: string): Promise<InstanceHeader | undefined>;
  /** Which of these instances are there, whoever owns them. */
  present(sopInstanceUids: readonly string[]): Promise<ReadonlySet<string>>;
  /** SHA-256 of those of these instances that the study has, by SOP Instance UID. */
  digests(
    studyInstanceUid: string,
    sopInstanceUids: readonly string[],
    scope: Scope,
    now: string,
  ): Promise<ReadonlyMap<string, string>>;
  /** Studies of which an instance was received then or later, each once. Walks back along the arrivals. */
  studiesSince(receivedAt: string): AsyncIterable<string>;
  /** How many instances each of these studies has, whoever owns it; those that are not there are left out. */
  countInstances(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Who sent the instances of a study, whoever owns it. */
  senders(studyInstanceUid: string): Promise<readonly SentBy[]>;
  /** Those of these studies that are in the scope and of the days asked for, newest first. */
  orderStudies(
    studyInstanceUids: readonly string[],
    window: Pick<StudyListQuery, 'from' | 'to'>,
    scope: Scope,
    now: string,
  ): Promise<readonly OrderedStudy[]>;
  /** These studies as the list shows them, newest first; whoever owns them. */
  studiesOf(studyInstanceUids: readonly string[], now: string): Promise<readonly StudyEntry[]>;
  /** What the facilities of the scope keep of their own; kept, not counted. */
  statistics(scope?: Scope): Promise<ArchiveStatistics>;
  /** What keeps it from working, in words. */
  problem(): string | undefined;
}
