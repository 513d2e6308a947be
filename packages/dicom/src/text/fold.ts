import type { PersonNameJson } from '../dataset/model.ts';

/**
 * The searched form of a text: marks dropped, đ, Đ and the look-alike Eth as d, lower case, `^` and runs of spaces as one space.
 * The same for "Đỗ^Thị Dương", typed in NFC or NFD, and for "do thi duong".
 */
export function fold(text: string): string {
  return (
    text
      .normalize('NFD')
      .replace(/\p{Mn}+/gu, '')
      // A syllable of Hangul is one character, as `?` counts them.
      .normalize('NFC')
      .replace(/[đĐðÐ]/g, 'd')
      .toLowerCase()
      .replace(/[\s^\0]+/g, ' ')
      .trim()
  );
}

/** Machines append the age: `NGUYEN VAN A 65T` is 65 years old. */
const AGE = / ?\b\d{1,3}t$/;

/** All groups of a name, folded, without a trailing age. */
export function foldName(name: PersonNameJson): string {
  return [name.Alphabetic, name.Ideographic, name.Phonetic]
    .map((text) => fold(text ?? '').replace(AGE, ''))
    .filter((text) => text !== '')
    .join(' ');
}
