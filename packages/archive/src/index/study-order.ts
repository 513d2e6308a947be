/** A run of study ids: those of one study date and time. */
export interface IdRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Studies of one second. */
const PER_SECOND = 2 ** 14;
/** More than the seconds of a day, a power of two: 22 bits of days, 17 of seconds and 14 of studies are the 53 a number holds. */
const PER_DAY = 2 ** 17 * PER_SECOND;
const DAY_MS = 86_400_000;
/** Days from 1 January of year 0 to 1970. */
const EPOCH_DAYS = 719_528;

/**
 * Where among the ids a study belongs: its rowid follows date and time, so that "newest first" is a walk down the table and
 * a full-text search needs no sort. Studies without a date are the oldest.
 * @param date `YYYYMMDD`
 * @param time `HHMMSS…`
 */
export function studyIds(date: string | null, time: string | null): IdRange {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '');
  if (parts === null) {
    return { from: 1, to: PER_DAY };
  }
  const [, year, month, day] = parts.map(Number);
  const days = Math.max(1, Math.floor(Date.UTC(year ?? 0, (month ?? 1) - 1, day) / DAY_MS) + EPOCH_DAYS);
  const from = days * PER_DAY + secondOf(time) * PER_SECOND;
  return { from, to: from + PER_SECOND };
}

/** All ids of a day, those behind a full second too: a day has more ids than its seconds hold studies. */
export function idsOfDay(date: string): IdRange {
  const { from } = studyIds(date, null);
  return from === 1 ? { from, to: PER_DAY } : { from, to: from + PER_DAY };
}

/** Where to look on when a range is full. */
export function idsBehind(range: IdRange): IdRange {
  return { from: range.to, to: range.to + PER_SECOND };
}

/** Parts of a range. */
const PARTS = 256;
/** Parts tried before the range as a whole. */
const TRIES = 8;

/** A part of a range for a study, another one at each attempt, and at last the whole. */
export function partOf(range: IdRange, studyInstanceUid: string, attempt: number): IdRange {
  if (attempt >= TRIES) {
    return range;
  }
  const width = Math.floor((range.to - range.from) / PARTS);
  const from = range.from + width * ((hashOf(studyInstanceUid) + attempt * 97) % (PARTS - 1));
  return { from, to: from + width };
}

/** FNV-1a, 32 bits: the same at every process. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93) >>> 0;
  }
  return hash;
}

function secondOf(time: string | null): number {
  const parts = /^(\d{2})(\d{2})?(\d{2})?/.exec(time ?? '');
  if (parts === null) {
    return 0;
  }
  const [, hours, minutes, seconds] = parts;
  return Math.min(86_400, Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0));
}
