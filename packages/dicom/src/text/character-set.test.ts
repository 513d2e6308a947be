import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vr } from '../vr.ts';
import { characterSet } from './character-set.ts';
import { canHold, encodeText } from './encode-text.ts';

const ESC = '1b';

function hex(text: string): Uint8Array {
  return Uint8Array.from((text.replaceAll(' ', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

/** The bytes of a text of bytes: each character below U+0100 is one. */
function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function decode(terms: readonly string[], bytes: Uint8Array, vr: Vr = 'PN'): string {
  return characterSet(terms).decode(bytes, vr);
}

const SINGLE_BYTE: readonly (readonly [term: string, text: string, bytes: string])[] = [
  ['ISO_IR 192', 'Đỗ Thị Dương', 'c490e1bb97205468e1bb8b2044c6b0c6a16e67'],
  ['ISO_IR 100', 'Müller^Jörg', '4dfc6c6c65725e4af67267'],
  ['ISO_IR 101', 'Łukasz', 'a3756b61737a'],
  ['ISO_IR 109', 'Ġorġ', 'd56f72f5'],
  ['ISO_IR 110', 'Ķirsis', 'd36972736973'],
  ['ISO_IR 144', 'Люкceмбypг', 'bbeeda6365dcd17970d3'],
  ['ISO_IR 127', 'قباني^لنزار', 'e2c8c7e6ea5ee4e6d2c7d1'],
  ['ISO_IR 126', 'Διονυσιος', 'c4e9efedf5f3e9eff2'],
  ['ISO_IR 138', 'שרון^דבורה', 'f9f8e5ef5ee3e1e5f8e4'],
  ['ISO_IR 148', 'Çavuşoğlu', 'c7617675fe6ff06c75'],
  ['ISO_IR 203', 'Œuvre €', 'bc7576726520a4'],
  ['ISO_IR 166', 'สมชาย', 'cac1aad2c2'],
  ['ISO_IR 13', 'ﾔﾏﾀﾞ^ﾀﾛｳ', 'd4cfc0de5ec0dbb3'],
  ['GB18030', '王^小东', 'cdf55ed0a1b6ab'],
  ['GBK', '王^小东', 'cdf55ed0a1b6ab'],
];

describe('one repertoire', () => {
  test.each(SINGLE_BYTE)('%s: %s', (term, text, bytes) => {
    expect(decode([term], hex(bytes))).toBe(text.normalize('NFC'));
    expect(encodeText(text.normalize('NFC'), [term], 'PN')).toEqual(hex(bytes));
  });

  test.each([
    ['ISO-IR 100', 'ISO_IR 100'],
    ['ISO_IR_100', 'ISO_IR 100'],
    ['ISO IR 100', 'ISO_IR 100'],
    ['iso_ir 100', 'ISO_IR 100'],
    ['ISO 2022 IR 100', 'ISO_IR 100'],
    ['ISO2022IR100', 'ISO_IR 100'],
    ['ISO8859-1', 'ISO_IR 100'],
    ['LATIN1', 'ISO_IR 100'],
    ['ISO-8859-2', 'ISO_IR 101'],
    ['ISO_IR_144', 'ISO_IR 144'],
    ['UTF-8', 'ISO_IR 192'],
    ['UTF8', 'ISO_IR 192'],
    ['iso ir 192', 'ISO_IR 192'],
    ['ISO-IR 192', 'ISO_IR 192'],
    ['GB2312', 'GBK'],
  ])('the misspelt %s is %s', (misspelt, term) => {
    const [, text, bytes] = SINGLE_BYTE.find(([known]) => known === term) ?? ['', '', ''];
    expect(decode([misspelt], hex(bytes))).toBe(text);
  });

  test('a code page that is no term of the standard can be asked for', () => {
    expect(decode(['windows-1258'], hex('d0f4de20546869f22044fdf56e67'))).toBe('Đỗ Thị Dương');
  });

  test('text comes out in NFC whatever it was', () => {
    expect(decode(['ISO_IR 192'], new TextEncoder().encode('Trần Thị Ước'.normalize('NFD')))).toBe(
      'Trần Thị Ước'.normalize('NFC'),
    );
  });

  test('a backslash byte inside a multi-byte character is not a backslash', () => {
    // U+5F35 is 0x92A3, U+8868 is 0x955C in Shift-JIS; U+8A89 is 0xD75C in GBK.
    expect(decode(['ISO_IR 13'], hex('955c 5c 41'), 'LO')).toBe('表\\A');
    expect(decode(['GBK'], hex('d75c 5c 41'), 'LO')).toBe(`${new TextDecoder('gbk').decode(hex('d75c'))}\\A`);
  });
});

describe('code extensions, the examples of PS3.5 annexes H, I and K', () => {
  test('Japanese with kanji and hiragana in G0', () => {
    const bytes = raw('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B');
    expect(decode(['', 'ISO 2022 IR 87'], bytes)).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });

  test('Japanese with half-width katakana in G1 from the start', () => {
    const bytes = Uint8Array.from([...hex('d4cfc0de5ec0dbb33d'), ...raw('\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J')]);
    expect(decode(['ISO 2022 IR 13', 'ISO 2022 IR 87'], bytes)).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎');
  });

  test('JIS X 0212', () => {
    expect(decode(['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], raw('\x1b$(D0!\x1b(B'))).toBe(
      new TextDecoder('euc-jp').decode(hex('8fb0a1')),
    );
  });

  test('Korean, designated anew in each component', () => {
    const bytes = raw('Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf');
    expect(decode(['', 'ISO 2022 IR 149'], bytes)).toBe('Hong^Gildong=洪^吉洞=홍^길동');
  });

  test('Chinese of IR 58', () => {
    const bytes = raw('Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=');
    expect(decode(['', 'ISO 2022 IR 58'], bytes)).toBe('Zhang^XiaoDong=张^小东=');
  });

  test('single-byte sets one after the other inside a value', () => {
    const bytes = raw('Buc^J\xe9r\xf4me=\x1b-L\xbb\xee\xda^\x1b-F\xc4\xe9');
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126'], bytes)).toBe('Buc^Jérôme=Люк^Δι');
  });

  test.each([
    ['\\', 'LO'],
    ['\r\n', 'LT'],
    ['\t', 'LT'],
    ['^', 'PN'],
    ['=', 'PN'],
  ] as const)('after %j in %s the first set is in use again', (delimiter, vr) => {
    const bytes = raw(`\x1b-L\xbb\xee\xda${delimiter}\xe9`);
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], bytes, vr)).toBe(`Люк${delimiter}é`);
  });

  test('a caret is a delimiter only in a name, a backslash only where there are several values', () => {
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], raw('\x1b-L\xbb^\xee'), 'LO')).toBe('Л^ю');
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], raw('\x1b-L\xbb\\\xee'), 'UT')).toBe('Л\\ю');
  });

  test('a text that changes its set half a million times is read in time', () => {
    const text = decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], raw('\x1b-L\xbb\x1b$B;3'.repeat(250_000)), 'UT');
    expect(text).toBe('Л山'.repeat(250_000));
  });

  test('an escape nobody knows stays as it is', () => {
    expect(decode(['ISO 2022 IR 100'], raw('A\x1b)ZB'))).toBe('A\x1b)ZB');
    expect(decode([], hex(`41 ${ESC}`))).toBe('A\x1b');
  });

  test('escapes are honoured where the terms do not announce them', () => {
    expect(decode([], raw('\x1b$B;3ED\x1b(B'))).toBe('山田');
  });
});

