import { type Attribute, type DataSet, isUid, type JsonValue, TAG } from '@filmless/dicom';
import { fitting, isWhole, nameAttribute, textAttribute } from './fitting.ts';
import type { WorklistOrder, WorklistStep } from './order.ts';

/** Study Component and Detached Study classes are retired; modalities copy the reference as they get it. PS3.4 K.6.1.2.2. */
const DETACHED_STUDY_MANAGEMENT = '1.2.840.10008.3.1.2.3.1';
const LOCAL_SCHEME = '99LOCAL';

/** What an item needs beside its order. */
export interface ItemContext {
  /** AE title of a step that no station was set for: any machine that asks may do it. */
  readonly anyStation: string;
  /** Issuer of the facility's patient ids. */
  readonly patientIdIssuer: string;
}

/**
 * A scheduled procedure step as a worklist item, with every attribute of PS3.4 table K.6-1 that is known of it, empty ones too;
 * texts are cut to what their VR holds. Undefined where an identifier does not fit: a cut one would be another's.
 */
export function worklistItem(order: WorklistOrder, step: WorklistStep, context: ItemContext): DataSet | undefined {
  const start = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(step.start);
  const station = step.stationAeTitle === '' ? context.anyStation : step.stationAeTitle;
  const identified =
    isWhole('SH', order.accessionNumber) &&
    isWhole('LO', order.patient.id) &&
    isWhole('SH', order.requestedProcedureId) &&
    isWhole('SH', step.id) &&
    isWhole('AE', station) &&
    isUid(order.studyInstanceUid);
  if (start === null || !identified) {
    return undefined;
  }
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = start;
  return {
    ...request(order),
    ...patient(order, context.patientIdIssuer),
    ...medical(order),
    [TAG.ScheduledProcedureStepSequence]: {
      vr: 'SQ',
      Value: [scheduledStep(order, step, station, year + month + day, hour + minute + second)],
    },
  };
}

function scheduledStep(order: WorklistOrder, step: WorklistStep, station: string, date: string, time: string): DataSet {
  const description = step.description === '' ? order.description : step.description;
  return {
    [TAG.Modality]: textAttribute('CS', step.modality),
    [TAG.RequestedContrastAgent]: { vr: 'LO' },
    [TAG.ScheduledStationAETitle]: textAttribute('AE', station),
    [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: [date] },
    [TAG.ScheduledProcedureStepStartTime]: { vr: 'TM', Value: [time] },
    [TAG.ScheduledPerformingPhysicianName]: nameAttribute(step.performingPhysician),
    // Type 1C: one of description and protocol code must be there. PS3.4 table K.6-1.
    [TAG.ScheduledProcedureStepDescription]: textAttribute('LO', description === '' ? step.modality : description),
    [TAG.ScheduledProtocolCodeSequence]: codes(order),
    [TAG.ScheduledProcedureStepID]: textAttribute('SH', step.id),
    [TAG.ScheduledStationName]: textAttribute('SH', step.stationAeTitle),
    [TAG.ScheduledProcedureStepLocation]: textAttribute('SH', step.room),
    [TAG.PreMedication]: { vr: 'LO' },
    [TAG.ScheduledProcedureStepStatus]: textAttribute('CS', step.state === 'IN_PROGRESS' ? 'STARTED' : step.state),
  };
}

/** Requested Procedure, Imaging Service Request and Visit. */
function request(order: WorklistOrder): DataSet {
  const description = order.description === '' ? (order.steps[0]?.description ?? '') : order.description;
  return {
    [TAG.AccessionNumber]: textAttribute('SH', order.accessionNumber),
    [TAG.ReferringPhysicianName]: nameAttribute(order.referringPhysician),
    [TAG.ReferencedStudySequence]: {
      vr: 'SQ',
      Value: [
        {
          [TAG.ReferencedSOPClassUID]: { vr: 'UI', Value: [DETACHED_STUDY_MANAGEMENT] },
          [TAG.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [order.studyInstanceUid] },
        },
      ],
    },
    [TAG.ReferencedPatientSequence]: { vr: 'SQ' },
    [TAG.StudyInstanceUID]: { vr: 'UI', Value: [order.studyInstanceUid] },
    [TAG.RequestingPhysician]: nameAttribute(order.referringPhysician),
    [TAG.RequestingService]: textAttribute('LO', order.requestingService),
    [TAG.RequestedProcedureDescription]: textAttribute('LO', description === '' ? order.requestedProcedureId : description),
    [TAG.RequestedProcedureCodeSequence]: codes(order),
    [TAG.AdmissionID]: { vr: 'LO' },
    [TAG.CurrentPatientLocation]: textAttribute('LO', order.location),
    [TAG.RequestedProcedureID]: textAttribute('SH', order.requestedProcedureId),
    [TAG.ReasonForTheRequestedProcedure]: textAttribute('LO', order.clinicalInfo),
    [TAG.RequestedProcedurePriority]: textAttribute('SH', order.priority),
    [TAG.PatientTransportArrangements]: { vr: 'LO' },
    [TAG.ImagingServiceRequestComments]: textAttribute('LT', order.clinicalInfo),
  };
}

