import { describe, expect, test } from 'vitest';
import { DicomError } from '../errors.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '../transfer-syntax.ts';
import { firstText, items } from './accessors.ts';
import { formatDecimal } from './encode-value.ts';
import type { DataSet } from './model.ts';
import { readDataSet } from './read.ts';
import { writeDataSet } from './write.ts';

const EXPLICIT = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function written(dataSet: DataSet): DataSet {
  return readDataSet(writeDataSet(dataSet, { explicitVr: true }), { transferSyntax: EXPLICIT }).dataSet;
}

test('a command set has its group length and no VRs', () => {
  const bytes = writeDataSet(
    { '00000002': { vr: 'UI', Value: ['1.2.3'] }, '00000100': { vr: 'US', Value: [48] } },
    { explicitVr: false, groupLength: true },
  );
  expect(hex(bytes)).toBe(
    ['00000000 04000000 18000000', '00000200 06000000 312e322e3300', '00000001 02000000 3000'].join('').replaceAll(' ', ''),
  );
});

test('odd values are filled up as their VR wants', () => {
  const bytes = writeDataSet(
    {
      '00080060': { vr: 'CS', Value: ['A'] },
      '0020000D': { vr: 'UI', Value: ['1'] },
      '00420011': { vr: 'OB', InlineBinary: '/w==' },
    },
    { explicitVr: true },
  );
  expect(hex(bytes)).toBe('080060004353020041202000 0d005549020031004200 11004f42000002000000ff00'.replaceAll(' ', ''));
});

describe('character sets', () => {
  test('text its character set cannot hold goes out in UTF-8, and the data set says so', () => {
    const given: DataSet = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị' }] },
    };
    expect(written(given)).toEqual({ ...given, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } });
  });

  test('text it can hold stays in it', () => {
    const bytes = writeDataSet(
      { '00080005': { vr: 'CS', Value: ['ISO_IR 100'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müll' }] } },
      { explicitVr: true },
    );
    expect(hex(bytes)).toContain('4dfc6c6c');
  });

  test('text in an item makes the data set around it UTF-8, but for items with their own', () => {
    const item = (text: string): DataSet => ({ '00400009': { vr: 'SH', Value: [text] } });
    const own: DataSet = { '00080005': { vr: 'CS', Value: ['ISO_IR 144'] }, ...item('Люк') };
    const back = written({ '00400275': { vr: 'SQ', Value: [item('Đỗ'), own] } });
    expect(firstText(back, '00080005')).toBe('ISO_IR 192');
    expect(items(back, '00400275')).toEqual([item('Đỗ'), own]);
  });
});

describe('what cannot be written is refused by name', () => {
  test.each<[string, DataSet, RegExp]>([
    ['a number too great', { '00280010': { vr: 'US', Value: [65_536] } }, /65536 does not fit into US/],
    ['no number', { '00280010': { vr: 'US', Value: ['x'] } }, /"x" is not a number/],
    ['bulk data that is not there', { '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' } }, /PixelData are not at hand/],
    ['letters beyond ASCII in a code', { '00080060': { vr: 'CS', Value: ['Đ'] } }, /\(0008,0060\) Modality is CS/],
    ['no tag', { '00280009': { vr: 'AT', Value: ['x'] } }, /is no tag/],
    ['no base64', { '00420011': { vr: 'OB', InlineBinary: '*' } }, /not base64/],
    ['a value where bytes must be', { '00420011': { vr: 'OB', Value: [1] } }, /InlineBinary must be/],
  ])('%s', (_, dataSet, message) => {
    expect(() => writeDataSet(dataSet, { explicitVr: true })).toThrow(message);
    expect(() => writeDataSet(dataSet, { explicitVr: true })).toThrow(DicomError);
  });
});

test('a value too long for its length field goes out as UN and is read back', () => {
  const long = 'x'.repeat(70_000);
  const back = written({ '00104000': { vr: 'LT', Value: [long] } });
  expect(firstText(back, '00104000')).toBe(long);
});

test('a sequence of very many items is written', () => {
  const frames = Array.from({ length: 100_000 }, (_, index) => ({ '00200013': { vr: 'IS' as const, Value: [index] } }));
  const back = written({ '52009230': { vr: 'SQ', Value: frames } });
  expect(items(back, '52009230')).toHaveLength(100_000);
});

test('fragments are written with undefined length and an end marker', () => {
  const fragments = Uint8Array.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
  const bytes = writeDataSet(
    { '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' } },
    { explicitVr: true, encapsulatedPixelData: true, bulkData: () => fragments },
  );
  expect(hex(bytes)).toBe('e07f10004f420000ffffffff feff00e000000000 feffdde000000000'.replaceAll(' ', ''));
});

test.each([
  [0.1, '0.1'],
  [-1024, '-1024'],
  [1 / 3, '0.33333333333333'],
  [-2 / 3, '-0.6666666666667'],
  [123_456_789.123_456_78, '123456789.123457'],
  [-1.234_567_890_123e-100, '-1.23456789e-100'],
  [Number.MAX_VALUE, '1.79769313e+308'],
])('%d as DS is %s', (value, text) => {
  expect(formatDecimal(value).length).toBeLessThanOrEqual(16);
  expect(formatDecimal(value)).toBe(text);
});
