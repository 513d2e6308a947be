import type { ByteRange, DataSet, FrameTable } from '@filmless/dicom';
import type { StudyAround } from './orders/study-around.ts';
import type { EventReport } from './workitems/events.ts';

/** What a request names: a study, one of its series, or one instance. The levels above are always given. */
export interface Target {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid?: string;
  /** Only with `seriesInstanceUid`. */
  readonly sopInstanceUid?: string;
}

/** Where a binary value lies; `offset` counts in the instance's content (see `ArchiveCore.read`). */
export interface BulkValue {
  /** As in the header's `BulkDataURI` after `bulkdata/`: `52009229/0/00280008`, or `7FE00010`. */
  readonly path: string;
  readonly vr: string;
  readonly offset: number;
  readonly length: number;
}

/** One kept instance, without its header. */
export interface StoredInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** Of the object as it is kept. */
  readonly transferSyntaxUid: string;
  readonly instanceNumber: number | null;
  /** 0 for an object without pixel data. */
  readonly frameCount: number;
  /** Facility that owns the study. */
  readonly facility: string;
  /** Bytes of the Part 10 file. */
  readonly size: number;
  /** Where the data set begins in it. */
  readonly dataSetOffset: number;
  /** SHA-256 of the data set's bytes, in hexadecimal; serves as a strong entity tag. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** Name of the object in the store; of no use outside the archive. */
  readonly objectKey: string;
  /** Name of the inflated derivative, for an instance in a deflated transfer syntax. */
  readonly inflatedKey: string | null;
}

/** One kept instance, and where its values lie: enough to give out frames and bulk data. */
export interface LaidOutInstance extends StoredInstance {
  readonly bulk: readonly BulkValue[];
  readonly frames: FrameTable;
  /** Bytes of what was learnt at ingest and is given here, as text; in memory it takes a few times that. */
  readonly textBytes: number;
}

/** One kept instance with all that was learnt from it at ingest: nothing has to parse the object again. */
export interface InstanceHeader extends LaidOutInstance {
  /** The data set without group 0002; binary values above a threshold, and Pixel Data, are `BulkDataURI: 'bulkdata/…'`. */
  readonly header: DataSet;
}

/** Which bytes `read` gives: `file` is the Part 10 file as sent, `content` is what `bulk` and `frames` count in. */
export type ReadPart =
  | { readonly of: 'file'; readonly range?: ByteRange }
  | { readonly of: 'content'; readonly range?: ByteRange };

