/** Names this product as the writer of a file or the peer of an association. PS3.7 D.3.3.2, PS3.10 7.1. */
export const IMPLEMENTATION_CLASS_UID = '2.25.166582954170668250767212595110798117970';
/** At most 16 characters. PS3.7 D.3.3.2.4. */
export const IMPLEMENTATION_VERSION_NAME = 'FILMLESS_01';

/** File meta information: what group 0002 says of the data set that follows. PS3.10 7.1. */
export interface FileMeta {
  readonly mediaStorageSopClassUid: string;
  readonly mediaStorageSopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly implementationClassUid?: string;
  readonly implementationVersionName?: string;
  readonly sourceAeTitle?: string;
  readonly sendingAeTitle?: string;
  readonly receivingAeTitle?: string;
}

/** What was found before a data set: real files leave out any of it, but the syntax is then guessed. */
export interface FoundFileMeta {
  readonly meta: Partial<FileMeta> & Pick<FileMeta, 'transferSyntaxUid'>;
  /** Where the data set begins, in bytes from the start. */
  readonly dataSetOffset: number;
  /** Tolerated faults, in words. */
  readonly warnings: readonly string[];
}

/** A text field of group 0002. */
export interface MetaField {
  readonly element: number;
  readonly vr: 'UI' | 'SH' | 'AE';
  readonly maxLength: number;
  readonly name: keyof FileMeta;
}

/** PS3.10 table 7.1-1, in ascending order. */
export const META_FIELDS: readonly MetaField[] = [
  { element: 0x0002, vr: 'UI', maxLength: 64, name: 'mediaStorageSopClassUid' },
  { element: 0x0003, vr: 'UI', maxLength: 64, name: 'mediaStorageSopInstanceUid' },
  { element: 0x0010, vr: 'UI', maxLength: 64, name: 'transferSyntaxUid' },
  { element: 0x0012, vr: 'UI', maxLength: 64, name: 'implementationClassUid' },
  { element: 0x0013, vr: 'SH', maxLength: 16, name: 'implementationVersionName' },
  { element: 0x0016, vr: 'AE', maxLength: 16, name: 'sourceAeTitle' },
  { element: 0x0017, vr: 'AE', maxLength: 16, name: 'sendingAeTitle' },
  { element: 0x0018, vr: 'AE', maxLength: 16, name: 'receivingAeTitle' },
];

export const PREAMBLE_BYTES = 128;
/** The prefix behind the preamble, as a big-endian number. */
export const DICM = 0x4449434d;
