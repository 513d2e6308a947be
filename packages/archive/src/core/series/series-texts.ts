import type { Scope } from '@filmless/access';
import type { StoredInstance, Target } from '../model.ts';

/**
 * How the text of a series is kept: as one frame of zstd, the JSON list as it is answered; or as a deflated stream that is not ended and
 * lies on whole bytes, without the brackets around the list, so that it can be joined with others. RFC 8878, RFC 1951.
 */
export type TextForm = 'zstd' | 'deflated';

/** A series as far as it is named in an answer. */
export interface NamedSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly facility: string;
}

/** The headers of a series as one compressed text: DICOM JSON, instances by number and UID, bulk data under `root`. PS3.18 F. */
export interface MadeText {
  /** Of the whole text. */
  readonly sha256: string;
  /** What its URLs begin with: `https://pacs.hospital.vn/dicom-web`. */
  readonly root: string;
  readonly instances: number;
  /** Of the text between the brackets: its length in bytes, and its CRC-32. */
  readonly textBytes: number;
  readonly crc32: number;
  readonly deflated: Uint8Array;
  readonly zstd: Uint8Array;
}

/** The text of a series in one form. */
export interface SeriesText extends NamedSeries, Omit<MadeText, TextForm> {
  readonly bytes: Uint8Array;
}

/** An instance with its header as text. Bulk data is named by `bulkdata/…`, relative to the instance. */
export interface HeaderText extends StoredInstance {
  /** DICOM JSON. */
  readonly text: string;
}

/** A series that is to be looked at, by who claimed it. */
export interface ClaimedSeries extends NamedSeries {
  readonly id: number;
  readonly instances: number;
  /** Counts what changed in it: what is made of another count is out of date. */
  readonly changes: number;
}

export interface Claim {
  /** ISO 8601, UTC, as all times here. */
  readonly now: string;
  /** Series of studies of which something came later than this are left for later. */
  readonly quietSince: string;
  /** For so many milliseconds a study is left alone behind its last instance. */
  readonly quietMs: number;
  /** Who claims: another process may go on once `until` is over. */
  readonly by: string;
  readonly until: string;
}

/**
 * Header texts of series, and which series are to be looked at when there is time. A text that is kept is that of the instances there
 * are: whatever changes them takes it out of use in the same step.
 *
 * @throws ArchiveError, DatabaseError
 */
export interface SeriesTexts {
  /** The series of a study, or one, in their order: with its text where one is kept, by its names alone otherwise. */
  of(target: Target, form: TextForm, scope: Scope, now: string): AsyncIterable<SeriesText | NamedSeries>;
  /** Headers as text, without looking into them. */
  headers(target: Target, scope: Scope, now: string): AsyncIterable<HeaderText>;
  /** The root of a text that is kept: what clients asked for before this start. */
  lastRoot(): Promise<string | undefined>;
  /** Whether a series may have to be looked at. Cheap. */
  anyDue(now: string): Promise<boolean>;
  /** The next series of a quiet study that nobody else has claimed. */
  claim(claim: Claim): Promise<ClaimedSeries | undefined>;
  /** It was looked at, and has this text, or none. False, and it stays to be looked at, when it changed meanwhile. */
  settle(series: Pick<ClaimedSeries, 'id' | 'changes'>, text: MadeText | undefined): Promise<boolean>;
  /** It is looked at again, by anybody, from then on. */
  postpone(series: Pick<ClaimedSeries, 'id'>, dueAt: string): Promise<void>;
  /** Its text is made anew when there is time, and serves until then. */
  again(target: Pick<NamedSeries, 'studyInstanceUid' | 'seriesInstanceUid'>, dueAt: string): Promise<void>;
}

export function isKept(series: SeriesText | NamedSeries): series is SeriesText {
  return 'bytes' in series;
}
