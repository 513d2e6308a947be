import type { LineSetting } from '../../routing/destination.ts';

const DAY_MINUTES = 24 * 60;
const MINUTE = 60_000;
/** Further ahead nothing is foretold. */
const LONGEST_FORECAST_MS = 60 * 86_400_000;

/** Bytes a second of a line at a moment, by the clock of this place; undefined where nothing bounds it. */
export function bytesPerSecondAt(line: LineSetting | undefined, at: number): number | undefined {
  const minute = minuteOfDay(at);
  const hours = line?.hours?.find(({ from, to }) => isWithin(minute, minutesOf(from), minutesOf(to)));
  return hours?.bytesPerSecond ?? line?.bytesPerSecond;
}

/**
 * When so many bytes will have gone through a line, milliseconds since 1970. `measured`: bytes a second seen lately, which counts where
 * the line has no bound; undefined where nothing is known, or it takes months.
 */
export function foretold(
  line: LineSetting | undefined,
  measured: number | undefined,
  bytes: number,
  now: number,
): number | undefined {
  let left = bytes;
  let at = now;
  while (left > 0 && at - now < LONGEST_FORECAST_MS) {
    const rate = bytesPerSecondAt(line, at) ?? measured;
    if (rate === undefined || rate <= 0) {
      return undefined;
    }
    const until = nextChange(line, at);
    const fits = ((until - at) / 1000) * rate;
    if (fits >= left) {
      return Math.round(at + (left / rate) * 1000);
    }
    left -= fits;
    at = until;
  }
  return left > 0 ? undefined : at;
}

/** The next moment at which one of the hours begins or ends. */
function nextChange({ hours = [] }: LineSetting = {}, at: number): number {
  const minute = minuteOfDay(at);
  const edges = hours.flatMap(({ from, to }) => [minutesOf(from), minutesOf(to)]);
  const ahead = edges.map((edge) => (edge - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES);
  const next = Math.min(DAY_MINUTES, ...ahead);
  return at - (at % MINUTE) + next * MINUTE;
}

/** Over midnight where `to` is not after `from`. */
function isWithin(minute: number, from: number, to: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minutesOf(hour: string): number {
  const [hours = '0', minutes = '0'] = hour.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function minuteOfDay(at: number): number {
  const date = new Date(at);
  return date.getHours() * 60 + date.getMinutes();
}
