import { describe, expect, test } from 'vitest';
import { DicomError } from '../errors.ts';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  transferSyntax,
} from '../transfer-syntax.ts';
import { binary, firstNumber, firstText, items } from './accessors.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import { type ReadOptions, type ReadResult, readDataSet } from './read.ts';

const EXPLICIT = { transferSyntax: transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN) };
const IMPLICIT = { transferSyntax: transferSyntax(IMPLICIT_VR_LITTLE_ENDIAN) };
const BIG = { transferSyntax: transferSyntax(EXPLICIT_VR_BIG_ENDIAN) };

/** Bytes spelled as hexadecimal and 'quoted text', blanks between. */
function bytes(...parts: readonly string[]): Uint8Array {
  const words = parts.join(' ').match(/'[^']*'|[0-9a-fA-F]+/g) ?? [];
  return Uint8Array.from(
    words.flatMap((word) =>
      word.startsWith("'")
        ? Array.from(word.slice(1, -1), (character) => character.charCodeAt(0))
        : (word.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
    ),
  );
}

function read(options: ReadOptions, ...parts: readonly string[]): ReadResult {
  return readDataSet(bytes(...parts), options);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof DicomError ? error.code : `not a DicomError: ${error}`;
  }
  return 'no error';
}

const ITEM_UNDEFINED = 'feff00e0 ffffffff';
const ITEM_END = 'feff0de0 00000000';
const SEQUENCE_END = 'feffdde0 00000000';

describe('the three encodings', () => {
  test('an explicit little endian element has VR and length of two bytes', () => {
    expect(read(EXPLICIT, "10001000 'PN' 0800 'Doe^Jane'").dataSet).toEqual({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] },
    });
  });

  test.each(['OB', 'OV', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])('%s has a length of four bytes', (vr) => {
    const { dataSet, end } = read(EXPLICIT, `09001010 '${vr}' 0000 08000000 0100000000000000`, "10002000 'LO' 0200 'X '");
    expect(dataSet['00091010']?.vr).toBe(vr);
    expect(firstText(dataSet, '00100020')).toBe('X');
    expect(end).toBe(30);
  });

  test('an implicit element gets its VR from the dictionary', () => {
    expect(read(IMPLICIT, "28001000 02000000 0002 28003000 08000000 '0.5\\0.25'").dataSet).toEqual({
      '00280010': { vr: 'US', Value: [512] },
      '00280030': { vr: 'DS', Value: [0.5, 0.25] },
    });
  });

  test('a big endian element is read big endian, words of OW too', () => {
    const { dataSet } = read(BIG, "00280010 'US' 0002 0200 60003000 'OW' 0000 00000004 01020304");
    expect(firstNumber(dataSet, '00280010')).toBe(512);
    expect(binary(dataSet, '60003000')).toEqual(Uint8Array.of(2, 1, 4, 3));
  });

  test('an implicit data set under an explicit syntax is read as what it is, and the reverse', () => {
    const implicit = read(EXPLICIT, "08001600 04000000 '1.2 ' 10002000 02000000 'ID'");
    expect(firstText(implicit.dataSet, '00100020')).toBe('ID');
    expect(implicit.warnings).toHaveLength(1);
    const explicit = read(IMPLICIT, "08001600 'UI' 0400 '1.2 ' 10002000 'LO' 0200 'ID'");
    expect(firstText(explicit.dataSet, '00100020')).toBe('ID');
  });
});

describe('ambiguous VRs of implicit data sets', () => {
  test('US or SS is decided by Pixel Representation, also by that of the data set around', () => {
    const unsigned = read(IMPLICIT, '28000301 02000000 0000 28000601 02000000 00fc');
    expect(unsigned.dataSet['00280106']).toEqual({ vr: 'US', Value: [64_512] });
    const signed = read(IMPLICIT, '28000301 02000000 0100 28000030 12000000 feff00e0 0a000000 28002001 02000000 00fc');
    expect(items(signed.dataSet, '00283000')[0]?.['00280120']).toEqual({ vr: 'SS', Value: [-1024] });
  });

  test('LUT Data is OW, or US when its descriptor says one entry', () => {
    const data = '28000630 02000000 0100';
    expect(read(IMPLICIT, '28000230 06000000 000100001000', data).dataSet['00283006']).toEqual({
      vr: 'OW',
      InlineBinary: 'AQA=',
    });
    expect(read(IMPLICIT, '28000230 06000000 010000001000', data).dataSet['00283006']).toEqual({ vr: 'US', Value: [1] });
  });
});

