import { sql } from 'kysely';
import type { FoundInstance, InstanceArgs } from './arguments.ts';
import { assignments, columnValues, prepared, type Statement } from './prepared.ts';
import type { Described, SeriesFactColumns, StudyFactColumns } from './tables.ts';

/** The statements of `procedures.ts`, each compiled once. */

interface Id {
  readonly id: number;
}

const STUDY_COLUMNS = [
  'patient_id',
  'issuer',
  'name_alphabetic',
  'name_ideographic',
  'name_phonetic',
  'birth_date',
  'sex',
  'study_date',
  'study_time',
  'study_id',
  'accession_number',
  'description',
  'referring_alphabetic',
  'referring_ideographic',
  'referring_phonetic',
  'name_words',
  'id_words',
  'referring_words',
  'attributes',
  'described_at',
  'described_by',
  'patient',
] as const satisfies readonly (keyof StudyFactColumns | keyof Described | 'patient')[];

const SERIES_COLUMNS = [
  'modality',
  'number',
  'position',
  'description',
  'body_part',
  'performed_date',
  'performed_time',
  'attributes',
  'described_at',
  'described_by',
] as const satisfies readonly (keyof SeriesFactColumns | keyof Described)[];

const INSTANCE_COLUMNS = [
  'sop_instance_uid',
  'sop_class_uid',
  'transfer_syntax_uid',
  'number',
  'position',
  'rows',
  'columns',
  'bits_allocated',
  'number_of_frames',
  'frame_count',
  'size',
  'data_set_offset',
  'sha256',
  'received_at',
  'verified',
  'object_key',
  'inflated_key',
  'sender',
] as const satisfies readonly (keyof InstanceArgs)[];

interface FoundSeries extends Id, Described {
  readonly facility: string;
  readonly series_id: number | null;
  readonly series_described_at: string | null;
  readonly series_described_by: string | null;
}

/**
 * A study, and one of its series if it is there. NOTE: no LEFT JOIN: SQLite prepares one anew whenever its values change, which takes
 * five times as long as this.
 */
export const findSeries: Statement<{ readonly study: string; readonly series: string }, FoundSeries> = prepared((value) => {
  const ofSeries = sql`FROM series WHERE series.study_id = study.id AND series.series_instance_uid = ${value('series')}`;
  return sql`
    SELECT study.id, study.facility, study.described_at, study.described_by, (SELECT series.id ${ofSeries}) AS series_id,
      (SELECT series.described_at ${ofSeries}) AS series_described_at,
      (SELECT series.described_by ${ofSeries}) AS series_described_by
    FROM study WHERE study.study_instance_uid = ${value('study')}`;
});

export const findInstance: Statement<{ readonly uid: string }, FoundInstance> = prepared(
  (value) => sql`
    SELECT instance.id, instance.series_id, series.study_id, study.facility, study.study_instance_uid,
      series.series_instance_uid, instance.sop_instance_uid, instance.sha256, instance.object_key
    FROM instance JOIN series ON series.id = instance.series_id JOIN study ON study.id = series.study_id
    WHERE instance.sop_instance_uid = ${value('uid')}`,
);

export const highestStudyId: Statement<{ readonly from: number; readonly to: number }, { readonly id: number | null }> = prepared(
  (value) => sql`SELECT max(id) AS id FROM study WHERE id >= ${value('from')} AND id < ${value('to')}`,
);

/** Gives the id also when the patient is known already. */
export const insertPatient: Statement<{ readonly issuer: string; readonly patient_id: string }, Id> = prepared(
  (value) => sql`
    INSERT INTO patient (issuer, patient_id) VALUES (${value('issuer')}, ${value('patient_id')})
    ON CONFLICT (issuer, patient_id) DO UPDATE SET issuer = excluded.issuer RETURNING id`,
);

export const deleteLonelyPatients: Statement<{ readonly id: number | null }, unknown> = prepared(
  (value) => sql`DELETE FROM patient WHERE id = ${value('id')} AND NOT EXISTS (SELECT 1 FROM study WHERE patient = patient.id)`,
);

