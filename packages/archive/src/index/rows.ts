import { type FoldedName, wordsOf } from '@filmless/dicom';
import type { InstanceFacts, NewInstance, SeriesFacts, StudyFacts } from '../core/index-port.ts';
import type { StoredInstance } from '../core/model.ts';
import type { AddArgs, InstanceArgs, SeriesArgs, StudyArgs } from './arguments.ts';
import { headerText, layoutText } from './codec.ts';
import type { InstanceTable } from './tables.ts';

/** Where series and instances without a number stand: behind all others. */
const LAST = Number.MAX_SAFE_INTEGER;

/** `described`: the index is believed to have the facts of the study and the series. */
export function addArgs(added: NewInstance, described = false): AddArgs {
  return {
    study_instance_uid: added.studyInstanceUid,
    series_instance_uid: added.seriesInstanceUid,
    facts: described ? null : { study: studyArgs(added.study), series: seriesArgs(added.series) },
    instance: instanceArgs(added.instance, added.verified),
    header: added.headerText ?? headerText(added.header),
    layout: layoutText({ bulk: added.bulk, frames: added.frames }),
    facility: added.facility,
    write: added.write ?? null,
    run: added.run ?? null,
  };
}

function nameWords(name: FoldedName): string {
  const groups = [name.alphabetic, name.ideographic, name.phonetic];
  return groups.flatMap((group) => wordsOf(group ?? '')).join(' ');
}

export function studyArgs(study: StudyFacts): StudyArgs {
  return {
    study_instance_uid: study.studyInstanceUid,
    patient_id: study.patientId,
    issuer: study.issuer,
    name_alphabetic: study.patientName.alphabetic,
    name_ideographic: study.patientName.ideographic,
    name_phonetic: study.patientName.phonetic,
    birth_date: study.birthDate,
    sex: study.sex,
    study_date: study.date,
    study_time: study.time,
    study_id: study.studyId,
    accession_number: study.accessionNumber,
    description: study.description,
    referring_alphabetic: study.referringPhysician.alphabetic,
    referring_ideographic: study.referringPhysician.ideographic,
    referring_phonetic: study.referringPhysician.phonetic,
    attributes: JSON.stringify(study.attributes),
    name_words: nameWords(study.patientName),
    id_words: [study.patientId, study.accessionNumber].flatMap((id) => wordsOf(id ?? '')).join(' '),
    referring_words: nameWords(study.referringPhysician),
  };
}

export function seriesArgs(series: SeriesFacts): SeriesArgs {
  return {
    series_instance_uid: series.seriesInstanceUid,
    modality: series.modality,
    number: series.number,
    position: series.number ?? LAST,
    description: series.description,
    body_part: series.bodyPart,
    performed_date: series.performedDate,
    performed_time: series.performedTime,
    attributes: JSON.stringify(series.attributes),
    requests: series.requests.map(({ stepId, procedureId }) => ({ step_id: stepId, procedure_id: procedureId })),
  };
}

function instanceArgs(instance: InstanceFacts, verified: boolean): InstanceArgs {
  return {
    sop_instance_uid: instance.sopInstanceUid,
    sop_class_uid: instance.sopClassUid,
    transfer_syntax_uid: instance.transferSyntaxUid,
    number: instance.number,
    position: instance.number ?? LAST,
    rows: instance.rows,
    columns: instance.columns,
    bits_allocated: instance.bitsAllocated,
    number_of_frames: instance.numberOfFrames,
    frame_count: instance.frameCount,
    size: instance.size,
    data_set_offset: instance.dataSetOffset,
    sha256: instance.sha256,
    received_at: instance.receivedAt,
    verified: verified ? 1 : 0,
    object_key: instance.objectKey,
    inflated_key: instance.inflatedKey,
    sender: instance.sender === null ? null : JSON.stringify(instance.sender),
  };
}

/** An instance's row with the names of what it belongs to. */
export interface InstanceRow
  extends Pick<
    InstanceTable,
    | 'id'
    | 'series_id'
    | 'sop_instance_uid'
    | 'sop_class_uid'
    | 'transfer_syntax_uid'
    | 'number'
    | 'position'
    | 'frame_count'
    | 'size'
    | 'data_set_offset'
    | 'sha256'
    | 'received_at'
    | 'object_key'
    | 'inflated_key'
  > {
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly facility: string;
}

export function storedInstance(row: InstanceRow): StoredInstance {
  return {
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    instanceNumber: row.number,
    frameCount: row.frame_count,
    facility: row.facility,
    size: row.size,
    dataSetOffset: row.data_set_offset,
    sha256: row.sha256,
    receivedAt: row.received_at,
    objectKey: row.object_key,
    inflatedKey: row.inflated_key,
  };
}
