import { type DataSet, firstText, items, TAG, type TagKey } from '@filmless/dicom';
import { ArchiveError } from '../errors.ts';
import { PERFORMED_STATES, type PerformedState } from './model.ts';

/** Referenced Non-Image Composite SOP Instance Sequence. PS3.3 C.4.15. */
const REFERENCED_NON_IMAGES: TagKey = '00400220';

/** What a step was scheduled by: an item of Scheduled Step Attributes Sequence. PS3.3 C.4.13. */
interface ScheduledBy {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly stepId: string;
}

/** What the archive reads out of a performed procedure step. PS3.3 C.4.13 to C.4.15. */
export interface PerformedContent {
  readonly state: PerformedState;
  readonly patientId: string;
  readonly stationAeTitle: string;
  readonly modality: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly scheduled: readonly ScheduledBy[];
  /** SOP Instance UIDs it names, each once. */
  readonly instances: readonly string[];
}

/** @throws ArchiveError `invalid-request` that names the attribute */
export function readPerformed(dataSet: DataSet): PerformedContent {
  return {
    state: stateOf(dataSet),
    patientId: text(dataSet, TAG.PatientID),
    stationAeTitle: text(dataSet, TAG.PerformedStationAETitle),
    modality: text(dataSet, TAG.Modality),
    start: moment(dataSet, TAG.PerformedProcedureStepStartDate, TAG.PerformedProcedureStepStartTime),
    end: moment(dataSet, TAG.PerformedProcedureStepEndDate, TAG.PerformedProcedureStepEndTime),
    scheduled: items(dataSet, TAG.ScheduledStepAttributesSequence).map((item) => ({
      studyInstanceUid: text(item, TAG.StudyInstanceUID),
      accessionNumber: text(item, TAG.AccessionNumber),
      stepId: text(item, TAG.ScheduledProcedureStepID),
    })),
    instances: namedInstances(dataSet),
  };
}

function stateOf(dataSet: DataSet): PerformedState {
  const written = text(dataSet, TAG.PerformedProcedureStepStatus);
  const state = PERFORMED_STATES.find((known) => known === written);
  if (state === undefined) {
    throw invalidAttribute(
      TAG.PerformedProcedureStepStatus,
      `${JSON.stringify(written.slice(0, 16))} is none of ${PERFORMED_STATES.join(', ')}`,
    );
  }
  return state;
}

export function invalidAttribute(attribute: TagKey, problem: string): ArchiveError {
  return new ArchiveError('invalid-request', `${attribute}: ${problem}`, { members: { code: 'invalid', attribute } });
}

function text(dataSet: DataSet, tag: TagKey): string {
  return (firstText(dataSet, tag) ?? '').trim();
}

/** Date and time as `YYYY-MM-DDTHH:MM:SS`; null where the date is none. */
function moment(dataSet: DataSet, date: TagKey, time: TagKey): string | null {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(text(dataSet, date));
  if (day === null) {
    return null;
  }
  const [, hour = '00', minute = '00', second = '00'] = /^(\d{2})(\d{2})?(\d{2})?/.exec(text(dataSet, time)) ?? [];
  return `${day.slice(1).join('-')}T${hour}:${minute}:${second}`;
}

function namedInstances(dataSet: DataSet): readonly string[] {
  const uids = items(dataSet, TAG.PerformedSeriesSequence).flatMap((series) =>
    [TAG.ReferencedImageSequence, REFERENCED_NON_IMAGES].flatMap((sequence) =>
      items(series, sequence).map((item) => text(item, TAG.ReferencedSOPInstanceUID)),
    ),
  );
  return [...new Set(uids.filter((uid) => uid !== ''))];
}
