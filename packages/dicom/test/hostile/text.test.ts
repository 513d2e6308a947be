import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  characterSet,
  DicomError,
  displayName,
  encodeText,
  foldName,
  formatPersonName,
  isUid,
  matchesRange,
  normaliseDate,
  parseContentType,
  parseDate,
  parseDateRange,
  parsePersonName,
  parseUid,
  trimUid,
  type Vr,
} from '../../src/index.ts';
import { expectLinear, runs } from './runs.ts';

const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'0123456789-+.:^=\\ \0"\';/%,()[]\u001b$BJậ\ud800'), maxLength: 80 }),
);
const vr = fc.constantFrom<Vr>('PN', 'LO', 'UT', 'ST', 'SH', 'CS', 'UC', 'LT');
const TERMS = [
  '',
  'ISO_IR 6',
  'ISO_IR 100',
  'ISO_IR 192',
  'GB18030',
  'GBK',
  'ISO_IR 13',
  'ISO 2022 IR 6',
  'ISO 2022 IR 13',
  'ISO 2022 IR 58',
  'ISO 2022 IR 87',
  'ISO 2022 IR 100',
  'ISO 2022 IR 144',
  'ISO 2022 IR 149',
  'ISO 2022 IR 159',
  'windows-1258',
  '__proto__',
  'utf-16',
];
const terms = fc.array(fc.oneof(fc.constantFrom(...TERMS), any), { maxLength: 5 });

/** The package's own error, or nothing. */
function ownErrorsOnly(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(DicomError);
  }
}

describe('any text', () => {
  it('in any character set is read without an error, as NFC', () => {
    const escapes = fc.constantFrom(
      '\u001b$B',
      '\u001b(J',
      '\u001b$)C',
      '\u001b$)A',
      '\u001b-A',
      '\u001b(B',
      '\u001b',
      '\u001b$',
    );
    const bytes = fc
      .array(
        fc.oneof(
          fc.uint8Array({ maxLength: 20 }),
          escapes.map((text) => Buffer.from(text, 'latin1')),
        ),
        { maxLength: 8 },
      )
      .map((parts) => new Uint8Array(Buffer.concat(parts)));
    fc.assert(
      fc.property(bytes, terms, vr, (given, names, representation) => {
        const text = characterSet(names).decode(given, representation);
        expect(text).toBe(text.normalize('NFC'));
      }),
      runs(2000),
    );
  });

  it('that a character set can hold is read back as it was', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abc XYZ^=éüßđĐễươ山田김やﾔجшΩ'), maxLength: 30 });
    fc.assert(
      fc.property(
        letters,
        fc.array(fc.constantFrom(...TERMS.slice(0, 15)), { maxLength: 4 }),
        vr,
        (text, names, representation) => {
          const given = text.normalize('NFC');
          const bytes = encodeText(given, names, representation);
          if (bytes !== undefined && names.length > 0) {
            expect(characterSet(names).decode(bytes, representation)).toBe(given);
          }
        },
      ),
      runs(2000),
    );
  });

  it('is a name that is written as it was read', () => {
    fc.assert(
      fc.property(any, (text) => {
        const name = parsePersonName(text);
        expect(parsePersonName(formatPersonName(name))).toEqual(name);
        expect(displayName(name)).toBeTypeOf('string');
        const folded = foldName(name);
        expect(foldName({ Alphabetic: folded })).toBe(folded);
      }),
      runs(1000),
    );
  });

  it('is a UID or is refused, and padding does not matter', () => {
    fc.assert(
      fc.property(any, (text) => {
        ownErrorsOnly(() => {
          const uid = parseUid(text);
          expect(isUid(uid)).toBe(true);
          expect(uid).toMatch(/^[0-9.]{1,64}$/);
          expect(parseUid(`${uid}\0`)).toBe(uid);
          expect(trimUid(text)).toBe(uid);
        });
      }),
      runs(1000),
    );
  });

  it('is a date, a range, or none; what is a date lies in the range that it is', () => {
    const kind = fc.constantFrom('DA', 'TM', 'DT');
    fc.assert(
      fc.property(any, kind, (text, representation) => {
        const range = parseDateRange(representation, text);
        const date = parseDate(text);
        expect(date === undefined || (date.year >= 1 && date.year <= 9999)).toBe(true);
        if (normaliseDate(representation, text) !== undefined && range !== undefined) {
          expect(matchesRange(representation, text, range)).toBe(true);
        }
      }),
      runs(2000),
    );
  });

  it('is a content type without keys of its prototype, or is refused', () => {
    fc.assert(
      fc.property(any, (text) => {
        ownErrorsOnly(() => {
          const { parameters } = parseContentType(`a/b;${text}`);
          expect(Object.getPrototypeOf(parameters)).toBeNull();
        });
      }),
      runs(1000),
    );
  });

  it.each<[string, (text: string) => unknown]>([
    ['a content type', (text) => parseContentType(`a/b${text}`)],
    ['a date range', (text) => parseDateRange('DT', text)],
    ['a date', (text) => parseDate(text)],
    ['a UID', (text) => parseUid(text)],
    ['a name', (text) => displayName(parsePersonName(text))],
    ['a folded name', (text) => foldName({ Alphabetic: text })],
    ['text', (text) => characterSet(['', 'ISO 2022 IR 87']).decode(Buffer.from(text, 'latin1'), 'PN')],
    ['UTF-8', (text) => characterSet(['ISO_IR 192']).decode(Buffer.from(text), 'PN')],
  ])('that is long takes time in proportion to its length, read as %s', (_, read) => {
    expectLinear((text) => ownErrorsOnly(() => read(text)));
  });
});
