/** Copies of a study that were removed here, because another archive keeps them. */
export interface RemovedStudy {
  readonly studyInstanceUid: string;
  readonly facility: string;
  /** Objects that were removed, of all times together. */
  readonly instances: number;
  readonly bytes: number;
  /** When, the last time; ISO 8601, UTC. */
  readonly at: string;
}

export interface RemovedTotal {
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
  /** The last time; null when nothing was removed. */
  readonly at: string | null;
}

/** What was removed, and when: what is gone from here is known to have been here. */
export interface RemovalRecords {
  /** Adds to what is known of the study; forgets studies of which nothing was removed since `forgetBefore`. */
  note(removed: RemovedStudy, forgetBefore: string): Promise<void>;
  find(studyInstanceUid: string): Promise<RemovedStudy | undefined>;
  /** The last removed first; `after` is the last one of the page before. */
  list(limit: number, after?: Pick<RemovedStudy, 'at' | 'studyInstanceUid'>): Promise<readonly RemovedStudy[]>;
  total(): Promise<RemovedTotal>;
}
