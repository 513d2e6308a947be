import { parseDate } from '../text/date.ts';

const DAY_MS = 86_400_000;
const WHOLE_DAY = /^(\d{8})(.*)$/s;

/**
 * A DA value so many days later (or earlier), as `YYYYMMDD`; undefined for what is no whole date, or leaves the years 1 to 9999.
 */
export function shiftDate(text: string, days: number): string | undefined {
  const date = parseDate(text);
  if (date?.month === undefined || date.day === undefined) {
    return undefined;
  }
  const moved = new Date(0);
  moved.setUTCFullYear(date.year, date.month - 1, date.day);
  moved.setTime(moved.getTime() + days * DAY_MS);
  const year = moved.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) {
    return undefined;
  }
  const parts = [String(year).padStart(4, '0'), moved.getUTCMonth() + 1, moved.getUTCDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('');
}

/** A DT value so many days later, its time and offset as they are; undefined for one that names no whole day. */
export function shiftDateTime(text: string, days: number): string | undefined {
  const [, day = '', rest = ''] = WHOLE_DAY.exec(text.trim()) ?? [];
  const moved = shiftDate(day, days);
  return moved === undefined ? undefined : moved + rest;
}
