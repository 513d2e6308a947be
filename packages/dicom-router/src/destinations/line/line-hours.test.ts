import { describe, expect, it } from 'vitest';
import { bytesPerSecondAt, foretold } from './line-hours.ts';

/** An hour of a day, by the clock of this place. */
const at = (hours: number, minutes = 0, day = 1) => new Date(2026, 2, day, hours, minutes).getTime();
const NIGHT = { bytesPerSecond: 1000, hours: [{ from: '18:00', to: '06:00', bytesPerSecond: 100_000 }] };

describe('a line', () => {
  it('has another rate by night than by day, over midnight', () => {
    expect([at(17, 59), at(18), at(23, 59), at(0), at(5, 59), at(6)].map((when) => bytesPerSecondAt(NIGHT, when))).toEqual([
      1000, 100_000, 100_000, 100_000, 100_000, 1000,
    ]);
    expect(bytesPerSecondAt({ hours: [{ from: '08:00', to: '17:00', bytesPerSecond: 5000 }] }, at(12))).toBe(5000);
    expect(bytesPerSecondAt({ hours: [{ from: '08:00', to: '17:00', bytesPerSecond: 5000 }] }, at(18))).toBeUndefined();
    expect(bytesPerSecondAt(undefined, at(12))).toBeUndefined();
  });

  it('foretells by the hours to come when bytes will have gone through', () => {
    expect(foretold(NIGHT, undefined, 60_000, at(12))).toBe(at(12, 1));
    // An hour of 1,000 bytes a second is left of the day, then a minute of the night.
    expect(foretold(NIGHT, undefined, 3_600_000 + 6_000_000, at(17))).toBe(at(18, 1));
    expect(foretold(NIGHT, 1, 0, at(17))).toBe(at(17));
    expect(foretold(undefined, 2000, 120_000, at(17))).toBe(at(17, 1));
    expect(foretold(undefined, undefined, 1, at(17))).toBeUndefined();
    expect(foretold({ bytesPerSecond: 1000 }, undefined, 1e15, at(17))).toBeUndefined();
  });
});
