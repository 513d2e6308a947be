import { type TextKey, t } from '../i18n/index.ts';
import { modalityName } from '../worklist/words.ts';
import type { OrderForm, StepForm } from './order-form.ts';
import { pregnancyWords, sexWord } from './words.ts';

interface FormDifference {
  readonly name: string;
  readonly mine: string;
  readonly theirs: string;
}

const FIELDS: readonly (readonly [TextKey, (form: OrderForm) => string])[] = [
  ['orders.patientId', (form) => form.patientId],
  ['orders.patientName', (form) => form.patientName],
  ['orders.birth', (form) => form.birth],
  ['orders.sex', (form) => sexWord(form.sex)],
  ['orders.priority', (form) => t(`orders.priority_${form.priority}`)],
  ['orders.description', (form) => form.description],
  ['orders.service', (form) => form.requestingService],
  ['orders.doctor', (form) => form.referringPhysician],
  ['orders.clinical', (form) => form.clinicalInfo],
  ['orders.pregnancy', (form) => pregnancyWords(form.pregnancyStatus)],
  ['orders.weight', (form) => form.weight],
  ['orders.allergies', (form) => form.allergies],
];

/** Where two versions of an order differ, in the words of the form. */
export function formDifferences(mine: OrderForm, theirs: OrderForm): readonly FormDifference[] {
  const fields = FIELDS.map(([key, read]) => ({ name: t(key), mine: read(mine).trim(), theirs: read(theirs).trim() }));
  const count = Math.max(mine.steps.length, theirs.steps.length);
  const steps = Array.from({ length: count }, (_, index) => ({
    name: t('orders.step', { number: index + 1 }),
    mine: stepWords(mine.steps[index]),
    theirs: stepWords(theirs.steps[index]),
  }));
  return [...fields, ...steps].filter((entry) => entry.mine !== entry.theirs);
}

function stepWords(step: StepForm | undefined): string {
  if (step === undefined) {
    return '';
  }
  const { day, time, modality, station, description } = step;
  return [`${day} ${time}`, modalityName(modality), station, description].filter((word) => word.trim() !== '').join(', ');
}
