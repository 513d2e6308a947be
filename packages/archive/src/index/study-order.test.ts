import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsBehind, studyIds } from './study-order.ts';

const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
const parts = (date: Date) => {
  const text = date.toISOString().replace(/[-:T]/g, '');
  return [text.slice(0, 8), text.slice(8, 14)] as const;
};

describe('studyIds', () => {
  it('orders studies as their dates and times', () => {
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [first, second] = [parts(a), parts(b)].sort((x, y) => (x.join('') < y.join('') ? -1 : 1));
        if (first === undefined || second === undefined || first.join('') === second.join('')) {
          return;
        }
        expect(studyIds(...first).to).toBeLessThanOrEqual(studyIds(...second).from);
      }),
    );
  });

  it('gives ids a number can hold, above 0, also for the last of days', () => {
    expect(Number.isSafeInteger(studyIds('99991231', '235959').to)).toBe(true);
    expect(studyIds(null, null).from).toBe(1);
    expect(studyIds('20260101', null).from).toBeGreaterThan(studyIds(null, '235959').to - 1);
    expect(studyIds('00000000', '99')).toEqual(expect.objectContaining({ from: expect.any(Number) }));
  });

  it('goes on behind a second that is full', () => {
    const range = studyIds('20260101', '080000');
    expect(idsBehind(range)).toEqual(studyIds('20260101', '080001'));
  });
});
