import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, foldName } from './fold.ts';
import { displayName, formatPersonName, parsePersonName } from './person-name.ts';

test('the three groups of a name are told apart', () => {
  expect(parsePersonName('Yamada^Tarou=山田^太郎=やまだ^たろう')).toEqual({
    Alphabetic: 'Yamada^Tarou',
    Ideographic: '山田^太郎',
    Phonetic: 'やまだ^たろう',
  });
  expect(parsePersonName('=山田^太郎')).toEqual({ Ideographic: '山田^太郎' });
  expect(parsePersonName('Doe^Jane^^^ ')).toEqual({ Alphabetic: 'Doe^Jane^^^' });
  expect(parsePersonName('')).toEqual({});
});

test('a name comes back from its DICOM form', () => {
  const group = fc.string({ unit: fc.constantFrom(...'aB^ đỗ山'), maxLength: 10 }).map((text) => text.trim());
  fc.assert(
    fc.property(group, group, group, (a, b, c) => {
      const text = [a, b, c].join('=').replace(/=+$/, '');
      expect(formatPersonName(parsePersonName(text))).toBe(text);
    }),
  );
});

test.each([
  [{ Alphabetic: 'Nguyễn^Văn An' }, 'Nguyễn Văn An'],
  [{ Alphabetic: 'NGUYỄN VĂN^AN^^^' }, 'NGUYỄN VĂN AN'],
  [{ Alphabetic: '^^', Ideographic: '山田^太郎' }, '山田 太郎'],
  [undefined, ''],
])('%j is shown as %j', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});

test.each([
  ['Nguyễn Văn Á', 'nguyen van a'],
  ['Đỗ Thị Dương', 'do thi duong'],
  ['Đặng', 'dang'],
  ['Ðặng', 'dang'],
  ['NGUYEN^VAN A', 'nguyen van a'],
  ['Trần Thị Ước'.normalize('NFD'), 'tran thi uoc'],
  ['  LÊ   THỊ\tHỒNG ', 'le thi hong'],
  ['Müller', 'muller'],
])('%j is searched as %j', (text, folded) => {
  expect(fold(text)).toBe(folded);
});

test('a syllable of Hangul stays one character, however it was typed', () => {
  expect(fold('홍^길동')).toBe('홍 길동');
  expect(fold('홍^길동'.normalize('NFD'))).toBe('홍 길동');
  expect([...fold('길동')]).toHaveLength(2);
});

test('folding what is folded changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
  );
});

test('an age behind the name is left out of the search, digits elsewhere are not', () => {
  expect(foldName({ Alphabetic: 'NGUYEN VAN A 65T' })).toBe('nguyen van a');
  expect(foldName({ Alphabetic: 'NGUYEN VAN A^65T' })).toBe('nguyen van a');
  expect(foldName({ Alphabetic: 'TEST65T' })).toBe('test65t');
  expect(foldName({ Alphabetic: 'PATIENT 65' })).toBe('patient 65');
});

test('all groups are searched', () => {
  expect(foldName({ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' })).toBe('yamada tarou 山田 太郎');
});
