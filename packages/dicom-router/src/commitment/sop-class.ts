/** Storage Commitment Push Model. PS3.4 J.3. */
export const STORAGE_COMMITMENT_SOP_CLASS = '1.2.840.10008.1.20.1';

/** The one instance all requests are made to. PS3.4 J.3.5. */
export const STORAGE_COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';

/** Action Type ID of "request storage commitment". PS3.4 J.3.2. */
export const REQUEST_ACTION = 1;

/** Event Type IDs of a report. PS3.4 J.3.3. */
export const EVENT = { complete: 1, failuresExist: 2 } as const;

/** Failure Reason (0008,1197). PS3.3 C.14.1.1. */
export const FAILURE = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
  duplicateTransaction: 0x0131,
} as const;

const REASONS: Readonly<Record<number, string>> = {
  [FAILURE.processingFailure]: 'processing failure',
  [FAILURE.noSuchObjectInstance]: 'no such object instance',
  [FAILURE.classInstanceConflict]: 'class/instance conflict',
  [FAILURE.duplicateTransaction]: 'duplicate transaction UID',
};

/** For a person: `0112H (no such object instance)`. */
export function describeFailure(reason: number): string {
  const code = `${reason.toString(16).toUpperCase().padStart(4, '0')}H`;
  const name = REASONS[reason];
  return name === undefined ? code : `${code} (${name})`;
}
