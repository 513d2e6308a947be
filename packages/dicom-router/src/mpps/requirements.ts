import { TAG, type TagKey } from '@filmless/dicom';

/**
 * What an attribute must be: 1 is there with a value, 2 may be empty. An attribute of type 2 that a machine leaves out is taken as
 * empty: many do, and the order it belongs to would stay open for ever.
 */
export interface Requirement {
  readonly tag: TagKey;
  readonly type: 1 | 2;
  /** What each item of a sequence must have. */
  readonly items?: readonly Requirement[];
}

const one = (tag: TagKey, items?: readonly Requirement[]): Requirement => ({
  tag,
  type: 1,
  ...(items === undefined ? {} : { items }),
});
const two = (tag: TagKey, items?: readonly Requirement[]): Requirement => ({
  tag,
  type: 2,
  ...(items === undefined ? {} : { items }),
});

/** Referenced Non-Image Composite SOP Instance Sequence. */
const REFERENCED_NON_IMAGES: TagKey = '00400220';

const REFERENCE: readonly Requirement[] = [one(TAG.ReferencedSOPClassUID), one(TAG.ReferencedSOPInstanceUID)];

const SERIES: readonly Requirement[] = [
  two(TAG.RetrieveAETitle),
  two(TAG.SeriesDescription),
  two(TAG.PerformingPhysicianName),
  two(TAG.OperatorsName),
  two(TAG.ReferencedImageSequence, REFERENCE),
  one(TAG.ProtocolName),
  one(TAG.SeriesInstanceUID),
  two(REFERENCED_NON_IMAGES, REFERENCE),
];

/** N-CREATE, of the SCP. PS3.4 table F.7.2-1. */
export const AT_CREATION: readonly Requirement[] = [
  one(TAG.Modality),
  two(TAG.ProcedureCodeSequence),
  two(TAG.ReferencedPatientSequence),
  two(TAG.PatientName),
  two(TAG.PatientID),
  two(TAG.PatientBirthDate),
  two(TAG.PatientSex),
  two(TAG.StudyID),
  one(TAG.PerformedStationAETitle),
  two(TAG.PerformedStationName),
  two(TAG.PerformedLocation),
  one(TAG.PerformedProcedureStepStartDate),
  one(TAG.PerformedProcedureStepStartTime),
  two(TAG.PerformedProcedureStepEndDate),
  two(TAG.PerformedProcedureStepEndTime),
  one(TAG.PerformedProcedureStepStatus),
  one(TAG.PerformedProcedureStepID),
  two(TAG.PerformedProcedureStepDescription),
  two(TAG.PerformedProcedureTypeDescription),
  two(TAG.PerformedProtocolCodeSequence),
  one(TAG.ScheduledStepAttributesSequence, [
    two(TAG.AccessionNumber),
    two(TAG.ReferencedStudySequence, REFERENCE),
    one(TAG.StudyInstanceUID),
    two(TAG.RequestedProcedureDescription),
    two(TAG.ScheduledProcedureStepDescription),
    two(TAG.ScheduledProtocolCodeSequence),
    two(TAG.ScheduledProcedureStepID),
    two(TAG.RequestedProcedureID),
  ]),
  two(TAG.PerformedSeriesSequence, SERIES),
];

/** N-SET, whatever of it is there. */
export const IN_A_CHANGE: readonly Requirement[] = [two(TAG.PerformedSeriesSequence, SERIES)];

/** What is added when the step is completed. PS3.4 table F.7.2-1, column Final State. */
export const WHEN_COMPLETED: readonly Requirement[] = [
  one(TAG.PerformedProcedureStepEndDate),
  one(TAG.PerformedProcedureStepEndTime),
  one(TAG.PerformedSeriesSequence, SERIES),
];

/** A step that was given up before its first image has no series: the table asks for one, machines have none to name. */
export const WHEN_DISCONTINUED: readonly Requirement[] = [
  one(TAG.PerformedProcedureStepEndDate),
  one(TAG.PerformedProcedureStepEndTime),
  two(TAG.PerformedSeriesSequence, SERIES),
];

/** Set by N-CREATE once and for all. PS3.4 table F.7.2-1, N-SET "not allowed". */
export const UNCHANGEABLE: ReadonlySet<TagKey> = new Set([
  TAG.Modality,
  TAG.ReferencedPatientSequence,
  TAG.PatientName,
  TAG.PatientID,
  TAG.IssuerOfPatientID,
  TAG.PatientBirthDate,
  TAG.PatientSex,
  TAG.StudyID,
  TAG.PerformedStationAETitle,
  TAG.PerformedStationName,
  TAG.PerformedLocation,
  TAG.PerformedProcedureStepStartDate,
  TAG.PerformedProcedureStepStartTime,
  TAG.PerformedProcedureStepID,
  TAG.ScheduledStepAttributesSequence,
]);
