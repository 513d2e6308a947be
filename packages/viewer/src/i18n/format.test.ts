import { afterEach, expect, it } from 'vitest';
import { formatAge, formatBytes, formatDate, formatInstant, formatNumber, formatTime, parseDay } from './format.ts';
import { language } from './language.ts';

afterEach(() => {
  language.value = 'vi';
});

it('writes dates as day/month/year and times without seconds', () => {
  expect(formatDate('2026-03-01')).toBe('01/03/2026');
  expect(formatDate(null)).toBe('');
  expect(formatDate('garbage')).toBe('');
  expect(formatTime('08:05:59')).toBe('08:05');
  expect(formatTime(undefined)).toBe('');
});

it('writes an instant in the zone of the browser', () => {
  const at = new Date(2026, 2, 1, 8, 5);
  expect(formatInstant(at.toISOString())).toBe('01/03/2026 08:05');
  expect(formatInstant('never')).toBe('');
});

it('writes numbers and sizes the way of the language', () => {
  expect([formatNumber(1_234_567), formatBytes(1_234_567_890), formatBytes(0), formatBytes(1_500)]).toEqual([
    '1.234.567',
    '1,2 GB',
    '0 B',
    '2 kB',
  ]);
  language.value = 'en';
  expect([formatNumber(1_234_567), formatBytes(1_234_567_890)]).toEqual(['1,234,567', '1.2 GB']);
});

it.each([
  ['1980-05-20', '2026-05-19', '45 tuổi'],
  ['1980-05-20', '2026-05-20', '46 tuổi'],
  ['2020-05-20', '2026-05-20', '6 tuổi'],
  ['2020-05-20', '2026-05-19', '71 tháng'],
  ['2026-04-20', '2026-05-19', '29 ngày'],
  ['2026-05-19', '2026-05-19', '0 ngày'],
  ['2027-01-01', '2026-05-19', ''],
  [null, '2026-05-19', ''],
])('counts the age of one born %s on %s as "%s"', (birth, on, age) => {
  expect(formatAge(birth, on)).toBe(age);
});

it.each([
  ['1/3/2026', '2026-03-01'],
  ['01-03-2026', '2026-03-01'],
  ['01032026', '2026-03-01'],
  ['2026-03-01', '2026-03-01'],
  [' 29/02/2024 ', '2024-02-29'],
  ['29/02/2026', undefined],
  ['31/04/2026', undefined],
  ['3/2026', undefined],
  ['hôm qua', undefined],
  ['', undefined],
])('reads the day "%s" as %s', (text, day) => {
  expect(parseDay(text)).toBe(day);
});
