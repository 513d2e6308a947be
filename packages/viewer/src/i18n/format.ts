import { t } from './index.ts';
import { language } from './language.ts';

/** `2026-03-01` as 01/03/2026, in both languages: what hospitals write. */
export function formatDate(iso: string | null | undefined): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? '');
  return match === null ? '' : `${match[3]}/${match[2]}/${match[1]}`;
}

/** `08:05:30` as 08:05. */
export function formatTime(time: string | null | undefined): string {
  return /^\d{2}:\d{2}/.exec(time ?? '')?.[0] ?? '';
}

/** An instant, in the browser's own zone, as 01/03/2026 08:05. */
export function formatInstant(iso: string | null | undefined): string {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) {
    return '';
  }
  return `${formatDate(localDate(at))} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The calendar day of an instant in the browser's zone, `YYYY-MM-DD`. */
export function localDate(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `1/3/2026`, `01032026` or `2026-03-01` as `2026-03-01`; undefined when it is no day of the calendar. */
export function parseDay(text: string): string | undefined {
  const trimmed = text.trim();
  const dayFirst = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(trimmed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(trimmed);
  const yearFirst = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  const [year, month, date] =
    dayFirst === null ? [yearFirst?.[1], yearFirst?.[2], yearFirst?.[3]] : [dayFirst[3], dayFirst[2], dayFirst[1]];
  const at = new Date(Number(year), Number(month) - 1, Number(date));
  return at.getMonth() === Number(month) - 1 && at.getDate() === Number(date) ? localDate(at) : undefined;
}

/** 1234567 as 1.234.567 in Vietnamese, 1,234,567 in English. */
export function formatNumber(value: number): string {
  return value.toLocaleString(language.value);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value.toLocaleString(language.value, { maximumFractionDigits: step < 2 ? 0 : 1 })} ${UNITS[step] ?? ''}`;
}

/** Age on a day: years from six on, months before, days in the first month, as paediatricians count. */
export function formatAge(birth: string | null, on: string | null): string {
  const from = parts(birth);
  const to = parts(on) ?? parts(localDate(new Date()));
  if (from === undefined || to === undefined || days(from) > days(to)) {
    return '';
  }
  const months = (to.year - from.year) * 12 + (to.month - from.month) - (to.day < from.day ? 1 : 0);
  if (months >= 72) {
    return t('common.years', { count: Math.floor(months / 12) });
  }
  return months >= 1 ? t('common.months', { count: months }) : t('common.days', { count: days(to) - days(from) });
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function parts(iso: string | null): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? '');
  return match === null ? undefined : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

function days({ year, month, day }: Day): number {
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