describe('sequences', () => {
  const nested = { '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }, {}] } };

  test('sequences and items of defined length are read', () => {
    const { dataSet } = read(EXPLICIT, "40007502 'SQ' 0000 1a000000 feff00e0 0a000000 40000900 'SH' 0200 'S1' feff00e0 00000000");
    expect(dataSet).toEqual(nested);
  });

  test('sequences and items of undefined length are read', () => {
    const { dataSet, warnings } = read(
      EXPLICIT,
      `40007502 'SQ' 0000 ffffffff ${ITEM_UNDEFINED} 40000900 'SH' 0200 'S1' ${ITEM_END} ${ITEM_UNDEFINED} ${ITEM_END} ${SEQUENCE_END}`,
    );
    expect(dataSet).toEqual(nested);
    expect(warnings).toEqual([]);
  });

  test('UN of undefined length is a sequence in implicit little endian', () => {
    const { dataSet } = read(
      EXPLICIT,
      `09001010 'UN' 0000 ffffffff ${ITEM_UNDEFINED} 40000900 02000000 'S1' ${ITEM_END} ${SEQUENCE_END}`,
    );
    expect(dataSet['00091010']).toEqual({ vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }] });
  });

  test('UN of undefined length whose items are explicit against the standard is read all the same', () => {
    const { dataSet } = read(
      EXPLICIT,
      `09001010 'UN' 0000 ffffffff ${ITEM_UNDEFINED} 40000900 'SH' 0200 'S1' ${ITEM_END} ${SEQUENCE_END}`,
    );
    expect(firstText(items(dataSet, '00091010')[0] ?? {}, '00400009')).toBe('S1');
  });

  test('a known element that became UN on its way is read by the dictionary', () => {
    const { dataSet } = read(
      EXPLICIT,
      "28001000 'UN' 0000 02000000 0002 40007502 'UN' 0000 12000000 feff00e0 0a000000 40000900 02000000 'S1'",
    );
    expect(firstNumber(dataSet, '00280010')).toBe(512);
    expect(firstText(items(dataSet, '00400275')[0] ?? {}, '00400009')).toBe('S1');
  });

  test('a known sequence that became UN and holds no items stays bytes', () => {
    expect(read(EXPLICIT, "40007502 'UN' 0000 04000000 01020304").dataSet['00400275']).toEqual({
      vr: 'UN',
      InlineBinary: 'AQIDBA==',
    });
  });

  test('missing end markers are forgiven at the end of the data', () => {
    const { dataSet, warnings } = read(EXPLICIT, `40007502 'SQ' 0000 ffffffff ${ITEM_UNDEFINED} 40000900 'SH' 0200 'S1'`);
    expect(firstText(items(dataSet, '00400275')[0] ?? {}, '00400009')).toBe('S1');
    expect(warnings.join()).toMatch(/no end marker/);
  });

  test('an item may name its own character set, else it has that around it', () => {
    const { dataSet } = read(
      EXPLICIT,
      "08000500 'CS' 0a00 'ISO_IR 192' 40007502 'SQ' 0000 36000000",
      "feff00e0 0c000000 40000900 'SH' 0400 c3a9 2020 feff00e0 1a000000 08000500 'CS' 0a00 'ISO_IR 144' 40000900 'SH' 0000",
    );
    expect(firstText(items(dataSet, '00400275')[0] ?? {}, '00400009')).toBe('é');
    expect(items(dataSet, '00400275')).toHaveLength(2);
  });
});

