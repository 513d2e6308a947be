import type { Rejection } from '../api/rejections.ts';
import { formatDate, formatInstant, localDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

export function patientOf({ patientName }: Rejection): string {
  return patientName === '' ? t('rejections.noName') : patientName;
}

export function reasonOf({ code }: Rejection): string {
  return code === null ? t('rejections.deleted') : t(`rejections.code_${code}`);
}

/** The day after which they go by themselves. */
export function keptUntil({ removeAfter }: Rejection): string {
  return formatDate(localDate(new Date(removeAfter)));
}

/** What stands below its state. */
export function standingOf(rejection: Rejection): string {
  const { state, endedAt, endedBy } = rejection;
  if (state === 'hidden' || state === 'hiding') {
    return t('rejections.until', { date: keptUntil(rejection) });
  }
  const at = formatInstant(endedAt);
  return endedBy === null ? t('rejections.endedByTime', { at }) : t('rejections.endedBy', { at, name: endedBy });
}