describe('mislabelled text', () => {
  test.each([[[]], [['ISO_IR 6']], [['ISO_IR 100']], [['ISO 2022 IR 100', 'ISO 2022 IR 144']], [['NO SUCH SET']]])(
    'UTF-8 under %j is read as UTF-8',
    (terms) => {
      expect(decode(terms, new TextEncoder().encode('Đỗ^Thị Dương'))).toBe('Đỗ^Thị Dương');
    },
  );

  test('bytes without a label are Western, or Vietnamese where tone marks stand behind vowels', () => {
    expect(decode([], hex('4dfc6c6c6572'))).toBe('Müller');
    expect(decode([], hex('4e677579 ea de 6e'))).toBe('Nguyễn');
  });

  test('what is said to be UTF-8 and is not stays readable', () => {
    expect(decode(['ISO_IR 192'], hex('4dfc6c6c6572'))).toBe('Müller');
  });

  test('UTF-8 cut inside a character loses only that', () => {
    const cut = new TextEncoder().encode('Nguyễn Thị').subarray(0, -1);
    expect(decode(['ISO_IR 192'], cut)).toBe('Nguyễn Th\ufffd');
  });

  test('katakana and Thai that happen to be valid UTF-8 are not taken for it', () => {
    expect(decode(['ISO_IR 13'], hex('cabc'))).toBe('ﾊｼ');
    expect(decode(['ISO_IR 166'], hex('c2a1'))).toBe('ยก');
  });

  test('no bytes under any term throw', () => {
    const terms = fc.array(
      fc.constantFrom(
        '',
        'ISO_IR 100',
        'ISO_IR 13',
        'ISO_IR 192',
        'GB18030',
        'ISO 2022 IR 87',
        'ISO 2022 IR 149',
        'ISO 2022 IR 159',
        '?',
      ),
      { maxLength: 3 },
    );
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x1b, 0x24, 0x28, 0x29, 0x42, 0x5c)), { maxLength: 40 });
    fc.assert(
      fc.property(terms, bytes, fc.constantFrom<Vr>('PN', 'LO', 'LT'), (used, values, vr) => {
        expect(decode(used, Uint8Array.from(values), vr)).toBeTypeOf('string');
      }),
    );
  });
});

