import { displayName, parsePersonName } from '@filmless/dicom';
import type { Order, OrderPatient, OrderStep } from '../api/orders.ts';
import { formatAge, formatDate, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

/** `Nguyễn^Văn An` as people write it. */
export function plainName(name: string): string {
  return name.includes('^') || name.includes('=') ? displayName(parsePersonName(name)) : name.replace(/\s+/g, ' ').trim();
}

export function orderName({ name }: OrderPatient): string {
  return plainName(name) || t('worklist.noName');
}

export function sexWord(sex: string): string {
  switch (sex) {
    case 'M':
      return t('common.sexM');
    case 'F':
      return t('common.sexF');
    case 'O':
      return t('common.sexO');
    default:
      return '';
  }
}

/** Age on a day, and the year of birth; of a year alone the age is a guess of one year. */
export function ageWords(birthDate: string | null, on: string | null): string {
  const year = birthDate?.slice(0, 4) ?? '';
  if (year === '') {
    return '';
  }
  const age = /^\d{4}$/.test(birthDate ?? '') ? yearsSince(year, on) : formatAge(birthDate, on);
  return age === '' ? year : `${age} (${year})`;
}

function yearsSince(year: string, on: string | null): string {
  const count = Number(on?.slice(0, 4) ?? new Date().getFullYear()) - Number(year);
  return count > 0 ? t('common.years', { count }) : '';
}

export function personWords({ patient, steps }: Order): string {
  return [sexWord(patient.sex), ageWords(patient.birthDate, steps[0]?.start.slice(0, 10) ?? null)].filter(Boolean).join(' · ');
}

/** `01/03/2026 08:00`. */
export function startWords(start: string | null | undefined): string {
  const [day, time] = (start ?? '').split('T');
  return `${formatDate(day)} ${formatTime(time)}`.trim();
}

/** The step a row stands for: the first that is not done, else the first. */
export function nextStep({ steps }: Order): OrderStep | undefined {
  return steps.find(({ state }) => state === 'SCHEDULED' || state === 'IN_PROGRESS') ?? steps[0];
}

export function stationsOf({ steps }: Order): string {
  return [...new Set(steps.map(({ stationAeTitle }) => stationAeTitle).filter(Boolean))].join(', ');
}

export function modalitiesOf({ steps }: Order): string {
  return [...new Set(steps.map(({ modality }) => modality).filter(Boolean))].join('/');
}

/** Pregnancy Status by its code (PS3.3 C.7.2.3); what a HIS wrote in words stays in words. */
export const PREGNANCY_CODES = ['1', '2', '3', '4'] as const;

export function pregnancyWords(status: string): string {
  const code = PREGNANCY_CODES.find((known) => known === status.replace(/^0+/, ''));
  return code === undefined ? status : t(`orders.pregnancy_${code}`);
}
