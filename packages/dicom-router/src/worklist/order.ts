/** An order as `/api/orders` gives it, as far as a worklist shows it. Texts are empty where the order says nothing. */
export interface WorklistOrder {
  readonly accessionNumber: string;
  readonly studyInstanceUid: string;
  readonly requestedProcedureId: string;
  readonly priority: string;
  readonly patient: {
    readonly id: string;
    readonly name: string;
    /** `YYYY-MM-DD` or `YYYY`. */
    readonly birthDate: string;
    readonly sex: string;
    readonly otherIds: readonly string[];
  };
  readonly description: string;
  readonly referringPhysician: string;
  readonly requestingService: string;
  readonly procedureCode: string;
  readonly clinicalInfo: string;
  readonly pregnancyStatus: string;
  /** Kilograms. */
  readonly weight: number | undefined;
  readonly allergies: string;
  readonly location: string;
  readonly steps: readonly WorklistStep[];
}

export interface WorklistStep {
  readonly id: string;
  readonly state: string;
  readonly modality: string;
  readonly stationAeTitle: string;
  /** `YYYY-MM-DDTHH:MM:SS`, local to the facility. */
  readonly start: string;
  readonly description: string;
  readonly performingPhysician: string;
  readonly room: string;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Reads one order of the archive's answer. */
export function parseOrder(value: unknown): WorklistOrder {
  const order = fieldsOf(value);
  const patient = fieldsOf(order.patient);
  return {
    accessionNumber: text(order.accessionNumber),
    studyInstanceUid: text(order.studyInstanceUid),
    requestedProcedureId: text(order.requestedProcedureId),
    priority: text(order.priority),
    patient: {
      id: text(patient.id),
      name: text(patient.name),
      birthDate: text(patient.birthDate),
      sex: text(patient.sex),
      otherIds: list(patient.otherIds).filter((id) => typeof id === 'string'),
    },
    description: text(order.description),
    referringPhysician: text(order.referringPhysician),
    requestingService: text(order.requestingService),
    procedureCode: text(order.procedureCode),
    clinicalInfo: text(order.clinicalInfo),
    pregnancyStatus: text(order.pregnancyStatus),
    weight: typeof order.weight === 'number' ? order.weight : undefined,
    allergies: text(order.allergies),
    location: text(order.location),
    steps: list(order.steps).map(parseStep),
  };
}

function parseStep(value: unknown): WorklistStep {
  const step = fieldsOf(value);
  return {
    id: text(step.id),
    state: text(step.state),
    modality: text(step.modality),
    stationAeTitle: text(step.stationAeTitle),
    start: text(step.start),
    description: text(step.description),
    performingPhysician: text(step.performingPhysician),
    room: text(step.room),
  };
}
