import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { bodyPartsOf, descriptionOf, modalityText } from '../worklist/words.ts';
import type { PriorStudy, Relation } from './prior-list.ts';

/** Whether a study came before or after the one that is read. */
export function relationText(relation: Relation): string {
  switch (relation) {
    case 'earlier':
      return t('priors.earlier');
    case 'later':
      return t('priors.later');
    case 'sameDay':
      return t('priors.sameDay');
    case 'unknown':
      return t('priors.undated');
  }
}

/** Date, modality and body part of a study in a line. */
export function priorText({ study }: PriorStudy): string {
  const what = bodyPartsOf(study) || descriptionOf(study);
  return [formatDate(study.date) || t('worklist.noDate'), modalityText(study.modalities), what].filter(Boolean).join(' · ');
}
