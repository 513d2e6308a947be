import { TAG, type TagKey, tagOf } from '@filmless/dicom';

/** What a search is for. Patients are no level of PS3.18: the Patient Root of C-FIND has them. */
export type SearchLevel = 'patient' | 'study' | 'series' | 'instance';

/** Attributes a search answers with at each level, there or not. PS3.18 tables 10.6.3-3, -4 and -5; PS3.4 table C.6-1. */
export const REQUIRED: Readonly<Record<SearchLevel, readonly TagKey[]>> = {
  patient: [TAG.PatientName, TAG.PatientID, TAG.PatientBirthDate, TAG.PatientSex],
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
export const OPTIONAL: Readonly<Record<SearchLevel, readonly TagKey[]>> = {
  patient: [],
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

/** Tags of keywords of PS3.6, written one after the other. */
function tagsOf(keywords: string): readonly TagKey[] {
  return keywords
    .split(/\s+/)
    .map(tagOf)
    .filter((tag) => tag !== undefined);
}

/** Computed, or the answering machine's own: no header is asked for them. */
export const NOT_IN_HEADERS: ReadonlySet<TagKey> = new Set(
  tagsOf(`SpecificCharacterSet InstanceAvailability RetrieveURL RetrieveAETitle QueryRetrieveLevel AvailableTransferSyntaxUID
    IssuerOfPatientID ModalitiesInStudy SOPClassesInStudy AnatomicRegionsInStudyCodeSequence NumberOfPatientRelatedStudies
    NumberOfPatientRelatedSeries NumberOfPatientRelatedInstances NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances
    NumberOfSeriesRelatedInstances`),
);

/** Of the patient, and the same in each of the patient's studies. PS3.3 C.7.1.1. */
const OF_THE_VISIT: ReadonlySet<TagKey> = new Set(
  tagsOf('PatientAge PatientSize PatientWeight Occupation AdditionalPatientHistory'),
);

/** Groups that say something of the patient, the request or the visit: the same in the whole study. */
const STUDY_GROUPS: ReadonlySet<string> = new Set(['0010', '0032', '0038']);
/** General Study. PS3.3 C.7.2.1. */
const STUDY_MODULE = `IssuerOfAccessionNumberSequence ReferringPhysicianIdentificationSequence ConsultingPhysicianName
  ConsultingPhysicianIdentificationSequence ProcedureCodeSequence PhysiciansOfRecord PhysiciansOfRecordIdentificationSequence
  NameOfPhysiciansReadingStudy PhysiciansReadingStudyIdentificationSequence AdmittingDiagnosesDescription
  AdmittingDiagnosesCodeSequence ReferencedStudySequence ReasonForPerformedProcedureCodeSequence`;
/** General Series, Frame of Reference, General Equipment. PS3.3 C.7.3.1, C.7.4.1, C.7.5.1. */
const SERIES_MODULES = `SeriesDate SeriesTime ConversionType PresentationIntentType Manufacturer InstitutionName InstitutionAddress
  StationName InstitutionalDepartmentName PerformingPhysicianName PerformingPhysicianIdentificationSequence OperatorsName
  OperatorIdentificationSequence ManufacturerModelName ReferencedPerformedProcedureStepSequence DeviceSerialNumber SoftwareVersions
  ProtocolName DateOfLastCalibration TimeOfLastCalibration PatientPosition FrameOfReferenceUID Laterality
  PositionReferenceIndicator PerformedProcedureStepEndDate PerformedProcedureStepEndTime PerformedProcedureStepID
  PerformedProcedureStepDescription PerformedProtocolCodeSequence CommentsOnThePerformedProcedureStep`;

const STUDY_TAGS: ReadonlySet<TagKey> = new Set([...REQUIRED.study, ...OPTIONAL.study, ...tagsOf(STUDY_MODULE)]);
const SERIES_TAGS: ReadonlySet<TagKey> = new Set([...REQUIRED.series, ...OPTIONAL.series, ...tagsOf(SERIES_MODULES)]);

/** True for an attribute that `includefield=all` gives at a level. Instances have all. */
export function belongsTo(level: SearchLevel, tag: TagKey): boolean {
  switch (level) {
    case 'patient':
      return tag.startsWith('0010') && !OF_THE_VISIT.has(tag);
    case 'study':
      return STUDY_GROUPS.has(tag.slice(0, 4)) || STUDY_TAGS.has(tag);
    case 'series':
      return SERIES_TAGS.has(tag);
    case 'instance':
      return true;
  }
}