export const patientOf: Statement<Id, { readonly patient: number | null }> = prepared(
  (value) => sql`SELECT patient FROM study WHERE id = ${value('id')}`,
);

type DescribedStudy = StudyFactColumns & Described & { readonly patient: number | null; readonly id: number };

export const insertStudy: Statement<
  DescribedStudy & { readonly study_instance_uid: string; readonly facility: string; readonly at: string },
  unknown
> = prepared(
  (value) => sql`
    INSERT INTO study (
      id, study_instance_uid, facility, ${sql.join(STUDY_COLUMNS.map((column) => sql.ref(column)))},
      series_count, instance_count, bytes, received_at, updated_at, verified, conflict_count)
    VALUES (
      ${value('id')}, ${value('study_instance_uid')}, ${value('facility')}, ${sql.join(STUDY_COLUMNS.map(value))},
      0, 0, 0, ${value('at')}, ${value('at')}, 1, 0)`,
);

/** Also moves the study among the ids; series and reach follow. */
export const updateStudy: Statement<DescribedStudy & { readonly old_id: number }, unknown> = prepared(
  (value) => sql`
    UPDATE study SET id = ${value('id')}, ${assignments(STUDY_COLUMNS, value)} WHERE id = ${value('old_id')}`,
);

/** From the study's own words and reach, so after both. */
export const insertWords: Statement<Id, unknown> = prepared(
  (value) => sql`
    INSERT INTO study_words (rowid, name, ids, referring, facilities)
    SELECT id, name_words, id_words, referring_words,
      (SELECT group_concat('f' || hex(facility), ' ') FROM reach WHERE reach.study_id = study.id)
    FROM study WHERE id = ${value('id')}`,
);

export const deleteWords: Statement<Id, unknown> = prepared((value) => sql`DELETE FROM study_words WHERE rowid = ${value('id')}`);

/** The owner's row is never changed by a share. */
export const setReach: Statement<
  { readonly study_id: number; readonly facility: string; readonly expires_at: string | null },
  unknown
> = prepared(
  (value) => sql`
    INSERT INTO reach (facility, study_id, expires_at)
    VALUES (${value('facility')}, ${value('study_id')}, ${value('expires_at')})
    ON CONFLICT (facility, study_id) DO UPDATE SET expires_at = excluded.expires_at
    WHERE reach.facility <> (SELECT facility FROM study WHERE id = excluded.study_id)`,
);

export const removeReach: Statement<{ readonly study: string; readonly facility: string }, unknown> = prepared(
  (value) => sql`
    DELETE FROM reach WHERE facility = ${value('facility')} AND study_id =
      (SELECT id FROM study WHERE study_instance_uid = ${value('study')} AND facility <> ${value('facility')})`,
);

export const setConflicts: Statement<{ readonly study: string; readonly open: number }, unknown> = prepared(
  (value) => sql`UPDATE study SET conflict_count = ${value('open')} WHERE study_instance_uid = ${value('study')}`,
);

export const insertLeftOut: Statement<{ readonly key: string; readonly reason: string }, unknown> = prepared(
  (value) => sql`INSERT INTO left_out (object_key, reason) VALUES (${value('key')}, ${value('reason')}) ON CONFLICT DO NOTHING`,
);

type DescribedSeries = SeriesFactColumns & Described;

export const insertSeries: Statement<DescribedSeries & { readonly study_id: number; readonly series_instance_uid: string }, Id> =
  prepared(
    (value) => sql`
    INSERT INTO series (
      study_id, series_instance_uid, ${sql.join(SERIES_COLUMNS.map((column) => sql.ref(column)))}, instance_count, frame_count)
    VALUES (${value('study_id')}, ${value('series_instance_uid')}, ${sql.join(SERIES_COLUMNS.map(value))}, 0, 0)
    RETURNING id`,
  );

export const updateSeries: Statement<DescribedSeries & Id, unknown> = prepared(
  (value) => sql`UPDATE series SET ${assignments(SERIES_COLUMNS, value)} WHERE id = ${value('id')}`,
);