/** The hospital's own code, in a scheme that says so. PS3.3 8.8, PS3.16 8. */
function codes({ procedureCode, description }: WorklistOrder): Attribute {
  const value = fitting('SH', procedureCode);
  if (value === '') {
    return { vr: 'SQ' };
  }
  const item: DataSet = {
    [TAG.CodeValue]: { vr: 'SH', Value: [value] },
    [TAG.CodingSchemeDesignator]: { vr: 'SH', Value: [LOCAL_SCHEME] },
    [TAG.CodeMeaning]: textAttribute('LO', description === '' ? value : description),
  };
  return { vr: 'SQ', Value: [item] };
}

/** Patient Identification and Demographic. */
function patient({ patient: who, weight }: WorklistOrder, issuer: string): DataSet {
  const others: readonly JsonValue[] = who.otherIds.map((id) => fitting('LO', id)).filter((id) => id !== '');
  const birthDate = who.birthDate.replaceAll('-', '');
  return {
    [TAG.PatientName]: nameAttribute(who.name),
    [TAG.PatientID]: textAttribute('LO', who.id),
    [TAG.IssuerOfPatientID]: textAttribute('LO', issuer),
    // A DA is a whole day: of a year alone nothing is told rather than a day nobody said. PS3.5 6.2.
    [TAG.PatientBirthDate]: /^\d{8}$/.test(birthDate) ? { vr: 'DA', Value: [birthDate] } : { vr: 'DA' },
    [TAG.PatientSex]: textAttribute('CS', who.sex),
    [TAG.OtherPatientIDs]: others.length === 0 ? { vr: 'LO' } : { vr: 'LO', Value: others },
    [TAG.PatientWeight]: weight === undefined ? { vr: 'DS' } : { vr: 'DS', Value: [weight] },
    [TAG.ConfidentialityConstraintOnPatientDataDescription]: { vr: 'LO' },
  };
}

/** Patient Medical. Pregnancy Status is 1 not, 2 possibly, 3 definitely, 4 unknown. PS3.3 C.2.4. */
function medical(order: WorklistOrder): DataSet {
  const stated = order.pregnancyStatus.trim();
  const code = /^[1-4]$/.test(stated) ? Number(stated) : undefined;
  const unknown = stated === '' ? undefined : 4;
  const status = code ?? unknown;
  return {
    [TAG.MedicalAlerts]: { vr: 'LO' },
    [TAG.Allergies]: textAttribute('LO', order.allergies),
    [TAG.PregnancyStatus]: status === undefined ? { vr: 'US' } : { vr: 'US', Value: [status] },
    // Words that are no code are shown to whoever stands at the machine.
    [TAG.SpecialNeeds]: textAttribute('LO', code === undefined ? stated : ''),
    [TAG.AdditionalPatientHistory]: textAttribute('LT', order.clinicalInfo),
    [TAG.PatientState]: { vr: 'LO' },
  };
}

const NOBODY: WorklistOrder = {
  accessionNumber: '1',
  studyInstanceUid: '2.25.1',
  requestedProcedureId: '1',
  priority: 'ROUTINE',
  patient: { id: '1', name: '', birthDate: '', sex: '', otherIds: [] },
  description: '',
  referringPhysician: '',
  requestingService: '',
  procedureCode: '1',
  clinicalInfo: '',
  pregnancyStatus: '',
  weight: undefined,
  allergies: '',
  location: '',
  steps: [],
};
const NOTHING: WorklistStep = {
  id: '1',
  state: 'SCHEDULED',
  modality: 'OT',
  stationAeTitle: '',
  start: '2000-01-01T00:00:00',
  description: '',
  performingPhysician: '',
  room: '',
};

/** An item of nobody: which attributes items have, with their VRs. */
export const SHAPE: DataSet = worklistItem(NOBODY, NOTHING, { anyStation: 'ANY', patientIdIssuer: '' }) ?? {};
