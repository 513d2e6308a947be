import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DateVr, matchesRange, normaliseDate, parseDate, parseDateRange } from './date.ts';

describe('dates', () => {
  test.each([
    ['20240229', { year: 2024, month: 2, day: 29 }],
    ['1993.08.22', { year: 1993, month: 8, day: 22 }],
    ['1993-08-22', { year: 1993, month: 8, day: 22 }],
    [' 19700101 ', { year: 1970, month: 1, day: 1 }],
    ['1970', { year: 1970, month: undefined, day: undefined }],
    ['197005', { year: 1970, month: 5, day: undefined }],
  ])('%j is a date', (text, date) => {
    expect(parseDate(text)).toEqual(date);
  });

  test.each(['', '20230229', '20241301', '20240001', '19700000', '00000101', 'ANON', '2024010', '22/08/1993'])(
    '%j is none',
    (text) => {
      expect(parseDate(text)).toBeUndefined();
    },
  );
});

describe('ranges', () => {
  test.each<[DateVr, string, object | undefined]>([
    ['DA', '20240131', { from: '20240131', to: '20240131' }],
    ['DA', '20240101-20240131', { from: '20240101', to: '20240131' }],
    ['DA', '20240101-', { from: '20240101' }],
    ['DA', '-20240131', { to: '20240131' }],
    ['DA', '2024', { from: '20240101', to: '20241231' }],
    ['DA', '202302-202402', { from: '20230201', to: '20240229' }],
    ['DA', '2024-01-31', { from: '20240131', to: '20240131' }],
    ['DA', '', {}],
    ['DA', '-', {}],
    ['DA', 'yesterday', undefined],
    ['DA', '20240101-20240131-20240201', undefined],
    ['TM', '09', { from: '090000.000000', to: '095960.999999' }],
    ['TM', '0930-1015', { from: '093000.000000', to: '101560.999999' }],
    ['TM', '09:30:15.5', { from: '093015.500000', to: '093015.599999' }],
    ['DA', '2024-02', { from: '20240201', to: '20240229' }],
    ['TM', '25', undefined],
    ['DT', '20240131', { from: '20240131000000.000000', to: '20240131235960.999999' }],
    ['DT', '20240131120000+0700', { from: '20240131050000.000000', to: '20240131050000.999999' }],
    ['DT', '20240101-20240131', { from: '20240101000000.000000', to: '20240131235960.999999' }],
    ['DT', '2024010100+0700-2024013123+0700', { from: '20231231170000.000000', to: '20240131165960.999999' }],
    ['DT', '20240101-0500', { from: '20240101050000.000000', to: '20240102045960.999999' }],
    ['DT', '2024-2025', { from: '20240101000000.000000', to: '20251231235960.999999' }],
    ['DT', '-20240131', { to: '20240131235960.999999' }],
  ])('%s %j', (vr, text, range) => {
    expect(parseDateRange(vr, text)).toEqual(range);
  });

  test.each<[DateVr, string, string, boolean]>([
    ['DA', '20240131', '20240101-20240131', true],
    ['DA', '2024.01.31', '20240131', true],
    ['DA', '20240201', '20240101-20240131', false],
    ['TM', '101530', '10-1015', true],
    ['TM', '1016', '10-1015', false],
    ['TM', '235960', '2359', true],
    ['DA', 'ANON', '20240101-', false],
    ['DA', 'ANON', '', true],
  ])('%s %j in %j is %j', (vr, value, range, expected) => {
    expect(matchesRange(vr, value, parseDateRange(vr, range) ?? { from: 'no range', to: 'no range' })).toBe(expected);
  });

  test('a value lies in the range of itself, and between any before and after it', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const text = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');
    fc.assert(
      fc.property(day, day, day, (a, b, c) => {
        const [first, middle, last] = [a, b, c].map(text).sort();
        const within = (range: string): boolean => matchesRange('DA', middle ?? '', parseDateRange('DA', range) ?? { to: '0' });
        expect(within(`${first}-${last}`) && within(`${first}-`) && within(`-${last}`) && within(middle ?? '')).toBe(true);
      }),
    );
  });

  test('any text is a range or none, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789-+.: '), maxLength: 30 }),
        fc.constantFrom<DateVr>('DA', 'TM', 'DT'),
        (text, vr) => {
          const range = parseDateRange(vr, text);
          const value = normaliseDate(vr, text);
          expect(value === undefined || (range !== undefined && matchesRange(vr, text, range))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