export const insertRequest: Statement<
  { readonly series_id: number; readonly step_id: string | null; readonly procedure_id: string | null },
  unknown
> = prepared((value) => sql`INSERT INTO series_request ${columnValues(['series_id', 'step_id', 'procedure_id'], value)}`);

export const deleteRequests: Statement<{ readonly series_id: number }, unknown> = prepared(
  (value) => sql`DELETE FROM series_request WHERE series_id = ${value('series_id')}`,
);

export const gatherModalities: Statement<{ readonly study_id: number }, unknown> = prepared(
  (value) => sql`
    UPDATE study SET modalities = (SELECT group_concat(modality, char(92)) FROM
      (SELECT DISTINCT modality FROM series WHERE study_id = study.id AND modality IS NOT NULL ORDER BY modality))
    WHERE id = ${value('study_id')}`,
);

/** Decides whether the SOP Instance UID is new: gives the row of the object that has it, this one or another. */
export const insertInstance: Statement<InstanceArgs & { readonly series_id: number }, Id & { readonly object_key: string }> =
  prepared(
    (value) => sql`
      INSERT INTO instance ${columnValues([...INSTANCE_COLUMNS, 'series_id'], value)}
      ON CONFLICT (sop_instance_uid) DO UPDATE SET sop_instance_uid = excluded.sop_instance_uid
      RETURNING id, object_key`,
  );

export const insertHeader: Statement<{ readonly id: number; readonly header: Uint8Array; readonly layout: Uint8Array }, unknown> =
  prepared(
    (value) => sql`
      INSERT INTO instance_header (instance_id, header, layout) VALUES (${value('id')}, ${value('header')}, ${value('layout')})`,
  );

export const countInSeries: Statement<{ readonly id: number; readonly frames: number }, unknown> = prepared(
  (value) => sql`
    UPDATE series SET instance_count = instance_count + 1, frame_count = frame_count + ${value('frames')},
      changes = changes + 1, settled = 0
    WHERE id = ${value('id')}`,
);

export const countInStudy: Statement<
  { readonly id: number; readonly series: number; readonly bytes: number; readonly at: string; readonly verified: number },
  unknown
> = prepared(
  (value) => sql`
    UPDATE study SET instance_count = instance_count + 1, series_count = series_count + ${value('series')},
      bytes = bytes + ${value('bytes')}, received_at = min(received_at, ${value('at')}),
      updated_at = max(updated_at, ${value('at')}), verified = min(verified, ${value('verified')})
    WHERE id = ${value('id')}`,
);

export const deleteInstance: Statement<Id, unknown> = prepared((value) => sql`DELETE FROM instance WHERE id = ${value('id')}`);

export const deleteEmptySeries: Statement<Id, unknown> = prepared(
  (value) => sql`
    DELETE FROM series WHERE id = ${value('id')} AND NOT EXISTS (SELECT 1 FROM instance WHERE series_id = series.id)`,
);

export const deleteEmptyStudy: Statement<Id, { readonly id: number; readonly patient: number | null }> = prepared(
  (value) => sql`
    DELETE FROM study WHERE id = ${value('id')} AND NOT EXISTS (SELECT 1 FROM series WHERE study_id = study.id)
    RETURNING id, patient`,
);

/** After a removal: counters from the rows themselves. */
export const recountSeries: Statement<{ readonly study_id: number }, unknown> = prepared(
  (value) => sql`
    UPDATE series SET (instance_count, frame_count) =
      (SELECT count(*), coalesce(sum(frame_count), 0) FROM instance WHERE series_id = series.id)
    WHERE study_id = ${value('study_id')}`,
);

export const recountStudy: Statement<Id, unknown> = prepared(
  (value) => sql`
    UPDATE study SET (series_count, instance_count, bytes, received_at, updated_at, verified) =
      (SELECT count(DISTINCT series.id), count(*), sum(size), min(instance.received_at), max(instance.received_at), min(verified)
       FROM series JOIN instance ON instance.series_id = series.id WHERE series.study_id = study.id)
    WHERE id = ${value('id')}`,
);
