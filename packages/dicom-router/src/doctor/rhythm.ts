/**
 * In which hours of the week a machine calls. Of each of the 168 hours, Monday 0 h first, a byte remembers nine weeks less one:
 * bit n is set when it called in that hour n weeks before `week`.
 */
export interface Rhythm {
  /** Weeks since 1970, by the clock on the wall, of the last call. */
  readonly week: number;
  /** The week of the first call. */
  readonly firstWeek: number;
  /** 168 bytes in hexadecimal digits. */
  readonly hours: string;
}

/** Milliseconds since 1970 as the clock on the wall shows them. */
type WallClock = (at: number) => number;

const wallClock: WallClock = (at) => at - new Date(at).getTimezoneOffset() * 60_000;

const HOUR_MS = 3_600_000;
const HOURS = 168;
/** 1970 began on a Thursday: three days after a Monday. */
const MONDAY_MS = 3 * 24 * HOUR_MS;
/** Weeks before the one of the last call that are remembered. */
const WEEKS = 7;
/** Weeks that must be known before an hour is called usual. */
const FEWEST_WEEKS = 2;
/** An hour is usual when the machine called in it in so large a part of the weeks. */
const USUAL = 0.5;
/** Hours looked at: whoever is silent for longer is silent. */
const LONGEST = 4 * HOURS;

/** The rhythm with one more call. */
export function withCall(rhythm: Rhythm | undefined, at: number, wall: WallClock = wallClock): Rhythm {
  const { week, hour } = placeOf(at, wall);
  const hours = rhythm === undefined ? Buffer.alloc(HOURS) : Buffer.from(rhythm.hours, 'hex');
  const later = Math.max(week, rhythm?.week ?? week);
  const shift = later - (rhythm?.week ?? week);
  for (let index = 0; index < HOURS && shift > 0; index += 1) {
    hours[index] = shift > WEEKS ? 0 : ((hours[index] ?? 0) << shift) & 0xff;
  }
  const ago = later - week;
  hours[hour] = (hours[hour] ?? 0) | (ago > WEEKS ? 0 : 1 << ago);
  return { week: later, firstWeek: Math.min(rhythm?.firstWeek ?? week, week), hours: hours.toString('hex') };
}

/**
 * Whole hours since `from` in which it usually calls, and did not.
 * 0 while its habits are not known: they take two weeks.
 */
export function missedHours(rhythm: Rhythm, from: number, now: number, wall: WallClock = wallClock): number {
  const known = Math.min(WEEKS, rhythm.week - rhythm.firstWeek);
  if (known < FEWEST_WEEKS) {
    return 0;
  }
  const hours = Buffer.from(rhythm.hours, 'hex');
  const first = Math.floor(wall(from) / HOUR_MS) + 1;
  const last = Math.floor(wall(now) / HOUR_MS) - 1;
  let missed = 0;
  for (let index = first; index <= last && index < first + LONGEST; index += 1) {
    const hour = mod(index + MONDAY_MS / HOUR_MS, HOURS);
    missed += weeksOf((hours[hour] ?? 0) >> 1) / known >= USUAL ? 1 : 0;
  }
  return missed;
}

function placeOf(at: number, wall: WallClock): { readonly week: number; readonly hour: number } {
  const hours = Math.floor((wall(at) + MONDAY_MS) / HOUR_MS);
  return { week: Math.floor(hours / HOURS), hour: mod(hours, HOURS) };
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function weeksOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) {
    count += rest & 1;
  }
  return count;
}