/** What `/api/studies?…` may ask. All parts must hold. */
export interface StudyListQuery {
  /** Words, matched without accents and case by prefix, anywhere in the patient's name; or a patient id or accession number. */
  readonly q?: string;
  /** Code of a modality in the study: `CT`; of several, separated by commas, it has any: `CR,DX`. At most 20. */
  readonly modality?: string;
  /** The facility that owns the study; within the caller's scope as ever. */
  readonly facility?: string;
  /** `YYYY-MM-DD`, inclusive, of the study date. */
  readonly from?: string;
  readonly to?: string;
  readonly patientId?: string;
  readonly accessionNumber?: string;
  /** At most `limits.studyPage`. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** One study in the worklist, in the shape `/api/studies` answers. */
export interface StudyEntry {
  readonly studyInstanceUid: string;
  readonly patient: {
    readonly id: string;
    readonly issuer: string;
    /** Display form: all parts joined by spaces. */
    readonly name: string;
    /** `YYYY-MM-DD`. */
    readonly birthDate: string | null;
    readonly sex: string;
  };
  readonly accessionNumber: string;
  /** `YYYY-MM-DD`. */
  readonly date: string | null;
  /** `HH:MM:SS`. */
  readonly time: string | null;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly seriesCount: number;
  readonly instanceCount: number;
  readonly facility: string;
  readonly sharedWith: readonly string[];
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** False when an application entity that nobody listed sent a part of it. */
  readonly verified: boolean;
  /** Open conflicts. */
  readonly conflicts: number;
}

export interface StudyPage {
  readonly studies: readonly StudyEntry[];
  /** Exact up to `limits.exactTotal`, then that number with `exact: false`. */
  readonly total: { readonly count: number; readonly exact: boolean };
  /** Cursor of the next page, `null` at the end. */
  readonly next: string | null;
}

export interface SeriesEntry {
  readonly seriesInstanceUid: string;
  readonly number: number | null;
  readonly modality: string;
  readonly description: string;
  readonly bodyPart: string;
  readonly instanceCount: number;
  readonly frameCount: number;
  /** Of its first instance. */
  readonly rows: number | null;
  readonly columns: number | null;
  /** First by instance number. */
  readonly firstInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

export interface StudyDetail extends StudyEntry {
  /** By series number, then UID. */
  readonly series: readonly SeriesEntry[];
}

/** A page of the list, with what orders and machines say of each study. */
export interface ListedStudyPage extends Omit<StudyPage, 'studies'> {
  readonly studies: readonly (StudyEntry & StudyAround)[];
}

/** What happened to a study; events of one study are gathered for `limits.changeQuietMs`. */
export interface StudyChange {
  readonly studyInstanceUid: string;
  /** `marks`: only what was drawn on its images. */
  readonly change: 'new' | 'updated' | 'shared' | 'marks';
}

/** What happened to an order, or to its state. Told at once, and within its facility only. */
export interface OrderChange {
  readonly accessionNumber: string;
  readonly facility: string;
  readonly change: 'new' | 'updated';
}

/** Event reports of one Workitem, for some application entities; within its facility only. PS3.4 CC.2.4. */
export interface WorkitemEvents {
  readonly workitemUid: string;
  readonly facility: string;
  readonly aeTitles: readonly string[];
  readonly reports: readonly EventReport[];
}

export type Change = StudyChange | OrderChange | WorkitemEvents;

/** Why another facility may see a study. Law 91/2025, Circular 54/2017. */
type ShareBasis = 'transfer' | 'consultation' | 'emergency' | 'patient-request' | 'authority';

export interface NewShare {
  readonly facility: string;
  readonly basis: ShareBasis;
  /** What the basis rests on, in words: the number of the transfer paper, the consultation's minutes. */
  readonly evidence: string;
  /** ISO 8601; without it the share lasts until it is taken back. */
  readonly expiresAt?: string;
  /** Name of the person who shares. */
  readonly by: string;
}

export interface Share extends NewShare {
  readonly studyInstanceUid: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** `different`: another object under a known SOP Instance UID. `foreign`: from a facility that does not own the study. */
export type ConflictKind = 'different' | 'foreign';

/** Two values of one attribute, as DICOM JSON text shortened for a person's eyes; `null` where the attribute is not there. */
export interface AttributeDifference {
  readonly tag: string;
  /** Keyword of PS3.6, empty for a private attribute. */
  readonly keyword: string;
  readonly existing: string | null;
  readonly new: string | null;
}

export interface ConflictEntry {
  readonly id: string;
  readonly kind: ConflictKind;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Facility that owns the study and decides. */
  readonly facility: string;
  /** Facility the kept-aside object came from. */
  readonly fromFacility: string;
  /** AE title, or name of the user, it came from. */
  readonly from: string;
  readonly receivedAt: string;
  /** `existing` or `new` once a person decided; the object not chosen stays kept aside. */
  readonly resolved: 'existing' | 'new' | null;
  readonly resolvedBy: string | null;
}

export interface ConflictDetail extends ConflictEntry {
  /** Empty when there is no existing instance (`foreign`), or when only the pixels or the encoding differ. */
  readonly differences: readonly AttributeDifference[];
  /** True when there are more than `differences` lists. */
  readonly truncated: boolean;
}

/** What the archive holds, for `/metrics` and the page. */
export interface ArchiveStatistics {
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}
