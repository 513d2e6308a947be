/** An instance that was sent and not taken: whoever sent it must send it again. */
export interface RefusedInstance {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  /** `full`: no room; `away`: it could not be stored then; `broken`: it cannot be understood; `failed`: something else. */
  readonly reason: 'full' | 'away' | 'broken' | 'failed';
  /** AE title, or the name of a person or token. */
  readonly sender: string;
  readonly address: string;
  /** Of the sender. */
  readonly facility: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What was refused and has not come since, as far as anybody looked. Each write is one durable step. */
export interface RefusalRecords {
  /** Lets go of those from before a time, and of the oldest beyond `keep`. */
  note(refused: readonly RefusedInstance[], before: string, keep: number): Promise<void>;
  /** They have come. */
  forget(sopInstanceUids: readonly string[]): Promise<void>;
  ofStudies(studyInstanceUids: readonly string[], limit: number): Promise<readonly RefusedInstance[]>;
  /** Their studies, each once. */
  studies(limit: number): Promise<readonly string[]>;
}
