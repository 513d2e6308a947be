import type { TimeWindow } from './rule.ts';

const DAY = 1_440;
const MINUTE = 60_000;
/** A day may have 25 hours: that one, and a day more. */
const LONGEST_WAIT_MINUTES = 2_940;

/** Minutes since midnight where the facility is. */
export type LocalMinutes = (at: number) => number;

/** By the clock of this machine, which stands in the facility. */
export const systemMinutes: LocalMinutes = (at) => {
  const date = new Date(at);
  return date.getHours() * 60 + date.getMinutes();
};

/** `18:00-06:00`; undefined for what is none. A window that ends where it begins is none either. */
export function parseTimeWindow(text: string): TimeWindow | undefined {
  const [, h1 = '', m1 = '', h2 = '', m2 = ''] = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const [from, to] = [minutes(h1, m1), minutes(h2, m2)];
  return from === undefined || to === undefined || from === DAY || from % DAY === to % DAY ? undefined : { from, to };
}

function minutes(hours: string, rest: string): number | undefined {
  const value = Number(hours) * 60 + Number(rest);
  return hours === '' || Number(rest) > 59 || value > DAY ? undefined : value;
}

/** As it is written in a document. */
export function formatTimeWindow({ from, to }: TimeWindow): string {
  return `${formatMinutes(from)}-${formatMinutes(to)}`;
}

export function formatMinutes(value: number): string {
  return `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
}

export function isWithin(windows: readonly TimeWindow[], minute: number): boolean {
  return windows.some(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to));
}

/**
 * From when on it may be sent, undefined for at once. Found by going minute by minute over the windows' beginnings, so that a
 * clock that is put forward or back in between is counted as the facility's own.
 */
export function heldUntil(windows: readonly TimeWindow[], at: number, local: LocalMinutes): number | undefined {
  if (isWithin(windows, local(at))) {
    return undefined;
  }
  const minute = Math.floor(at / MINUTE) * MINUTE;
  const steps = windows.map(({ from }) => (from - local(at) + DAY) % DAY);
  const soonest = Math.max(1, Math.min(...steps) - 60);
  for (let step = soonest; step <= LONGEST_WAIT_MINUTES; step += 1) {
    if (isWithin(windows, local(minute + step * MINUTE))) {
      return minute + step * MINUTE;
    }
  }
  return undefined;
}