describe('values', () => {
  test('text is split at backslashes only where a VR has several values', () => {
    const { dataSet } = read(
      EXPLICIT,
      "08000800 'CS' 0400 'A\\B ' 10000040 'LT' 0400 'A\\B ' 08009011 'UR' 0000 04000000 'A\\B '",
    );
    expect(dataSet['00080008']?.Value).toEqual(['A', 'B']);
    expect(dataSet['00104000']?.Value).toEqual(['A\\B']);
  });

  test('padding is cut, leading spaces of long text are kept', () => {
    const { dataSet } = read(EXPLICIT, "08005000 'SH' 0400 ' A  ' 10000040 'LT' 0400 ' A  ' 20000d00 'UI' 0400 '1.2' 00");
    expect([dataSet['00080050'], dataSet['00104000'], dataSet['0020000D']].map((attribute) => attribute?.Value)).toEqual([
      ['A'],
      [' A'],
      ['1.2'],
    ]);
  });

  test('an empty value among others is null, and an empty attribute has no Value', () => {
    const { dataSet } = read(EXPLICIT, "08000800 'CS' 0400 'A\\\\B' 08005000 'SH' 0000 10002000 'LO' 0200 '  '");
    expect(dataSet['00080008']?.Value).toEqual(['A', null, 'B']);
    expect(dataSet['00080050']).toEqual({ vr: 'SH' });
    expect(dataSet['00100020']).toEqual({ vr: 'LO' });
  });

  test('DS and IS are numbers, and what is no number stays readable', () => {
    const { dataSet } = read(EXPLICIT, "28003000 'DS' 1200 '0.683593\\1e-2\\1,25' 28000800 'IS' 0600 '1A\\+12'");
    expect(dataSet['00280030']?.Value).toEqual([0.683593, 0.01, '1,25']);
    expect(dataSet['00280008']?.Value).toEqual(['1A', 12]);
    expect(firstNumber(dataSet, '00280008')).toBe(1);
  });

  test('digits a double would change stay text', () => {
    const { dataSet } = read(EXPLICIT, "28003000 'DS' 2200 '9007199254740993\\+9007199254740992'");
    expect(dataSet['00280030']?.Value).toEqual(['9007199254740993', 9_007_199_254_740_992]);
  });

  test('64-bit integers beyond what a double holds become text', () => {
    const { dataSet } = read(EXPLICIT, "09001010 'UV' 0000 10000000 0100000000000000 ffffffffffffffff");
    expect(dataSet['00091010']?.Value).toEqual([1, '18446744073709551615']);
  });

  test('numbers JSON cannot hold become text', () => {
    expect(read(EXPLICIT, "09001010 'FL' 0800 0000c07f 0000807f").dataSet['00091010']?.Value).toEqual(['NaN', 'Infinity']);
  });

  test('AT is a tag', () => {
    expect(read(EXPLICIT, "28000900 'AT' 0400 18006310").dataSet['00280009']?.Value).toEqual(['00181063']);
  });

  test('a private element keeps its VR, and is bytes in an implicit data set', () => {
    const explicit = read(EXPLICIT, "09001000 'LO' 0400 'ACME' 09000110 'DS' 0200 '12'").dataSet;
    expect(explicit).toEqual({ '00090010': { vr: 'LO', Value: ['ACME'] }, '00091001': { vr: 'DS', Value: [12] } });
    const implicit = read(IMPLICIT, "09001000 04000000 'ACME' 09000110 02000000 '12'").dataSet;
    expect(implicit).toEqual({ '00090010': { vr: 'LO', Value: ['ACME'] }, '00091001': { vr: 'UN', InlineBinary: 'MTI=' } });
  });

  test('elements out of order are put in order, and of two alike the last counts', () => {
    const { dataSet } = read(EXPLICIT, "10002000 'LO' 0200 'B ' 08006000 'CS' 0200 'CT' 10002000 'LO' 0200 'A '");
    expect(Object.keys(dataSet)).toEqual(['00080060', '00100020']);
    expect(firstText(dataSet, '00100020')).toBe('A');
  });
});

