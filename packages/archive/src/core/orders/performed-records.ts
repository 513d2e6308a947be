import type { DataSet } from '@filmless/dicom';
import type { PerformedState } from './model.ts';
import type { PerformedFacts } from './order-records.ts';
import type { PerformedContent } from './performed.ts';

/** A performed procedure step as it is written down. */
export interface KeptPerformed extends PerformedFacts {
  readonly dataSet: DataSet;
  readonly version: number;
}

export interface NewPerformed {
  readonly sopInstanceUid: string;
  readonly facility: string;
  readonly content: PerformedContent;
  readonly dataSet: DataSet;
  readonly at: string;
}

/** A performed procedure step and a study that it is about. */
export interface PerformedOfStudy extends PerformedFacts {
  readonly studyInstanceUid: string;
}

export interface PerformedQuery {
  readonly studyInstanceUid?: string;
  readonly state?: PerformedState;
  readonly limit: number;
  readonly after?: string;
}

/** Performed procedure steps, as truth. Each write is one durable step; it moves the orders the steps were scheduled by. */
export interface PerformedRecords {
  /** The ids of the orders it belongs to; undefined when there is one of that UID. */
  createPerformed(step: NewPerformed): Promise<readonly number[] | undefined>;
  /** Puts a new content in the place of the version that was looked at; undefined when it is another by now. */
  setPerformed(step: NewPerformed & { readonly version: number }): Promise<readonly number[] | undefined>;
  performed(sopInstanceUid: string): Promise<KeptPerformed | undefined>;
  /** Newest first; one more than the limit says that there is a next page. */
  listPerformed(query: PerformedQuery, facilities: 'all' | readonly string[]): Promise<readonly PerformedFacts[]>;
  performedOfStudies(studyInstanceUids: readonly string[]): Promise<readonly PerformedOfStudy[]>;
  /** How many instances that final steps name have not arrived, of studies where some have not. */
  countAwaited(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Which of these are awaited. */
  awaitedAmong(sopInstanceUids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Studies of which instances are awaited, each once. */
  awaitedStudies(limit: number): Promise<readonly string[]>;
  /** Awaited instances by study and UID, in pages: for a start. */
  awaited(after: AwaitedInstance | undefined, limit: number): Promise<readonly AwaitedInstance[]>;
  /** Instances that are here now. */
  arrived(sopInstanceUids: readonly string[]): Promise<void>;
}

export interface AwaitedInstance {
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
}
