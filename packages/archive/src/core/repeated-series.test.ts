import { describe, expect, it } from 'vitest';
import { RepeatedSeries } from './repeated-series.ts';

const series = (seriesInstanceUid: string) => ({ seriesInstanceUid });

describe('series that are sent again', () => {
  it('are guessed from the instance before, and may be any that this run has not seen', () => {
    const repeated = new RepeatedSeries(10);
    expect(repeated.mayBe(series('1'))).toBe(true);
    repeated.note(series('1'), false);
    expect(repeated.mayBe(series('1'))).toBe(false);
    repeated.note(series('1'), true);
    expect(repeated.mayBe(series('1'))).toBe(true);
  });

  it('are asked for by one instance where several of a series come at once', () => {
    const repeated = new RepeatedSeries(10);
    expect([1, 2, 3, 4].map(() => repeated.mayBe(series('1')))).toEqual([true, false, false, false]);
    repeated.note(series('1'), true);
    expect([1, 2].map(() => repeated.mayBe(series('1')))).toEqual([true, true]);
  });

  it('are forgotten, the oldest first, when there are too many', () => {
    const repeated = new RepeatedSeries(2);
    for (const uid of ['1', '2', '3']) {
      repeated.note(series(uid), false);
    }
    expect(['2', '3', '1'].map((uid) => repeated.mayBe(series(uid)))).toEqual([false, false, true]);
  });
});
