import type { Mark, MarkPage } from './model.ts';

/** What is sent is merged with what is there. */
export interface MergedMarks {
  readonly marks: readonly Mark[];
  /** Of these, how many are other than before. */
  readonly changed: number;
}

/** Marks by study, and whose the study was when they were drawn: of another facility's study under the same UID they are not. */
export interface MarkRecords {
  /** @returns `too-many` when the study would have more than `most`; nothing is written then */
  merge(studyInstanceUid: string, facility: string, marks: readonly Mark[], most: number): Promise<MergedMarks | 'too-many'>;
  /** In the order in which they changed last. */
  since(studyInstanceUid: string, facility: string, cursor: number, limit: number): Promise<MarkPage>;
  /** All of a study that this facility had; none while another rejection than this one keeps something of it, to be restored. */
  forget(studyInstanceUid: string, facility: string, rejection: string): Promise<void>;
}