describe('bulk data', () => {
  test('a binary value above the threshold and Pixel Data are referred to, with path and place', () => {
    const { dataSet, bulk } = readDataSet(
      bytes(
        "40007502 'SQ' 0000 18000000 feff00e0 10000000 09001010 'OB' 0000 04000000 01020304 e07f1000 'OW' 0000 02000000 0100",
      ),
      { ...EXPLICIT, bulkData: { threshold: 2 } },
    );
    expect(bulk).toEqual([
      { path: '00400275/0/00091010', vr: 'OB', offset: 32, length: 4 },
      { path: '7FE00010', vr: 'OW', offset: 48, length: 2 },
    ]);
    expect(dataSet['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' });
    expect(items(dataSet, '00400275')[0]?.['00091010']?.BulkDataURI).toBe('bulkdata/00400275/0/00091010');
  });

  test('fragments are one value, and the data set goes on after them', () => {
    const { bulk, dataSet } = readDataSet(
      bytes(
        "e07f1000 'OB' 0000 ffffffff feff00e0 00000000 feff00e0 04000000 ffd8ffd9",
        SEQUENCE_END,
        "fcfffcff 'OB' 0000 02000000 0000",
      ),
      { ...EXPLICIT, bulkData: { threshold: 100 } },
    );
    expect(bulk).toEqual([{ path: '7FE00010', vr: 'OB', offset: 12, length: 20 }]);
    expect(dataSet.FFFCFFFC?.InlineBinary).toBe('AAA=');
  });

  test('reading stops at Pixel Data when told to, and says where it is', () => {
    const source = bytes("28001000 'US' 0200 0002 e07f1000 'OW' 0000 00000100");
    expect(readDataSet(source, { ...EXPLICIT, stopAtPixelData: true, partial: true })).toMatchObject({
      end: 22,
      pixelData: { tag: '7FE00010', vr: 'OW', offset: 22, length: 65_536 },
    });
  });

  test('Pixel Data cut short is kept as far as it goes', () => {
    const { bulk, warnings } = read({ ...EXPLICIT, bulkData: { threshold: 0 } }, "e07f1000 'OW' 0000 000000c0 0102");
    expect(bulk[0]).toMatchObject({ offset: 12, length: 2 });
    expect(warnings.join()).toMatch(/should have 3221225472 bytes and has 2/);
  });
});

