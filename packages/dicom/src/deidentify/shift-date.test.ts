import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shiftDate, shiftDateTime } from './shift-date.ts';

describe('moving dates', () => {
  it.each([
    ['20240301', -1, '20240229'],
    ['1993.08.22', 1, '19930823'],
    ['00011231', 1, '00020101'],
    ['00010101', -1, undefined],
    ['99991231', 1, undefined],
    ['2024', -1, undefined],
    ['20240231', -1, undefined],
    ['', -1, undefined],
  ])('%s by %i days gives %s', (text, days, expected) => {
    expect(shiftDate(text, days)).toBe(expected);
  });

  it('leaves time and offset as they are', () => {
    expect(shiftDateTime('20240301123059.123456+0700', -1)).toBe('20240229123059.123456+0700');
    expect(shiftDateTime('202403', -1)).toBeUndefined();
  });

  it('can be undone, and keeps what lies between two dates', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const text = day.map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));
    fc.assert(
      fc.property(text, fc.integer({ min: -36_520, max: -1 }), (date, days) => {
        const moved = shiftDate(date, days);
        expect(moved).toMatch(/^\d{8}$/);
        expect(moved === undefined ? undefined : shiftDate(moved, -days)).toBe(date);
      }),
    );
  });
});
