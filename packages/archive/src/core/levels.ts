import { TAG, type TagKey } from '@filmless/dicom';

/** Attributes a search answers with at each level, there or not. PS3.18 tables 10.6.3-3, -4 and -5. */
export const REQUIRED: Readonly<Record<'study' | 'series' | 'instance', readonly TagKey[]>> = {
  study: [
    TAG.StudyDate,
    TAG.StudyTime,
    TAG.AccessionNumber,
    TAG.ReferringPhysicianName,
    TAG.PatientName,
    TAG.PatientID,
    TAG.PatientBirthDate,
    TAG.PatientSex,
    TAG.StudyInstanceUID,
    TAG.StudyID,
  ],
  series: [TAG.Modality, TAG.StudyInstanceUID, TAG.SeriesInstanceUID, TAG.SeriesNumber],
  instance: [TAG.SOPClassUID, TAG.SOPInstanceUID, TAG.StudyInstanceUID, TAG.SeriesInstanceUID, TAG.InstanceNumber],
};

/** Attributes a search answers with when they are there. */
export const OPTIONAL: Readonly<Record<'study' | 'series' | 'instance', readonly TagKey[]>> = {
  study: [TAG.TimezoneOffsetFromUTC, TAG.StudyDescription],
  series: [
    TAG.TimezoneOffsetFromUTC,
    TAG.SeriesDescription,
    TAG.BodyPartExamined,
    TAG.PerformedProcedureStepStartDate,
    TAG.PerformedProcedureStepStartTime,
    TAG.RequestAttributesSequence,
  ],
  instance: [TAG.TimezoneOffsetFromUTC, TAG.NumberOfFrames, TAG.Rows, TAG.Columns, TAG.BitsAllocated],
};

/** Groups that say something of the patient, the request or the visit: the same in the whole study. */
const STUDY_GROUPS: ReadonlySet<string> = new Set(['0010', '0032', '0038']);
/** Further attributes of the study level: General Study, Patient Study. PS3.3 C.7.2. */
const STUDY_TAGS: ReadonlySet<TagKey> = new Set([
  ...REQUIRED.study,
  ...OPTIONAL.study,
  ...['00080051', '00080096', '0008009C', '0008009D', '00081032', '00081048', '00081049', '00081060', '00081062', '00081080'],
  ...['00081084', '00081110', '00401012'],
]);
/** General Series, Frame of Reference, General Equipment. PS3.3 C.7.3.1, C.7.4.1, C.7.5.1. */
const SERIES_TAGS: ReadonlySet<TagKey> = new Set([
  ...REQUIRED.series,
  ...OPTIONAL.series,
  ...['00080021', '00080031', '00080064', '00080068', '00080070', '00080080', '00080081', '00081010', '00081040', '00081050'],
  ...['00081052', '00081070', '00081072', '00081090', '00081111', '00181000', '00181020', '00181030', '00181200', '00181201'],
  ...['00185100', '00200052', '00200060', '00201040', '00400250', '00400251', '00400253', '00400254', '00400260', '00400280'],
]);

/** True for an attribute that `includefield=all` gives at a level. Instances have all. */
export function belongsTo(level: 'study' | 'series' | 'instance', tag: TagKey): boolean {
  switch (level) {
    case 'study':
      return STUDY_GROUPS.has(tag.slice(0, 4)) || STUDY_TAGS.has(tag);
    case 'series':
      return SERIES_TAGS.has(tag);
    case 'instance':
      return true;
  }
}