describe('encoding', () => {
  const SETS: readonly (readonly [terms: readonly string[], alphabet: string])[] = [
    [['ISO_IR 100'], 'abc éüßÀ^='],
    [['ISO_IR 192'], 'abcđỗ山^='],
    [['GB18030'], 'abc王小东đỗ€😀^='],
    [['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 'abc山田太郎やまだ丂^='],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87'], 'abcﾔﾏﾀ山田^='],
    [['', 'ISO 2022 IR 149'], 'abc洪吉洞홍길동^='],
    [['', 'ISO 2022 IR 58'], 'abc张小东^='],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126'], 'abcéüЛюкΔι^='],
  ];

  test.each(SETS)('in %j text comes back as it was', (terms, alphabet) => {
    const text = fc.string({ unit: fc.constantFrom(...alphabet, '\\'), maxLength: 30 });
    fc.assert(
      fc.property(text, fc.constantFrom<Vr>('PN', 'LO', 'LT'), (given, vr) => {
        const bytes = encodeText(given, terms, vr);
        expect(bytes).toBeDefined();
        expect(decode(terms, bytes ?? new Uint8Array(0), vr)).toBe(given);
      }),
    );
  });

  test('G0 is ASCII again before each delimiter and at the end', () => {
    expect(encodeText('山田^太郎', ['', 'ISO 2022 IR 87'], 'PN')).toEqual(raw('\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B'));
    expect(encodeText('洪^吉洞', ['', 'ISO 2022 IR 149'], 'PN')).toEqual(raw('\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7'));
  });

  test('the first term is in use again before each delimiter and at the end, in G1 too', () => {
    expect(encodeText('éЛ^Л', ['ISO 2022 IR 100', 'ISO 2022 IR 144'], 'PN')).toEqual(
      raw('\xe9\x1b-L\xbb\x1b-A^\x1b-L\xbb\x1b-A'),
    );
    expect(encodeText('ﾔ山ﾔ', ['ISO 2022 IR 13', 'ISO 2022 IR 87'], 'PN')).toEqual(raw('\xd4\x1b$B;3\x1b(J\x1b)I\xd4'));
  });

  test('a set of a later term is designated before it is used, also where the first term is empty', () => {
    expect(encodeText('Ł', ['', 'ISO 2022 IR 101'], 'LO')).toEqual(raw('\x1b-B\xa3'));
  });

  test.each([
    ['Đỗ', ['ISO_IR 192'], true],
    ['Đỗ', ['ISO_IR 100'], false],
    ['é~\\', ['ISO_IR 100'], true],
    ['山é', ['ISO 2022 IR 100', 'ISO 2022 IR 87'], true],
    ['山é', ['ISO 2022 IR 87'], false],
    ['①髙', ['', 'ISO 2022 IR 87'], false],
    ['€', ['GBK'], false],
    ['€𠮷', ['GB18030'], true],
    ['é', [], false],
    ['e', ['NO SUCH SET'], true],
    ['é\x1b', ['ISO_IR 100'], false],
  ])('whether %j fits into %j: %j', (text, terms, expected) => {
    expect(canHold(text, terms)).toBe(expected);
    expect(encodeText(text, terms, 'LO') !== undefined).toBe(expected);
  });

  test('what a set cannot hold is not encoded', () => {
    expect(encodeText('Đỗ', ['ISO_IR 100'], 'PN')).toBeUndefined();
    expect(encodeText('é', [], 'PN')).toBeUndefined();
    expect(encodeText('山', ['ISO_IR 144'], 'PN')).toBeUndefined();
    expect(encodeText('a\x1bb', ['ISO_IR 100'], 'LO')).toBeUndefined();
  });
});
