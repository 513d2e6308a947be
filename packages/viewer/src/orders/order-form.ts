import type { Order, OrderStep, Priority } from '../api/orders.ts';
import { formatDate, formatTime, localDate, parseDay } from '../i18n/format.ts';
import { plainName } from './words.ts';

/** A step as it stands in the form: everything is text until it is sent. */
export interface StepForm {
  /** Tells rows apart while they are edited. */
  readonly key: string;
  /** Empty for a step that is not saved yet. */
  readonly id: string;
  readonly modality: string;
  readonly station: string;
  readonly day: string;
  readonly time: string;
  readonly description: string;
  readonly room: string;
  /** A machine has begun with it. */
  readonly begun: boolean;
}

export interface OrderForm {
  readonly facility: string;
  /** Of the study an order is made for afterwards; empty for all others. */
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly priority: Priority;
  readonly patientId: string;
  readonly patientName: string;
  readonly birth: string;
  readonly sex: string;
  readonly description: string;
  readonly requestingService: string;
  readonly referringPhysician: string;
  readonly clinicalInfo: string;
  readonly pregnancyStatus: string;
  readonly weight: string;
  readonly allergies: string;
  readonly steps: readonly StepForm[];
}

let lastKey = 0;

/** A step for the next quarter of an hour: an order that is typed by hand is mostly for now. */
export function newStep(now: Date, like?: Partial<StepForm>): StepForm {
  const at = new Date(Math.ceil(now.getTime() / 900_000) * 900_000);
  lastKey += 1;
  return {
    id: '',
    modality: '',
    station: '',
    day: formatDate(localDate(at)),
    time: at.toTimeString().slice(0, 5),
    description: '',
    room: '',
    begun: false,
    ...like,
    key: `new-${lastKey}`,
  };
}

export function emptyForm(facility: string, now: Date): OrderForm {
  return {
    facility,
    studyInstanceUid: '',
    accessionNumber: '',
    priority: 'ROUTINE',
    patientId: '',
    patientName: '',
    birth: '',
    sex: '',
    description: '',
    requestingService: '',
    referringPhysician: '',
    clinicalInfo: '',
    pregnancyStatus: '',
    weight: '',
    allergies: '',
    steps: [newStep(now)],
  };
}

export function formOf(order: Order): OrderForm {
  return {
    facility: order.facility,
    studyInstanceUid: '',
    accessionNumber: order.accessionNumber,
    priority: order.priority,
    patientId: order.patient.id,
    patientName: plainName(order.patient.name),
    birth: birthText(order.patient.birthDate),
    sex: order.patient.sex,
    description: order.description,
    requestingService: order.requestingService,
    referringPhysician: plainName(order.referringPhysician),
    clinicalInfo: order.clinicalInfo,
    pregnancyStatus: order.pregnancyStatus,
    weight: order.weight === null ? '' : String(order.weight),
    allergies: order.allergies,
    steps: order.steps.map(stepForm),
  };
}

function stepForm(step: OrderStep): StepForm {
  const { id, modality, stationAeTitle: station, description, room, state } = step;
  const [day, time] = step.start.split('T');
  const begun = state !== '' && state !== 'SCHEDULED' && state !== 'CANCELLED';
  return { key: id, id, modality, station, day: formatDate(day), time: formatTime(time), description, room, begun };
}

/** `1980-05-20` as 20/05/1980, `1980` as it is. */
export function birthText(birthDate: string | null): string {
  return formatDate(birthDate) || (birthDate ?? '');
}

/** `20/05/1980`, `20051980` or `1980` in the form that is sent; undefined when it is neither a day nor a year. */
export function parseBirth(text: string): string | undefined {
  const trimmed = text.trim();
  return /^\d{4}$/.test(trimmed) ? trimmed : parseDay(trimmed);
}

/** `8:30`, `8h30`, `0830` or `8h` as `08:30:00`; undefined when it is no time of the day. */
export function parseTime(text: string): string | undefined {
  const match = /^(\d{1,2})(?:[:hg.](\d{2})?|(\d{2}))?$/i.exec(text.trim());
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2] ?? match?.[3] ?? 0)];
  if (match === null || hours > 23 || minutes > 59) {
    return undefined;
  }
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:00`;
}

/** `62,5` and `62.5`. */
export function parseWeight(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= 0.2 && value <= 500 ? value : undefined;
}

/** What the server computes: it is not sent back. */
const COMPUTED: ReadonlySet<string> = new Set(['state', 'createdAt', 'updatedAt', 'version', 'performed', 'study', 'studies']);

/** The form as the server takes it. What the form does not show of the order it was made of stays as it was. */
export function orderBody(form: OrderForm, order?: Order): Readonly<Record<string, unknown>> {
  const kept = Object.fromEntries(Object.entries(order?.raw ?? {}).filter(([name]) => !COMPUTED.has(name)));
  const keptPatient = record(kept.patient);
  return stated({
    ...kept,
    ...(form.studyInstanceUid === '' ? {} : { studyInstanceUid: form.studyInstanceUid }),
    facility: form.facility,
    accessionNumber: form.accessionNumber.trim(),
    priority: form.priority,
    patient: stated({
      ...keptPatient,
      id: form.patientId.trim(),
      name: nameToSend(form.patientName, order?.patient.name),
      birthDate: parseBirth(form.birth),
      sex: form.sex,
    }),
    description: form.description.trim(),
    requestingService: form.requestingService.trim(),
    referringPhysician: nameToSend(form.referringPhysician, order?.referringPhysician),
    clinicalInfo: form.clinicalInfo.trim(),
    pregnancyStatus: form.pregnancyStatus,
    weight: parseWeight(form.weight),
    allergies: form.allergies.trim(),
    steps: form.steps.map((step) => stepBody(step, keptStep(kept.steps, step.id))),
  });
}

function stepBody(step: StepForm, kept: Readonly<Record<string, unknown>>): object {
  const { state: _, ...rest } = kept;
  return stated({
    ...rest,
    id: step.id,
    modality: step.modality,
    stationAeTitle: step.station.trim(),
    start: startOf(step, kept.start),
    description: step.description.trim(),
    room: step.room.trim(),
  });
}

/** The seconds of a start that nobody touched stay. */
function startOf({ day, time }: StepForm, kept: unknown): string | undefined {
  const [date, at] = [parseDay(day), parseTime(time)];
  if (date === undefined || at === undefined) {
    return undefined;
  }
  const start = `${date}T${at}`;
  return typeof kept === 'string' && kept.slice(0, 16) === start.slice(0, 16) ? kept : start;
}

/** A name nobody touched goes back as it came: its parts are not for us to forget. */
function nameToSend(typed: string, before: string | undefined): string {
  const name = typed.trim().replace(/\s+/g, ' ').normalize('NFC');
  return before !== undefined && plainName(before) === name ? before : name;
}

function keptStep(steps: unknown, id: string): Readonly<Record<string, unknown>> {
  const found = Array.isArray(steps) && id !== '' ? steps.map(record).find((step) => step.id === id) : undefined;
  return found ?? {};
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Leaves out what says nothing. */
function stated(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}
