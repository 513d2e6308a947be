/** A Part 10 file that was received whole, written and synced, in a folder on the archive's own file system. */
export interface ReceivedFile {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where the data set begins, after the file meta information. */
  readonly dataSetOffset: number;
  /** SHA-256 of the data set's bytes (from `dataSetOffset` to the end), in hexadecimal. */
  readonly sha256: string;
}

/** What became of one instance. */
export type StoreOutcome =
  | {
      /** `conflict`: kept aside, because another object has the same SOP Instance UID. */
      readonly status: 'stored' | 'identical' | 'conflict';
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly sopClassUid: string;
      /** Tolerated faults, in words. */
      readonly warnings: readonly string[];
    }
  | {
      readonly status: 'refused';
      readonly reason: 'broken' | 'full' | 'away' | 'forbidden';
      /** For an Error Comment (PS3.7 C) or a problem's detail. */
      readonly message: string;
      readonly sopInstanceUid?: string;
      readonly sopClassUid?: string;
    };