describe('hostile and broken data', () => {
  const deep = (depth: number) => `40007502 'SQ' 0000 ffffffff ${ITEM_UNDEFINED} `.repeat(depth);

  test('10,000 nested sequences are refused, 64 are read', () => {
    expect(codeOf(() => read(EXPLICIT, deep(10_000)))).toBe('limit-exceeded');
    expect(codeOf(() => read(EXPLICIT, deep(64)))).toBe('no error');
    expect(codeOf(() => read(EXPLICIT, deep(65)))).toBe('limit-exceeded');
  });

  test('elements and items are counted through sequences that became UN', () => {
    const twoItems = "'UN' 0000 10000000 feff00e0 00000000 feff00e0 00000000";
    const made = [`40006002 ${twoItems}`, `40007502 ${twoItems}`];
    const withLimit = (maxElements: number) =>
      codeOf(() => read({ ...EXPLICIT, limits: { ...DEFAULT_READ_LIMITS, maxElements } }, ...made));
    expect([5, 6].map(withLimit)).toEqual(['limit-exceeded', 'no error']);
  });

  test('depth counts through sequences that became UN', () => {
    const inside = bytes('40007502 ffffffff feff00e0 ffffffff '.repeat(63));
    const length = (inside.byteLength + 8).toString(16).padStart(4, '0');
    const header = bytes(`40007502 'UN' 0000 ${length.slice(2)}${length.slice(0, 2)}0000 feff00e0 ffffffff`);
    expect(codeOf(() => readDataSet(Uint8Array.from([...header, ...inside]), EXPLICIT))).toBe('no error');
    const deeper = Uint8Array.from([...bytes(`40007502 'SQ' 0000 ffffffff ${ITEM_UNDEFINED}`), ...header, ...inside]);
    expect(codeOf(() => readDataSet(deeper, EXPLICIT))).toBe('limit-exceeded');
  });

  test('too many elements are refused', () => {
    const limits = { ...DEFAULT_READ_LIMITS, maxElements: 100 };
    expect(codeOf(() => read({ ...EXPLICIT, limits }, "09001010 'LO' 0000 ".repeat(101)))).toBe('limit-exceeded');
    expect(codeOf(() => read({ ...EXPLICIT, limits }, "09001010 'LO' 0000 ".repeat(100)))).toBe('no error');
  });

  test('too many values are refused before they are made', () => {
    const limits = { ...DEFAULT_READ_LIMITS, maxValues: 1000 };
    const backslashes = `08000800 'UC' 0000 00040000 ${'5c'.repeat(1024)}`;
    expect(codeOf(() => read({ ...EXPLICIT, limits }, backslashes))).toBe('limit-exceeded');
  });

  test('a length past the end is an error that names the element', () => {
    expect(codeOf(() => read(EXPLICIT, "10001000 'PN' ff00 'Doe'"))).toBe('truncated');
    expect(() => read(EXPLICIT, "10001000 'PN' ff00 'Doe'")).toThrow(/\(0010,0010\) PatientName/);
    expect(codeOf(() => read(EXPLICIT, "10000040 'UT' 0000 feffffff 'Doe'"))).toBe('truncated');
  });

  test('an element that runs past its item is an error', () => {
    expect(codeOf(() => read(EXPLICIT, "40007502 'SQ' 0000 12000000 feff00e0 0a000000 40000900 'SH' 0400 'S1' 0000"))).toBe(
      'invalid-element',
    );
  });

  test('something else than an item in a sequence is an error', () => {
    expect(codeOf(() => read(EXPLICIT, `40007502 'SQ' 0000 ffffffff 10001000 'PN' 0000`))).toBe('invalid-element');
  });

  test('an undefined length without an end marker is an error', () => {
    expect(codeOf(() => read(EXPLICIT, "09001010 'OB' 0000 ffffffff 0102030405060708090a"))).toBe('truncated');
  });

  test('a VR nobody knows is read by its length, two bytes or four', () => {
    const { dataSet } = read(EXPLICIT, "09001010 'ZZ' 0200 'AB' 09001110 'ZZ' 0000 02000000 'CD' 10002000 'LO' 0200 'ID'");
    expect(dataSet['00091010']).toEqual({ vr: 'UN', InlineBinary: 'QUI=' });
    expect(dataSet['00091011']).toEqual({ vr: 'UN', InlineBinary: 'Q0Q=' });
    expect(firstText(dataSet, '00100020')).toBe('ID');
  });

  test('an element without a VR in an explicit data set is read, implicit or with blanks for letters', () => {
    const { dataSet } = read(
      EXPLICIT,
      "08000500 'CS' 0000 08006000 02000000 'CT' 28002001 '  ' 0200 0100 28000008 '  ' 0000 32000c00 'CS' 0200 'A '",
    );
    expect(firstText(dataSet, '00080060')).toBe('CT');
    expect(firstNumber(dataSet, '00280120')).toBe(1);
    expect(firstText(dataSet, '0032000C')).toBe('A');
  });

  test('an item that lost its sequence is skipped', () => {
    const { dataSet, warnings } = read(EXPLICIT, "feff00e0 0a000000 40000900 'SH' 0200 'S1' 10002000 'LO' 0200 'ID'");
    expect(Object.keys(dataSet)).toEqual(['00100020']);
    expect(warnings).toHaveLength(1);
  });

  test('the beginning of a data set is not taken for all of it', () => {
    const part = "10001000 'PN' 0400 'Doe '";
    expect(codeOf(() => read({ ...EXPLICIT, partial: true }, part))).toBe('truncated');
    expect(codeOf(() => read({ ...EXPLICIT, partial: true }, part, '2000'))).toBe('truncated');
    expect(read(EXPLICIT, part, '0000').warnings).toHaveLength(1);
  });

  test('no bytes are an empty data set', () => {
    expect(readDataSet(new Uint8Array(0), EXPLICIT).dataSet).toEqual({});
  });
});
