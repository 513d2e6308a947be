import { describe, expect, it } from 'vitest';
import { missedHours, type Rhythm, withCall } from './rhythm.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Monday, 2 March 2026. */
const MONDAY = Date.UTC(2026, 2, 2);
const utc = (at: number) => at;

/** Calls at these hours on the first so many days of each week. */
function calls(weeks: number, days: number, hours: readonly number[]): Rhythm {
  let rhythm: Rhythm | undefined;
  for (let week = 0; week < weeks; week += 1) {
    for (let day = 0; day < days; day += 1) {
      for (const hour of hours) {
        rhythm = withCall(rhythm, MONDAY + (7 * week + day) * DAY + hour * HOUR, utc);
      }
    }
  }
  return rhythm ?? withCall(undefined, MONDAY, utc);
}

const WORKING = [7, 8, 9, 10, 13, 14, 15];

describe('the rhythm of a machine', () => {
  it('misses whole hours in which it usually calls', () => {
    const rhythm = calls(4, 5, WORKING);
    const friday = MONDAY + (3 * 7 + 4) * DAY + 15 * HOUR;
    const monday = MONDAY + 4 * 7 * DAY;
    expect(missedHours(rhythm, friday, friday + 2 * DAY, utc)).toBe(0);
    expect(missedHours(rhythm, friday, monday + 8 * HOUR, utc)).toBe(1);
    expect(missedHours(rhythm, friday, monday + 11 * HOUR, utc)).toBe(4);
    expect(missedHours(rhythm, friday, monday + 13 * HOUR, utc)).toBe(4);
  });

  it('is not known before two weeks have passed', () => {
    const rhythm = calls(2, 5, WORKING);
    expect(missedHours(rhythm, MONDAY + 11 * DAY, MONDAY + 16 * DAY, utc)).toBe(0);
  });

  it('has no hour that the machine called in only once in a while', () => {
    const often = calls(6, 5, [9]);
    const rhythm = withCall(often, MONDAY + (5 * 7 + 4) * DAY + 20 * HOUR, utc);
    expect(missedHours(rhythm, MONDAY + 6 * 7 * DAY - HOUR, MONDAY + 7 * 7 * DAY - HOUR, utc)).toBe(5);
  });

  it('forgets habits of two months ago', () => {
    const early = calls(4, 5, [3]);
    let rhythm = early;
    for (let week = 4; week < 13; week += 1) {
      rhythm = withCall(rhythm, MONDAY + week * 7 * DAY + 9 * HOUR, utc);
    }
    const monday = MONDAY + 12 * 7 * DAY + 9 * HOUR;
    expect(missedHours(rhythm, monday, monday + 6 * DAY, utc)).toBe(0);
  });

  it('still knows a machine that has been silent for weeks', () => {
    const rhythm = calls(4, 5, WORKING);
    const friday = MONDAY + (3 * 7 + 4) * DAY + 15 * HOUR;
    expect(missedHours(rhythm, friday, friday + 40 * DAY, utc)).toBeGreaterThan(100);
  });

  it('takes a clock that was set back', () => {
    const rhythm = withCall(calls(4, 5, WORKING), MONDAY - 100 * DAY, utc);
    expect(rhythm.hours).toHaveLength(336);
  });
});
