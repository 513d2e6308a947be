/** What became of one instance. */
export type StoreOutcome =
  | {
      /** `conflict`: kept aside, because another object has the same SOP Instance UID. */
      readonly status: 'stored' | 'identical' | 'conflict';
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly sopClassUid: string;
      readonly transferSyntaxUid: string;
      /** Tolerated faults, in words. */
      readonly warnings: readonly string[];
    }
  | {
      readonly status: 'refused';
      readonly reason: 'broken' | 'full' | 'away' | 'forbidden';
      /** For an Error Comment (PS3.7 C) or a problem's detail. */
      readonly message: string;
      readonly studyInstanceUid?: string;
      readonly sopInstanceUid?: string;
      readonly sopClassUid?: string;
    };
