import type { TagKey } from '@filmless/dicom';

/** Attributes of a Unified Procedure Step that are looked at, by PS3.6 keyword. */
export const UPS = {
  ProcedureStepState: '00741000',
  ProcedureStepProgressInformationSequence: '00741002',
  ProcedureStepProgress: '00741004',
  ContactURI: '0074100A',
  ContactDisplayName: '0074100C',
  ProcedureStepDiscontinuationReasonCodeSequence: '0074100E',
  ScheduledProcedureStepPriority: '00741200',
  WorklistLabel: '00741202',
  ProcedureStepLabel: '00741204',
  ScheduledProcessingParametersSequence: '00741210',
  UnifiedProcedureStepPerformedProcedureSequence: '00741216',
  ReplacedProcedureStepSequence: '00741224',
  RequestingAE: '00741236',
  ReasonForCancellation: '00741238',
  ScheduledProcedureStepStartDateTime: '00404005',
  ScheduledProcedureStepExpirationDateTime: '00404008',
  HumanPerformerCodeSequence: '00404009',
  ScheduledProcedureStepModificationDateTime: '00404010',
  ExpectedCompletionDateTime: '00404011',
  ScheduledWorkitemCodeSequence: '00404018',
  PerformedWorkitemCodeSequence: '00404019',
  InputInformationSequence: '00404021',
  ScheduledStationNameCodeSequence: '00404025',
  ScheduledStationClassCodeSequence: '00404026',
  ScheduledStationGeographicLocationCodeSequence: '00404027',
  PerformedStationNameCodeSequence: '00404028',
  OutputInformationSequence: '00404033',
  ScheduledHumanPerformersSequence: '00404034',
  HumanPerformerOrganization: '00404036',
  InputReadinessState: '00404041',
  PerformedProcedureStepStartDateTime: '00404050',
  PerformedProcedureStepEndDateTime: '00404051',
  ProcedureStepCancellationDateTime: '00404052',
  CommentsOnTheScheduledProcedureStep: '00400400',
  ReferencedRequestSequence: '0040A370',
  AdmissionID: '00380010',
  IssuerOfAdmissionIDSequence: '00380014',
  AdmittingDiagnosesDescription: '00081080',
  AdmittingDiagnosesCodeSequence: '00081084',
  OtherPatientIDsSequence: '00101002',
  IssuerOfPatientIDQualifiersSequence: '00100024',
} as const;

/**
 * One attribute: what a new Workitem must have of it (`1` a value, `2` be there, `0` be there without a value, `3` nothing), what a change may do
 * (`1` give a value, `2` give or empty it, `-` nothing), and whether a search gives it unasked.
 */
interface Requirement {
  readonly tag: TagKey;
  readonly create: '0' | '1' | '2' | '3';
  readonly set: '1' | '2' | '-';
  readonly found: boolean;
}

const row = (tag: TagKey, create: Requirement['create'], set: Requirement['set'], found = true): Requirement => ({
  tag,
  create,
  set,
  found,
});

/** What stands in no row is optional. PS3.4 table CC.2.5-3. */
export const REQUIREMENTS: readonly Requirement[] = [
  // SOP Common
  row('00080016', '3', '-'),
  row('00080018', '3', '-'),
  // Unified Procedure Step Scheduled Procedure Information
  row(UPS.ScheduledProcedureStepPriority, '1', '1'),
  row(UPS.ScheduledProcedureStepModificationDateTime, '3', '1'),
  row(UPS.ProcedureStepLabel, '1', '1'),
  row(UPS.WorklistLabel, '2', '1'),
  row(UPS.ScheduledProcessingParametersSequence, '2', '2', false),
  row(UPS.ScheduledStationNameCodeSequence, '2', '2'),
  row(UPS.ScheduledStationClassCodeSequence, '2', '2'),
  row(UPS.ScheduledStationGeographicLocationCodeSequence, '2', '2'),
  row(UPS.ScheduledHumanPerformersSequence, '3', '2'),
  row(UPS.ScheduledProcedureStepStartDateTime, '1', '1'),
  row(UPS.ExpectedCompletionDateTime, '3', '1'),
  row(UPS.ScheduledProcedureStepExpirationDateTime, '3', '2'),
  row(UPS.ScheduledWorkitemCodeSequence, '2', '1'),
  row(UPS.CommentsOnTheScheduledProcedureStep, '2', '1'),
  row(UPS.InputReadinessState, '1', '1'),
  row(UPS.InputInformationSequence, '2', '2', false),
  row('0020000D', '3', '2'),
  // Unified Procedure Step Relationship
  row('00100010', '2', '-'),
  row('00100020', '2', '-'),
  row('00100021', '3', '-'),
  row(UPS.IssuerOfPatientIDQualifiersSequence, '3', '-'),
  row(UPS.OtherPatientIDsSequence, '2', '2'),
  row('00100030', '2', '-'),
  row('00100040', '2', '-'),
  row(UPS.AdmissionID, '2', '-'),
  row(UPS.IssuerOfAdmissionIDSequence, '2', '-'),
  row(UPS.AdmittingDiagnosesDescription, '2', '-'),
  row(UPS.AdmittingDiagnosesCodeSequence, '2', '-'),
  row(UPS.ReferencedRequestSequence, '2', '-'),
  row(UPS.ReplacedProcedureStepSequence, '3', '-'),
  // Unified Procedure Step Progress Information
  row(UPS.ProcedureStepState, '1', '-'),
  row(UPS.ProcedureStepProgressInformationSequence, '0', '2'),
  // Unified Procedure Step Performed Procedure Information
  row(UPS.UnifiedProcedureStepPerformedProcedureSequence, '0', '2', false),
];

/** What each item of a sequence must have a value of. */
export const WITHIN: readonly (readonly [sequence: TagKey, tag: TagKey])[] = [
  [UPS.ScheduledHumanPerformersSequence, UPS.HumanPerformerCodeSequence],
  [UPS.ReferencedRequestSequence, '0020000D'],
  [UPS.ReplacedProcedureStepSequence, '00081150'],
  [UPS.ReplacedProcedureStepSequence, '00081155'],
];

/** PS3.3 C.30.1, C.30.2. */
export const TERMS: Readonly<Record<TagKey, readonly string[]>> = {
  [UPS.ScheduledProcedureStepPriority]: ['HIGH', 'MEDIUM', 'LOW'],
  [UPS.InputReadinessState]: ['INCOMPLETE', 'UNAVAILABLE', 'READY'],
};

/** What a step that ended must have within each item of a sequence: a value, or at least be there. */
interface FinalRequirement {
  readonly sequence: TagKey;
  readonly values: readonly TagKey[];
  readonly there: readonly TagKey[];
}

/** Codes P and X of PS3.4 CC.2.5.1.1. */
export const FINAL: Readonly<Record<'COMPLETED' | 'CANCELED', FinalRequirement>> = {
  COMPLETED: {
    sequence: UPS.UnifiedProcedureStepPerformedProcedureSequence,
    values: [
      UPS.PerformedStationNameCodeSequence,
      UPS.PerformedProcedureStepStartDateTime,
      UPS.PerformedWorkitemCodeSequence,
      UPS.PerformedProcedureStepEndDateTime,
    ],
    there: [UPS.OutputInformationSequence],
  },
  CANCELED: {
    sequence: UPS.ProcedureStepProgressInformationSequence,
    values: [UPS.ProcedureStepCancellationDateTime, UPS.ProcedureStepDiscontinuationReasonCodeSequence],
    there: [],
  },
};
