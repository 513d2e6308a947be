/** A process that says that it is at work. Each of its objects has its run at the beginning of its key. */
export interface RunningProcess {
  readonly run: string;
  /** Counts up while it lives. No clock: those of two machines differ. */
  readonly beat: number;
}

export interface EndedRun {
  readonly run: string;
  /** Up to when it had looked at what follows from the images that arrived; ISO 8601, UTC. */
  readonly seenUntil: string;
}

/** What processes over the same records know of each other: rows, since nothing else is there for all of them. Each call is one durable step. */
export interface ProcessRecords {
  /** Before the first object of a run. */
  begin(run: string, seenUntil: string): Promise<void>;
  /** False when it was taken for ended. */
  beat(run: string, seenUntil: string): Promise<boolean>;
  running(): Promise<readonly RunningProcess[]>;
  /**
   * Takes a run for ended, unless it has beaten since `beat`. Nothing that it stores comes into index or records from then on: whoever
   * looks for what it left may remove it.
   */
  end(run: string, beat?: number): Promise<void>;
  /** Runs that ended, and of which not all was taken over. */
  ended(): Promise<readonly EndedRun[]>;
  forget(run: string): Promise<void>;
  /** Takes a lock, which holds as long as its run; false while another living run has it, and when this run is over. */
  claim(name: string, run: string): Promise<boolean>;
  release(name: string, run: string): Promise<void>;
  /** Tells the others: `sequence` counts up from 1 within a run, in the order of the commits. Forgets what the run told before `from`. */
  tell(news: { readonly run: string; readonly sequence: number; readonly text: string; readonly from: number }): Promise<void>;
  /** The last sequence that each run has told. */
  lastTold(): Promise<ReadonlyMap<string, number>>;
  /** What a run told after a sequence, in order. */
  told(run: string, after: number, limit: number): Promise<readonly { readonly sequence: number; readonly text: string }[]>;
}
