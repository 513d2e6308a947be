import { type DataSet, items, TAG } from '@filmless/dicom';
import { today } from './orders.ts';

/* What a scanner says of a step it performs. PS3.4 F.7.2. */

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const day = () => today().replaceAll('-', '');

/** What it reports when it begins: what the worklist gave it, copied. */
export function begun(item: DataSet): DataSet {
  const copied = (tag: string, from: DataSet = item) => ({ [tag]: from[tag] ?? { vr: 'LO' as const } });
  const [step = {}] = items(item, TAG.ScheduledProcedureStepSequence);
  return {
    [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
    [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
    ...copied(TAG.PatientName),
    ...copied(TAG.PatientID),
    [TAG.PerformedStationAETitle]: { vr: 'AE', Value: ['CT01'] },
    [TAG.PerformedProcedureStepStartDate]: { vr: 'DA', Value: [day()] },
    [TAG.PerformedProcedureStepStartTime]: { vr: 'TM', Value: ['080500'] },
    [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['IN PROGRESS'] },
    [TAG.PerformedProcedureStepID]: { vr: 'SH', Value: ['PPS1'] },
    [TAG.PerformedSeriesSequence]: { vr: 'SQ' },
    [TAG.ScheduledStepAttributesSequence]: {
      vr: 'SQ',
      Value: [
        {
          ...copied(TAG.AccessionNumber),
          ...copied(TAG.StudyInstanceUID),
          ...copied(TAG.RequestedProcedureID),
          ...copied(TAG.ScheduledProcedureStepID, step),
        },
      ],
    },
  };
}

export function completed(series: string, images: readonly string[]): DataSet {
  const reference = (uid: string): DataSet => ({
    [TAG.ReferencedSOPClassUID]: { vr: 'UI', Value: [CT_IMAGE] },
    [TAG.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [uid] },
  });
  return {
    [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['COMPLETED'] },
    [TAG.PerformedProcedureStepEndDate]: { vr: 'DA', Value: [day()] },
    [TAG.PerformedProcedureStepEndTime]: { vr: 'TM', Value: ['081500'] },
    [TAG.PerformedSeriesSequence]: {
      vr: 'SQ',
      Value: [
        {
          [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [series] },
          [TAG.ProtocolName]: { vr: 'LO', Value: ['Nguc'] },
          [TAG.ReferencedImageSequence]: { vr: 'SQ', Value: images.map(reference) },
        },
      ],
    },
  };
}
