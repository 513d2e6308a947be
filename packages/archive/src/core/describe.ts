import {
  type DataSet,
  firstNumber,
  firstText,
  foldGroups,
  items,
  type MutableDataSet,
  normaliseDate,
  personName,
  TAG,
  type TagKey,
} from '@filmless/dicom';
import type { RequestFacts, SeriesFacts, StudyFacts } from './index-port.ts';
import { OPTIONAL, REQUIRED } from './levels.ts';
import { lookupVr } from './vr-of.ts';

/** An attribute's text without padding; `null` when it is empty or absent. */
function text(dataSet: DataSet, tag: TagKey): string | null {
  const value = firstText(dataSet, tag)?.trim() ?? '';
  return value === '' ? null : value;
}

function integer(dataSet: DataSet, tag: TagKey): number | null {
  const value = firstNumber(dataSet, tag);
  return value !== undefined && Number.isSafeInteger(value) ? value : null;
}

function temporal(dataSet: DataSet, vr: 'DA' | 'TM', tag: TagKey): string | null {
  const value = text(dataSet, tag);
  return value === null ? null : (normaliseDate(vr, value) ?? null);
}

/** A level's own attributes: the required ones also when empty, the others when they are there. */
function attributesOf(dataSet: DataSet, level: 'study' | 'series'): DataSet {
  const attributes: MutableDataSet = {};
  for (const tag of REQUIRED[level]) {
    attributes[tag] = dataSet[tag] ?? { vr: lookupVr(tag) };
  }
  for (const tag of OPTIONAL[level]) {
    const attribute = dataSet[tag];
    if (attribute !== undefined) {
      attributes[tag] =
        tag === TAG.RequestAttributesSequence ? { vr: 'SQ', Value: items(dataSet, tag).map(requestIds) } : attribute;
    }
  }
  return attributes;
}

function requestIds(item: DataSet): DataSet {
  const ids: MutableDataSet = {};
  for (const tag of [TAG.ScheduledProcedureStepID, TAG.RequestedProcedureID]) {
    const attribute = item[tag];
    if (attribute !== undefined) {
      ids[tag] = attribute;
    }
  }
  return ids;
}

/** What the index keeps of a study, from the header of one of its instances. */
export function studyFacts(header: DataSet, studyInstanceUid: string, defaultIssuer: string): StudyFacts {
  return {
    studyInstanceUid,
    patientId: text(header, TAG.PatientID),
    issuer: text(header, TAG.IssuerOfPatientID) ?? defaultIssuer,
    patientName: foldGroups(personName(header, TAG.PatientName)),
    birthDate: temporal(header, 'DA', TAG.PatientBirthDate),
    sex: text(header, TAG.PatientSex),
    date: temporal(header, 'DA', TAG.StudyDate),
    time: temporal(header, 'TM', TAG.StudyTime),
    studyId: text(header, TAG.StudyID),
    accessionNumber: text(header, TAG.AccessionNumber),
    description: text(header, TAG.StudyDescription),
    referringPhysician: foldGroups(personName(header, TAG.ReferringPhysicianName)),
    attributes: { ...attributesOf(header, 'study'), [TAG.StudyInstanceUID]: { vr: 'UI', Value: [studyInstanceUid] } },
  };
}

export function seriesFacts(header: DataSet, studyInstanceUid: string, seriesInstanceUid: string): SeriesFacts {
  return {
    seriesInstanceUid,
    modality: text(header, TAG.Modality),
    number: integer(header, TAG.SeriesNumber),
    description: text(header, TAG.SeriesDescription),
    bodyPart: text(header, TAG.BodyPartExamined),
    performedDate: temporal(header, 'DA', TAG.PerformedProcedureStepStartDate),
    performedTime: temporal(header, 'TM', TAG.PerformedProcedureStepStartTime),
    requests: items(header, TAG.RequestAttributesSequence).map(
      (item): RequestFacts => ({
        stepId: text(item, TAG.ScheduledProcedureStepID),
        procedureId: text(item, TAG.RequestedProcedureID),
      }),
    ),
    attributes: {
      ...attributesOf(header, 'series'),
      [TAG.StudyInstanceUID]: { vr: 'UI', Value: [studyInstanceUid] },
      [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [seriesInstanceUid] },
    },
  };
}

/** The columns of an instance that come from its header. */
export function instanceFacts(header: DataSet): {
  readonly number: number | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly bitsAllocated: number | null;
  readonly numberOfFrames: number | null;
} {
  return {
    number: integer(header, TAG.InstanceNumber),
    rows: integer(header, TAG.Rows),
    columns: integer(header, TAG.Columns),
    bitsAllocated: integer(header, TAG.BitsAllocated),
    numberOfFrames: integer(header, TAG.NumberOfFrames),
  };
}
