import type { PlannedWrite } from '@filmless/disk';
import type { InstanceTable, SeriesFactColumns, StudyFactColumns } from './tables.ts';

/** Rows as they cross into the writer's thread: plain values. Texts cross cheaply, and are compressed there. */

export interface StudyArgs extends StudyFactColumns {
  readonly study_instance_uid: string;
}

export interface SeriesArgs extends SeriesFactColumns {
  readonly series_instance_uid: string;
  readonly requests: readonly { readonly step_id: string | null; readonly procedure_id: string | null }[];
}

export type InstanceArgs = Omit<InstanceTable, 'id' | 'series_id'>;

/** What the header of an instance says of its study and series. */
export interface FactArgs {
  readonly study: StudyArgs;
  readonly series: SeriesArgs;
}

export interface AddArgs {
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  /** Left out where the index is believed to have them, from an instance that was received earlier. */
  readonly facts: FactArgs | null;
  readonly instance: InstanceArgs;
  /** JSON. */
  readonly header: string;
  /** JSON. */
  readonly layout: string;
  readonly facility: string;
  /** The bytes of the object that are not on disk yet. */
  readonly write: PlannedWrite | null;
  /** Of the object, where several processes store. */
  readonly run: string | null;
}

/** What is kept under a SOP Instance UID. */
export interface FoundInstance {
  readonly id: number;
  readonly series_id: number;
  readonly study_id: number;
  readonly facility: string;
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly sop_instance_uid: string;
  readonly sha256: string;
  readonly object_key: string;
}

export type AddResult =
  /** Nothing was done: the facts were left out, and are needed. */
  | { readonly status: 'undescribed' }
  /** Nothing was done: the process was taken for ended. */
  | { readonly status: 'run-over' }
  | { readonly status: 'new'; readonly newStudy: boolean }
  | { readonly status: 'identical' }
  | { readonly status: 'different'; readonly owner: string; readonly existing: FoundInstance }
  | { readonly status: 'foreign'; readonly owner: string; readonly existing: FoundInstance | null };

export interface ReplaceArgs {
  readonly sop_instance_uid: string;
  /** Of the instance that gives way; another one there now is left alone. */
  readonly object_key: string;
  readonly add: AddArgs;
}

/** New facts for a study and one of its series, when the instance that described them is gone. */
export interface DescribeArgs {
  readonly study: StudyArgs | null;
  readonly series: SeriesArgs | null;
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly by: { readonly received_at: string; readonly sop_instance_uid: string };
}

export interface ReachArgs {
  readonly study_instance_uid: string;
  readonly owner: string;
  readonly facility: string;
  readonly expires_at: string | null;
}
