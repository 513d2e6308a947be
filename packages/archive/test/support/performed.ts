import { type DataSet, TAG } from '@filmless/dicom';
import { attribute } from './objects.ts';

export interface StepFacts {
  readonly accession?: string;
  readonly study?: string;
  readonly step?: string;
  readonly patient?: string;
  readonly modality?: string;
  readonly state?: string;
}

/** The data set of an N-CREATE, as a CT sends it. */
export function performedStep(facts: StepFacts = {}): DataSet {
  return {
    [TAG.PatientName]: attribute('PN', { Alphabetic: 'Nguyễn^Văn An' }),
    [TAG.PatientID]: attribute('LO', facts.patient ?? 'P1'),
    [TAG.PerformedProcedureStepID]: attribute('SH', 'PPS1'),
    [TAG.PerformedStationAETitle]: attribute('AE', 'CT01'),
    [TAG.PerformedProcedureStepStartDate]: attribute('DA', '20260301'),
    [TAG.PerformedProcedureStepStartTime]: attribute('TM', '081500'),
    [TAG.PerformedProcedureStepStatus]: attribute('CS', facts.state ?? 'IN PROGRESS'),
    [TAG.Modality]: attribute('CS', facts.modality ?? 'CT'),
    [TAG.ScheduledStepAttributesSequence]: attribute('SQ', {
      [TAG.AccessionNumber]: attribute('SH', facts.accession ?? 'A1'),
      [TAG.StudyInstanceUID]: attribute('UI', facts.study ?? '1.2.3'),
      [TAG.ScheduledProcedureStepID]: attribute('SH', facts.step ?? 'SPS1'),
    }),
    [TAG.PerformedSeriesSequence]: { vr: 'SQ' },
  };
}

/** The modification list of a last N-SET that names instances. */
export function ended(state: string, instances: readonly string[]): DataSet {
  return {
    [TAG.PerformedProcedureStepStatus]: attribute('CS', state),
    [TAG.PerformedProcedureStepEndDate]: attribute('DA', '20260301'),
    [TAG.PerformedProcedureStepEndTime]: attribute('TM', '083000'),
    [TAG.PerformedSeriesSequence]: attribute('SQ', {
      [TAG.SeriesInstanceUID]: attribute('UI', '1.2.3.1'),
      [TAG.ReferencedImageSequence]: {
        vr: 'SQ',
        Value: instances.map((uid) => ({
          [TAG.ReferencedSOPClassUID]: attribute('UI', '1.2.840.10008.5.1.4.1.1.2'),
          [TAG.ReferencedSOPInstanceUID]: attribute('UI', uid),
        })),
      },
    }),
  };
}
