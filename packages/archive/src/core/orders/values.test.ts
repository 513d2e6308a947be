import { describe, expect, it } from 'vitest';
import { isBirthDate, isStrictUid, localNow, localTime, nameProblem, type TextVr, textProblem, tidy } from './values.ts';

describe('texts of an order', () => {
  it.each<[TextVr, string]>([
    ['SH', 'WL001'],
    ['SH', 'ế'.repeat(16)],
    ['LO', 'CT ngực có tiêm thuốc cản quang'],
    ['LT', 'Ho ra máu\r\n\tđã mổ'],
    ['AE', 'CT01 PHONG-2'],
    ['CS', 'CT'],
    ['LO', '👩‍⚕️'],
  ])('takes %s %j', (vr, text) => {
    expect(textProblem(vr, text)).toBeUndefined();
  });

  it.each<[TextVr, string, RegExp]>([
    ['SH', 'x'.repeat(17), /17 characters, at most 16/],
    ['LO', 'ế'.repeat(65), /65 characters, at most 64/],
    ['LT', 'x'.repeat(10_241), /at most 10240/],
    ['LO', 'a\\b', /backslash/],
    ['LO', 'a\u0000b', /control/],
    ['LT', 'a\u001bb', /control/],
    ['LO', '\ud800', /Unicode/],
    ['AE', 'MÁY', /AE title/],
    ['CS', 'ct', /code/],
  ])('refuses %s %j, and says why', (vr, text, problem) => {
    expect(textProblem(vr, text)).toMatch(problem);
  });

  it.each(['Nguyễn^Văn An', 'Nguyễn Văn An', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'A^B^C^D^E'])(
    'takes the name %j',
    (name) => {
      expect(nameProblem(name)).toBeUndefined();
    },
  );

  it.each([
    ['a=b=c=d', /4 groups/],
    [`${'ễ'.repeat(65)}^An`, /68 characters in one group/],
    ['a^b^c^d^e^f', /more than 5 parts/],
    ['a\\b', /backslash/],
    ['a\nb', /control/],
  ])('refuses the name %j', (name, problem) => {
    expect(nameProblem(name)).toMatch(problem);
  });

  it('keeps texts in NFC with single spaces', () => {
    expect(tidy('  Nguye\u0302\u0303n \u00a0 Văn\tAn ')).toBe('Nguyễn Văn An');
  });
});

describe('dates and times of an order', () => {
  it.each(['1970-01-31', '1970', '2024-02-29'])('takes the birth date %s', (text) => {
    expect(isBirthDate(text)).toBe(true);
  });

  it.each(['19700101', '1970-02-30', '1970-13-01', '1970-1', '70', '0000', '1970-01', ''])(
    'takes no birth date from %j',
    (text) => {
      expect(isBirthDate(text)).toBe(false);
    },
  );

  it.each([
    ['2026-03-01T08:00:00', '2026-03-01T08:00:00', '2026-03-01T08:00:00'],
    ['2026-03-01T08:00', '2026-03-01T08:00:00', '2026-03-01T08:00:59'],
    ['2026-03-01', '2026-03-01T00:00:00', '2026-03-01T23:59:59'],
  ])('reads %s as the time of a clock on the wall', (text, first, last) => {
    expect([localTime(text), localTime(text, 'last')]).toEqual([first, last]);
  });

  it.each(['2026-03-01T08:00:00Z', '2026-03-01T08:00:00+07:00', '2026-02-30T08:00', '2026-03-01T24:00', 'today', '20260301'])(
    'reads no local time from %j',
    (text) => {
      expect(localTime(text)).toBeUndefined();
    },
  );

  it('says the local time without an offset', () => {
    expect(localNow(new Date(2026, 2, 1, 8, 5, 9))).toBe('2026-03-01T08:05:09');
  });
});

describe('UIDs of an order', () => {
  it('are those of PS3.5 9.1', () => {
    expect(['1.2.840.10008', '2.25.0', '2.25.77026064582789395712865810622138687258'].every(isStrictUid)).toBe(true);
    expect(['1', '1..2', '1.02', '1.2.', 'a.b', '', `1.${'2'.repeat(63)}`].some(isStrictUid)).toBe(false);
  });
});
