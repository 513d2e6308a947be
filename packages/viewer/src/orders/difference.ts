import { fold } from '@filmless/dicom';
import type { Order } from '../api/orders.ts';
import type { Study } from '../api/studies.ts';
import { formatDate } from '../i18n/format.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { modalityText, nameOf } from '../worklist/words.ts';
import { birthText } from './order-form.ts';
import { modalitiesOf, nextStep, orderName, plainName, sexWord } from './words.ts';

/** `accents`: the same but for marks and case, as when a console writes no accents. `unknown`: one side says nothing. */
type Agreement = 'same' | 'accents' | 'different' | 'unknown';

export interface Comparison {
  readonly key: 'name' | 'id' | 'birth' | 'sex' | 'modality' | 'day' | 'description';
  readonly title: TextKey;
  readonly study: string;
  readonly order: string;
  readonly agreement: Agreement;
}

/** Study and order side by side: whom they name first, then what was done. */
export function compare(study: Study, order: Order): readonly Comparison[] {
  const { patient } = order;
  const day = nextStep(order)?.start.slice(0, 10) ?? '';
  return [
    {
      key: 'name',
      title: 'orders.patientName',
      study: nameOf(study.patient),
      order: orderName(patient),
      agreement: nameAgreement(study.patient.name, plainName(patient.name)),
    },
    entry('id', 'orders.patientId', study.patient.id.trim(), patient.id),
    {
      key: 'birth',
      title: 'worklist.birthDate',
      study: birthText(study.patient.birthDate),
      order: birthText(patient.birthDate),
      agreement: birthAgreement(study.patient.birthDate ?? '', patient.birthDate ?? ''),
    },
    entry('sex', 'orders.sex', sexWord(study.patient.sex), sexWord(patient.sex)),
    {
      key: 'modality',
      title: 'orders.modality',
      study: modalityText(study.modalities),
      order: modalitiesOf(order),
      agreement: modalityAgreement(study, order),
    },
    entry('day', 'orders.day', formatDate(study.date), formatDate(day)),
    { key: 'description', title: 'orders.description', study: study.description, order: order.description, agreement: 'unknown' },
  ];
}

/** Who is meant differs: then a person has to look. */
export function patientDiffers(comparisons: readonly Comparison[]): boolean {
  return comparisons.some(({ key, agreement }) => agreement === 'different' && PATIENT.has(key));
}

const PATIENT: ReadonlySet<Comparison['key']> = new Set(['name', 'id', 'birth', 'sex'] as const);

function entry(key: Comparison['key'], title: TextKey, study: string, order: string): Comparison {
  return { key, title, study, order, agreement: agreementOf(study, order) };
}

function agreementOf(study: string, order: string): Agreement {
  return study === '' || order === '' ? 'unknown' : study === order ? 'same' : 'different';
}

function nameAgreement(study: string, order: string): Agreement {
  const exact = agreementOf(study, order);
  return exact === 'different' && nameWords(study) === nameWords(order) ? 'accents' : exact;
}

/** The searched form of a name, without the age that machines append: `NGUYEN VAN AN 65T`. */
export function foldedName(name: string): string {
  return fold(plainName(name)).replace(/ ?\b\d{1,3}t$/, '');
}

/** Consoles and HIS differ in which part of a name comes first. */
function nameWords(name: string): string {
  return foldedName(name).split(' ').sort().join(' ');
}

/** A year alone agrees with every day of it. */
function birthAgreement(study: string, order: string): Agreement {
  const length = Math.min(study.length, order.length);
  return agreementOf(study.slice(0, length), order.slice(0, length));
}

function modalityAgreement(study: Study, order: Order): Agreement {
  const known = order.steps.map(({ modality }) => kind(modality));
  return study.modalities.some((modality) => known.includes(kind(modality))) ? 'same' : 'different';
}

/** Computed and digital radiography are one kind. */
function kind(modality: string): string {
  return modality === 'CR' ? 'DX' : modality;
}

export function agreementWord(agreement: Agreement): string {
  switch (agreement) {
    case 'same':
      return t('unmatched.same');
    case 'accents':
      return t('unmatched.accents');
    case 'different':
      return t('unmatched.different');
    case 'unknown':
      return '';
  }
}
