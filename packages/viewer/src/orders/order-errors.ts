import { ApiError } from '../api/client.ts';
import { localDate, parseDay } from '../i18n/format.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { type OrderForm, parseBirth, parseTime, parseWeight, type StepForm } from './order-form.ts';

/** Faults by field, named as the server names them: `patient.id`, `steps.0.start`. */
export type FieldErrors = ReadonlyMap<string, string>;

export const NO_ERRORS: FieldErrors = new Map();

/** The longest of each text. PS3.5 6.2: LO has 64 characters, SH 16. */
const LONGEST: readonly (readonly [keyof OrderForm & string, number])[] = [
  ['description', 64],
  ['requestingService', 64],
  ['referringPhysician', 64],
  ['clinicalInfo', 10_000],
  ['allergies', 64],
];

/** What has to be mended before the form can be sent. */
export function formErrors(form: OrderForm, now: Date): FieldErrors {
  const errors = new Map<string, string>();
  const wrong = (field: string, key: TextKey | undefined, parameters?: Readonly<Record<string, number>>) => {
    if (key !== undefined && !errors.has(field)) {
      errors.set(field, t(key, parameters));
    }
  };
  wrong('patient.id', empty(form.patientId) ?? (isText(form.patientId, 64) ? undefined : 'orders.patientIdWrong'));
  wrong('patient.name', empty(form.patientName) ?? (isName(form.patientName) ? undefined : 'orders.patientNameWrong'));
  wrong('patient.birthDate', birthFault(form.birth, now));
  wrong(
    'accessionNumber',
    form.accessionNumber.trim() === '' || isText(form.accessionNumber, 16) ? undefined : 'orders.accessionWrong',
  );
  wrong('description', empty(form.description));
  wrong('weight', form.weight.trim() === '' || parseWeight(form.weight) !== undefined ? undefined : 'orders.weightWrong');
  for (const [field, longest] of LONGEST) {
    const value = String(form[field]).trim();
    wrong(field, [...value].length > longest ? 'orders.textLong' : undefined, { count: longest });
    // LT, unlike the others, is one value, in which a backslash divides nothing.
    wrong(field, field !== 'clinicalInfo' && value.includes('\\') ? 'orders.textSign' : undefined);
  }
  wrong('steps', form.steps.length === 0 ? 'orders.needStep' : undefined);
  form.steps.forEach((step, index) => {
    for (const [field, key] of Object.entries(stepFaults(step))) {
      wrong(`steps.${index}.${field}`, key, { count: 64 });
    }
  });
  return errors;
}

function stepFaults(step: StepForm): Readonly<Record<string, TextKey | undefined>> {
  const station = step.station.trim();
  return {
    modality: step.modality === '' ? 'orders.modalityWrong' : undefined,
    stationAeTitle: station === '' || /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(station) ? undefined : 'orders.stationWrong',
    day: empty(step.day) ?? (parseDay(step.day) === undefined ? 'common.dateInvalid' : undefined),
    start: empty(step.time) ?? (parseTime(step.time) === undefined ? 'orders.timeWrong' : undefined),
    description:
      step.description.trim().length > 64 ? 'orders.textLong' : step.description.includes('\\') ? 'orders.textSign' : undefined,
  };
}

function birthFault(text: string, now: Date): TextKey | undefined {
  const birth = parseBirth(text);
  if (text.trim() === '') {
    return undefined;
  }
  if (birth === undefined) {
    return 'orders.birthWrong';
  }
  if (birth > localDate(now).slice(0, birth.length)) {
    return 'orders.birthFuture';
  }
  return Number(birth.slice(0, 4)) < now.getFullYear() - 130 ? 'orders.birthEarly' : undefined;
}

function empty(text: string): TextKey | undefined {
  return text.trim() === '' ? 'common.fieldRequired' : undefined;
}

/** No control characters and no backslash, which separates values. PS3.5 6.2. */
function isText(text: string, longest: number): boolean {
  const trimmed = text.trim();
  return trimmed !== '' && trimmed.length <= longest && !/[\\\p{Cc}]/u.test(trimmed);
}

function isName(text: string): boolean {
  return isText(text, 64) && !/[\^=]/.test(text);
}

/** What a field is called where the server's words about it cannot be shown as they are. */
const WORDS: Readonly<Record<string, TextKey>> = {
  'patient.id': 'orders.patientIdWrong',
  'patient.name': 'orders.patientNameWrong',
  'patient.birthDate': 'orders.birthWrong',
  accessionNumber: 'orders.accessionWrong',
  weight: 'orders.weightWrong',
  modality: 'orders.modalityWrong',
  stationAeTitle: 'orders.stationWrong',
  start: 'orders.timeWrong',
};

/** The server's problem sorted by field: `patient.id: too long; steps.0.start: …`. Empty when it is about no field of the form. */
export function serverErrors(problem: unknown): FieldErrors {
  if (!(problem instanceof ApiError)) {
    return NO_ERRORS;
  }
  if (problem.status === 409 && /^accessionNumber: /.test(problem.detail)) {
    return new Map([['accessionNumber', t('orders.accessionTaken')]]);
  }
  if (problem.status !== 400 && problem.status !== 422) {
    return NO_ERRORS;
  }
  const errors = new Map<string, string>();
  for (const part of problem.detail.split('; ')) {
    const match = /^([a-zA-Z]+(?:\.[a-zA-Z0-9]+)*): (.+)$/.exec(part);
    const field = match?.[1] ?? '';
    const last = field.split('.').at(-1) ?? '';
    if (FIELDS.test(field)) {
      const key = WORDS[field] ?? WORDS[last];
      errors.set(field, key === undefined ? t('orders.serverField', { detail: match?.[2] ?? '' }) : t(key));
    }
  }
  return errors;
}

/** Fields that the form shows; the others' problems stand above it. */
const FIELDS =
  /^(accessionNumber|description|requestingService|referringPhysician|clinicalInfo|allergies|weight|pregnancyStatus|facility|patient\.(id|name|birthDate|sex)|steps(\.\d+\.(modality|stationAeTitle|start|description|room))?)$/;
