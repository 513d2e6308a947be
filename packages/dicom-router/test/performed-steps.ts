import { type DataSet, TAG } from '@filmless/dicom';
import { SECONDARY_CAPTURE } from './objects.ts';

/** What a machine sends by N-CREATE when it begins with a scheduled step. */
export function createdStep(changes: DataSet = {}): DataSet {
  return {
    [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
    [TAG.ProcedureCodeSequence]: { vr: 'SQ' },
    [TAG.ReferencedPatientSequence]: { vr: 'SQ' },
    [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
    [TAG.PatientID]: { vr: 'LO', Value: ['W001'] },
    [TAG.PatientBirthDate]: { vr: 'DA', Value: ['19700101'] },
    [TAG.PatientSex]: { vr: 'CS', Value: ['M'] },
    [TAG.StudyID]: { vr: 'SH', Value: ['RP1'] },
    [TAG.PerformedStationAETitle]: { vr: 'AE', Value: ['CT01'] },
    [TAG.PerformedStationName]: { vr: 'SH' },
    [TAG.PerformedLocation]: { vr: 'SH' },
    [TAG.PerformedProcedureStepStartDate]: { vr: 'DA', Value: ['20260301'] },
    [TAG.PerformedProcedureStepStartTime]: { vr: 'TM', Value: ['080500'] },
    [TAG.PerformedProcedureStepEndDate]: { vr: 'DA' },
    [TAG.PerformedProcedureStepEndTime]: { vr: 'TM' },
    [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['IN PROGRESS'] },
    [TAG.PerformedProcedureStepID]: { vr: 'SH', Value: ['PPS1'] },
    [TAG.PerformedProcedureStepDescription]: { vr: 'LO' },
    [TAG.PerformedProcedureTypeDescription]: { vr: 'LO' },
    [TAG.PerformedProtocolCodeSequence]: { vr: 'SQ' },
    [TAG.ScheduledStepAttributesSequence]: {
      vr: 'SQ',
      Value: [
        {
          [TAG.AccessionNumber]: { vr: 'SH', Value: ['WL001'] },
          [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.4711'] },
          [TAG.ScheduledProcedureStepID]: { vr: 'SH', Value: ['SPS1'] },
          [TAG.RequestedProcedureID]: { vr: 'SH', Value: ['RP1'] },
        },
      ],
    },
    [TAG.PerformedSeriesSequence]: { vr: 'SQ' },
    ...changes,
  };
}

/** What it sends by N-SET when it is done: one series of these instances. */
export function completedSeries(sopInstanceUids: readonly string[], status = 'COMPLETED'): DataSet {
  const images = sopInstanceUids.map((uid) => ({
    [TAG.ReferencedSOPClassUID]: { vr: 'UI' as const, Value: [SECONDARY_CAPTURE] },
    [TAG.ReferencedSOPInstanceUID]: { vr: 'UI' as const, Value: [uid] },
  }));
  return {
    [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: [status] },
    [TAG.PerformedProcedureStepEndDate]: { vr: 'DA', Value: ['20260301'] },
    [TAG.PerformedProcedureStepEndTime]: { vr: 'TM', Value: ['081500'] },
    [TAG.PerformedSeriesSequence]: {
      vr: 'SQ',
      Value: [
        {
          [TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['2.25.4711.1'] },
          [TAG.ProtocolName]: { vr: 'LO', Value: ['Ngực'] },
          [TAG.ReferencedImageSequence]: { vr: 'SQ', Value: images },
        },
      ],
    },
  };
}
