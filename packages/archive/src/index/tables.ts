import { queryBuilder } from '@filmless/database';
import type { Kysely } from 'kysely';

interface PatientTable {
  readonly id: number;
  readonly issuer: string;
  readonly patient_id: string;
}

/** Columns that come from the header of the instance that describes the study: the one received first. */
export interface StudyFactColumns {
  readonly patient_id: string | null;
  readonly issuer: string;
  readonly name_alphabetic: string | null;
  readonly name_ideographic: string | null;
  readonly name_phonetic: string | null;
  readonly birth_date: string | null;
  readonly sex: string | null;
  readonly study_date: string | null;
  readonly study_time: string | null;
  readonly study_id: string | null;
  readonly accession_number: string | null;
  readonly description: string | null;
  readonly referring_alphabetic: string | null;
  readonly referring_ideographic: string | null;
  readonly referring_phonetic: string | null;
  /** Folded words for the full-text index, kept to make its row again when facilities or modalities change. */
  readonly name_words: string;
  readonly id_words: string;
  readonly referring_words: string;
  /** DICOM JSON. */
  readonly attributes: string;
}

export interface Described {
  /** The instance whose header describes the row: the earliest by (received at, UID), so that any order gives the same. */
  readonly described_at: string;
  readonly described_by: string;
}

export interface StudyTable extends StudyFactColumns, Described {
  /** Grows with study date and time (see `study-order.ts`): the newest studies are the highest rowids. */
  readonly id: number;
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly patient: number | null;
  /** Modalities of the series, sorted, joined by `\`. */
  readonly modalities: string | null;
  readonly series_count: number;
  readonly instance_count: number;
  readonly bytes: number;
  readonly received_at: string;
  readonly updated_at: string;
  readonly verified: number;
  readonly conflict_count: number;
}

/**
 * Full-text index without a copy of the text; `rowid` is the study's id. A token begins with the letter of what it is of: n and r a word of the name
 * of patient or referring physician, b and c the first one of each (of a name in several scripts all, for any may be), i one of patient id or accession number, f a facility that reaches the study (in force or not: it
 * narrows the search, `reach` decides), m a modality, both in hexadecimal. `a` has every study.
 */
interface StudyWordsTable {
  readonly rowid: number;
  readonly words: string;
  readonly study_words: string;
}

/** Tokens of names that some study has or had: by these a word is found of which the beginning is not known. */
interface WordTable {
  readonly word: string;
}

/** How much is kept of each facility. Parted by study, so that those who store at once do not wait for one row. */
interface CountedTable {
  readonly facility: string;
  readonly shard: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}

/** The facilities that reach a study: the owner's, and those it is shared with. The predicate of every query. */
interface ReachTable {
  readonly facility: string;
  readonly study_id: number;
  /** ISO 8601; `null` for the owner and for shares without an end. */
  readonly expires_at: string | null;
}

export interface SeriesFactColumns {
  readonly modality: string | null;
  readonly number: number | null;
  /** `number`, with the series that have none behind all others. */
  readonly position: number;
  readonly description: string | null;
  readonly body_part: string | null;
  readonly performed_date: string | null;
  readonly performed_time: string | null;
  readonly attributes: string;
}

interface SeriesTable extends SeriesFactColumns, Described {
  readonly id: number;
  readonly study_id: number;
  readonly series_instance_uid: string;
  readonly instance_count: number;
  readonly frame_count: number;
}

/** Items of Request Attributes Sequence. */
interface SeriesRequestTable {
  readonly series_id: number;
  readonly step_id: string | null;
  readonly procedure_id: string | null;
}

export interface InstanceTable {
  readonly id: number;
  readonly series_id: number;
  readonly sop_instance_uid: string;
  readonly sop_class_uid: string;
  readonly transfer_syntax_uid: string;
  readonly number: number | null;
  readonly position: number;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly bits_allocated: number | null;
  readonly number_of_frames: number | null;
  readonly frame_count: number;
  readonly size: number;
  readonly data_set_offset: number;
  readonly sha256: string;
  readonly received_at: string;
  readonly verified: number;
  readonly object_key: string;
  readonly inflated_key: string | null;
  /** JSON of `Sender`; null where it was kept by a version that did not note it. */
  readonly sender: string | null;
}

/** Apart, so that walking over instances reads small rows. Both are deflated JSON. */
interface InstanceHeaderTable {
  readonly instance_id: number;
  readonly header: Uint8Array;
  /** `{ bulk, frames }`. */
  readonly layout: Uint8Array;
}

export interface IndexTables {
  readonly patient: PatientTable;
  readonly study: StudyTable;
  readonly study_words: StudyWordsTable;
  readonly word: WordTable;
  readonly counted: CountedTable;
  readonly reach: ReachTable;
  readonly series: SeriesTable;
  readonly series_request: SeriesRequestTable;
  readonly instance: InstanceTable;
  readonly instance_header: InstanceHeaderTable;
}

export const db: Kysely<IndexTables> = queryBuilder<IndexTables>();
