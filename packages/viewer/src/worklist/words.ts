import type { Patient, Study } from '../api/studies.ts';
import { formatAge, formatDate, formatNumber, formatTime } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';

/** The words a study is described with, on every page the same. */
export function nameOf(patient: Patient): string {
  return patient.name === '' ? t('worklist.noName') : patient.name;
}

export function sexOf({ sex }: Patient): string {
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

/** Age at the day of the study, and the year of birth: `45 tuổi (1980)`. */
export function ageOf({ patient, date }: Study): string {
  const age = formatAge(patient.birthDate, date);
  const year = patient.birthDate?.slice(0, 4) ?? '';
  return age === '' ? year : `${age} (${year})`;
}

export function whenOf({ date, time }: Study): string {
  return date === null ? t('worklist.noDate') : `${formatDate(date)} ${formatTime(time)}`.trim();
}

export function modalityName(code: string): string {
  return textOf('modality', code) ?? code;
}

/** Kinds of object that accompany images and are not what was examined. */
const COMPANIONS: ReadonlySet<string> = new Set(['KO', 'PR', 'SR', 'DOC', 'SEG', 'REG', 'RWV', 'FID', 'AU', 'PLAN']);

const MOST_MODALITIES = 3;

/** The modalities of a study, images before what accompanies them: `CT/PT`. */
export function modalityText(modalities: readonly string[]): string {
  const images = modalities.filter((code) => !COMPANIONS.has(code));
  const shown = images.length === 0 ? modalities : images;
  return shown.slice(0, MOST_MODALITIES).join('/') + (shown.length > MOST_MODALITIES ? '…' : '');
}

/** Some modalities separate the parts of a description as if it were a name. */
export function descriptionOf({ description }: Pick<Study, 'description'>): string {
  return description.replaceAll('^', ' ').trim();
}

export function bodyPartsOf(study: Pick<Study, 'bodyParts'>): string {
  return study.bodyParts.map(bodyPartName).join(', ');
}

export function bodyPartName(code: string): string {
  return textOf('bodyPart', code.toUpperCase().replace(/[\s_-]/g, '')) ?? code;
}

export function imagesOf({ seriesCount, instanceCount }: Study): string {
  return `${formatNumber(seriesCount)} / ${formatNumber(instanceCount)}`;
}

/** What is to be said of images that are still coming, or that are missing; empty when all are here. */
export function completenessOf({ completeness, instanceCount: count }: Pick<Study, 'completeness' | 'instanceCount'>): string {
  if (completeness?.state === 'arriving') {
    return t('worklist.arriving', { count });
  }
  if (completeness?.state !== 'incomplete') {
    return '';
  }
  const { received, expected } = completeness;
  return expected === null ? t('worklist.incomplete') : t('worklist.receivedOf', { received, expected });
}

/** How many studies there are: beyond a thousand the server does not count. */
export function countText({ count, exact }: { readonly count: number; readonly exact: boolean }): string {
  return exact ? t('worklist.count', { count }) : t('worklist.countAtLeast', { count });
}
