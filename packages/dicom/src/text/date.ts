/** The VRs of dates and times. */
export type DateVr = 'DA' | 'TM' | 'DT';

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12, or undefined where only the year is known. */
  readonly month: number | undefined;
  readonly day: number | undefined;
}

/**
 * Bounds that compare as text with the normalised values of `normaliseDate`; both ends included. A missing end is open.
 * PS3.4 C.2.2.2.5.
 */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

const DATE = /^(\d{4})(?:[.\-/]?(\d{2})(?:[.\-/]?(\d{2}))?)?$/;
const TIME = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/;
const OFFSET = /^[+-](?:0\d|1[0-4])[0-5]\d$/;
const DATE_TIME = /^(\d{4}(?:\d{2}(?:\d{2}(?:\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?)?)?)([+-]\d{4})?$/;

const FIRST = '00000101000000.000000';
const LAST = '99991231235960.999999';

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/**
 * A DA value, also as old machines write it (`1993.08.22`, `1993-08-22`) and when only the year or month is known. Undefined for
 * what is no date. PS3.5 6.2.
 */
export function parseDate(text: string): CalendarDate | undefined {
  const match = DATE.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [year, month, day] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (year === undefined || year === 0 || month === 0 || day === 0) {
    return undefined;
  }
  if (month !== undefined && (month > 12 || (day !== undefined && day > daysIn(year, month)))) {
    return undefined;
  }
  return { year, month, day };
}

function normaliseDay(text: string, edge: string): string | undefined {
  const date = parseDate(text);
  if (date === undefined) {
    return undefined;
  }
  const month = date.month === undefined ? edge.slice(4, 6) : String(date.month).padStart(2, '0');
  const last = edge === LAST ? String(daysIn(date.year, Number(month))).padStart(2, '0') : '01';
  const day = date.day === undefined ? last : String(date.day).padStart(2, '0');
  return `${String(date.year).padStart(4, '0')}${month}${day}`;
}

/** A time as `HHMMSS.FFFFFF`; what is left out is the beginning or the end of it. Second 60 is a leap second. */
function normaliseTime(text: string, edge: string): string | undefined {
  const match = TIME.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, hour = '', minute, second, fraction] = match;
  if (Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) {
    return undefined;
  }
  const isLast = edge === LAST;
  const filled = fraction === undefined ? (isLast ? '999999' : '000000') : fraction.padEnd(6, isLast ? '9' : '0');
  return `${hour}${minute ?? edge.slice(10, 12)}${second ?? (isLast ? '60' : '00')}.${filled}`;
}

/** A date and time as `YYYYMMDDHHMMSS.FFFFFF` of UTC where the offset is known, of local time where not. */
function normaliseDateTime(text: string, edge: string): string | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, local = '', offset] = match;
  if (offset !== undefined && !OFFSET.test(offset)) {
    return undefined;
  }
  const day = normaliseDay(local.slice(0, 8), edge);
  const time = local.length > 8 ? normaliseTime(local.slice(8), edge) : edge === LAST ? '235960.999999' : '000000.000000';
  if (day === undefined || time === undefined) {
    return undefined;
  }
  return offset === undefined ? day + time : shifted(day, time, offset);
}

function shifted(day: string, time: string, offset: string): string {
  const minutes = (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5))) * (offset.startsWith('-') ? -1 : 1);
  const instant = new Date(0);
  instant.setUTCFullYear(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
  instant.setUTCHours(Number(time.slice(0, 2)), Number(time.slice(2, 4)) - minutes, 0);
  const parts = [instant.getUTCMonth() + 1, instant.getUTCDate(), instant.getUTCHours(), instant.getUTCMinutes()];
  const year = String(instant.getUTCFullYear()).padStart(4, '0');
  return `${year}${parts.map((part) => String(part).padStart(2, '0')).join('')}${time.slice(4)}`;
}

function normalise(vr: DateVr, text: string, edge: string): string | undefined {
  switch (vr) {
    case 'DA':
      return normaliseDay(text, edge);
    case 'TM':
      return normaliseTime(text, edge);
    case 'DT':
      return normaliseDateTime(text, edge);
  }
}

/**
 * A value in the form the bounds of a range compare with: `20240131`, `093000.000000`, `20240131093000.000000`. A value that names
 * a span (`2024`, `09`) is its beginning. Undefined for what is no date or time.
 */
export function normaliseDate(vr: DateVr, text: string): string | undefined {
  return normalise(vr, text, FIRST);
}

/** The offset of a DT begins with the sign that divides a range: what reads as one value with an offset is no range. PS3.4 C.2.2.2.5.2. */
function splitRange(vr: DateVr, text: string): readonly [from: string, to: string] | undefined {
  const trimmed = text.trim();
  if (vr === 'DA' && /^\d{4}-\d{2}(-\d{2})?$/.test(trimmed)) {
    return undefined;
  }
  if (vr !== 'DT') {
    const parts = trimmed.split('-');
    return parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : undefined;
  }
  if (normaliseDateTime(trimmed, FIRST) !== undefined) {
    return undefined;
  }
  const match = /^([0-9.]*(?:[+-]\d{4})?)-([0-9.]*(?:[+-]\d{4})?)$/.exec(trimmed);
  return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
}

/**
 * A matching key of DA, TM or DT: a value (`20240131`, also a span like `202401`) or a range (`20240101-`, `-20240131`). Undefined
 * when it is neither; an empty key is an open range.
 */
export function parseDateRange(vr: DateVr, text: string): DateRange | undefined {
  if (text.trim() === '' || text.trim() === '-') {
    return {};
  }
  const [first, last] = splitRange(vr, text) ?? [text, text];
  const from = first.trim() === '' ? undefined : normalise(vr, first, FIRST);
  const to = last.trim() === '' ? undefined : normalise(vr, last, LAST);
  if ((first.trim() !== '' && from === undefined) || (last.trim() !== '' && to === undefined)) {
    return undefined;
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Whether a value lies in a range. A value that is no date lies only in the open one. */
export function matchesRange(vr: DateVr, value: string, range: DateRange): boolean {
  if (range.from === undefined && range.to === undefined) {
    return true;
  }
  const normalised = normaliseDate(vr, value);
  if (normalised === undefined) {
    return false;
  }
  return (range.from === undefined || normalised >= range.from) && (range.to === undefined || normalised <= range.to);
}
