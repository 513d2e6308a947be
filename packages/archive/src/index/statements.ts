import { type RawBuilder, sql } from 'kysely';
import type { FoundInstance, InstanceArgs } from './arguments.ts';
import { either } from './either.ts';
import { assignments, columnValues, prepared, type Statement } from './prepared.ts';
import type { Described, SeriesFactColumns, StudyFactColumns } from './tables.ts';

/** The statements of `procedures.ts`, each compiled once. */

interface Id {
  readonly id: number;
}

const LEAST = either({ sqlite: sql`min`, postgres: sql`least` });
const GREATEST = either({ sqlite: sql`max`, postgres: sql`greatest` });
interface Counts {
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}

const ADDED = sql`studies = counted.studies + excluded.studies, series = counted.series + excluded.series,
  instances = counted.instances + excluded.instances, bytes = counted.bytes + excluded.bytes`;

/** NOTE: on PostgreSQL by connection, for transactions of several calls would lock rows of studies one against the other. */
const SHARD = (id: RawBuilder<unknown>): RawBuilder<unknown> =>
  either({ sqlite: sql`${id} % 16`, postgres: sql`pg_backend_pid() % 1024` });
const sign = (value: (name: 'sign') => RawBuilder<unknown>): RawBuilder<unknown> => sql`CAST(${value('sign')} AS BIGINT)`;

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

interface FreeId {
  readonly from: number;
  readonly to: number;
  readonly part_from: number;
  readonly part_to: number;
}

/**
 * The id behind the highest one of a range. NOTE: on PostgreSQL of a part of it, so that processes that put in studies of one second do
 * not wait for one another.
 */
export const freeStudyId: Statement<FreeId, Id & { readonly is_full: number }> = prepared((value) => {
  const behind = (from: RawBuilder<unknown>, to: RawBuilder<unknown>) => sql`
    SELECT coalesce(max(id) + 1, ${from}) AS id, coalesce(max(id) + 1 >= ${to}, FALSE) AS is_full
    FROM study WHERE id >= ${from} AND id < ${to}`;
  const whole = (name: 'from' | 'to' | 'part_from' | 'part_to') => sql`CAST(${value(name)} AS BIGINT)`;
  return either({
    sqlite: behind(value('from'), value('to')),
    postgres: behind(whole('part_from'), whole('part_to')),
  });
});

/** On SQLite gives the id also when the patient is known already; on PostgreSQL that would keep others who store that patient waiting. */
export const insertPatient: Statement<{ readonly issuer: string; readonly patient_id: string }, Id> = prepared(
  (value) => sql`
    INSERT INTO patient (issuer, patient_id) VALUES (${value('issuer')}, ${value('patient_id')})
    ON CONFLICT (issuer, patient_id) ${either({ sqlite: sql`DO UPDATE SET issuer = excluded.issuer`, postgres: sql`DO NOTHING` })}
    RETURNING id`,
);

export const findPatient: Statement<{ readonly issuer: string; readonly patient_id: string }, Id> = prepared(
  (value) => sql`SELECT id FROM patient WHERE issuer = ${value('issuer')} AND patient_id = ${value('patient_id')}`,
);

/** NOTE: not on PostgreSQL, where another process may just be storing a study of theirs: a number without studies is found by nobody. */
export const deleteLonelyPatients: Statement<{ readonly id: number | null }, unknown> = prepared(
  (value) => sql`
    DELETE FROM patient WHERE id = ${value('id')} AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient = patient.id)
      ${either({ sqlite: sql``, postgres: sql`AND FALSE` })}`,
);

export const patientOf: Statement<Id, { readonly patient: number | null }> = prepared(
  (value) => sql`SELECT patient FROM study WHERE id = ${value('id')}`,
);

type DescribedStudy = StudyFactColumns & Described & { readonly patient: number | null; readonly id: number };

/** Gives no row where another process put in the same study, or took the id, a moment ago. */
export const insertStudy: Statement<
  DescribedStudy & { readonly study_instance_uid: string; readonly facility: string; readonly at: string },
  Id
> = prepared(
  (value) => sql`
    INSERT INTO study (
      id, study_instance_uid, facility, ${sql.join(STUDY_COLUMNS.map((column) => sql.ref(column)))},
      series_count, instance_count, bytes, received_at, updated_at, verified, conflict_count)
    VALUES (
      ${value('id')}, ${value('study_instance_uid')}, ${value('facility')}, ${sql.join(STUDY_COLUMNS.map(value))},
      0, 0, 0, ${value('at')}, ${value('at')}, 1, 0) ${either({ sqlite: sql``, postgres: sql`ON CONFLICT DO NOTHING` })}
    RETURNING id`,
);

/** On PostgreSQL nobody else changes the study, or what belongs to it, until this is committed. */
export const lockStudy: Statement<{ readonly study: string }, Id> = prepared(
  (value) => sql`
    SELECT id FROM study WHERE study_instance_uid = ${value('study')} ${either({ sqlite: sql``, postgres: sql`FOR NO KEY UPDATE` })}`,
);

/** Also moves the study among the ids; series and reach follow. */
export const updateStudy: Statement<DescribedStudy & { readonly old_id: number }, unknown> = prepared(
  (value) => sql`
    UPDATE study SET id = ${value('id')}, ${assignments(STUDY_COLUMNS, value)} WHERE id = ${value('old_id')}`,
);

/** What was stored is counted of the facility that owns it. */
export const count: Statement<Counts & { readonly facility: string; readonly id: number }, unknown> = prepared(
  (value) => sql`
    INSERT INTO counted (facility, shard, studies, series, instances, bytes)
    VALUES (${value('facility')}, ${SHARD(value('id'))}, ${value('studies')}, ${value('series')}, ${value('instances')}, ${value('bytes')})
    ON CONFLICT (facility, shard) DO UPDATE SET ${ADDED}`,
);

/** A whole study, as its row has it: 1 counts it in, -1 out. */
export const countStudy: Statement<Id & { readonly sign: 1 | -1 }, unknown> = prepared(
  (value) => sql`
    INSERT INTO counted (facility, shard, studies, series, instances, bytes)
    SELECT facility, ${SHARD(sql`id`)}, ${sign(value)}, ${sign(value)} * series_count, ${sign(value)} * instance_count, ${sign(value)} * bytes
    FROM study WHERE id = ${value('id')}
    ON CONFLICT (facility, shard) DO UPDATE SET ${ADDED}`,
);

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

/** Whether the study has a series of that modality. */
export const findModality: Statement<{ readonly study_id: number; readonly modality: string | null }, Id> = prepared(
  (value) =>
    sql`SELECT id FROM series WHERE study_id = ${value('study_id')} AND modality IS NOT DISTINCT FROM ${value('modality')} LIMIT 1`,
);

export const gatherModalities: Statement<{ readonly study_id: number }, unknown> = prepared(
  (value) => sql`
    UPDATE study SET modalities = (SELECT ${either({
      sqlite: sql`group_concat(modality, char(92))`,
      postgres: sql`string_agg(modality, chr(92) ORDER BY modality)`,
    })} FROM (SELECT DISTINCT modality FROM series WHERE study_id = study.id AND modality IS NOT NULL ORDER BY modality) AS own)
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
      bytes = bytes + ${value('bytes')}, received_at = ${LEAST}(received_at, ${value('at')}),
      updated_at = ${GREATEST}(updated_at, ${value('at')}), verified = ${LEAST}(verified, ${value('verified')})
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
