import { describe, expect, test } from 'vitest';
import { DicomError } from '../errors.ts';
import { binary, firstNumber, firstText, items, numbers, personName, texts } from './accessors.ts';
import { parseDicomJson, stringifyDicomJson, withBulkDataBase } from './json.ts';
import type { DataSet } from './model.ts';

const dataSet: DataSet = {
  '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị Dương' }] },
  '00280030': { vr: 'DS', Value: [0.5, '0,25', 'abc'] },
  '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }, {}] },
  '60003000': { vr: 'OW', InlineBinary: 'AQI=' },
  '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' },
};

describe('accessors', () => {
  test('text is what is there, numbers and names included', () => {
    expect(texts(dataSet, '00080008')).toEqual(['ORIGINAL', 'AXIAL']);
    expect(firstText(dataSet, '00100010')).toBe('Đỗ^Thị Dương');
    expect(firstText(dataSet, '00280030')).toBe('0.5');
    expect(firstText(dataSet, '00080060')).toBeUndefined();
    expect(firstText(dataSet, '00400275')).toBeUndefined();
  });

  test('numbers are read from text too, and what is none is left out', () => {
    expect(numbers(dataSet, '00280030')).toEqual([0.5, 0.25]);
    expect(firstNumber(dataSet, '00080008')).toBeUndefined();
  });

  test('items are those of a sequence, empty ones too', () => {
    expect(items(dataSet, '00400275')).toEqual([{ '00400009': { vr: 'SH', Value: ['S1'] } }, {}]);
    expect(items(dataSet, '00100010')).toEqual([]);
    expect(personName(dataSet, '00100010')).toEqual({ Alphabetic: 'Đỗ^Thị Dương' });
    expect(personName(dataSet, '00400275')).toBeUndefined();
  });

  test('bytes come from InlineBinary only', () => {
    expect(binary(dataSet, '60003000')).toEqual(Uint8Array.of(1, 2));
    expect(binary(dataSet, '7FE00010')).toBeUndefined();
    expect(() => binary({ '60003000': { vr: 'OW', InlineBinary: '***' } }, '60003000')).toThrow(DicomError);
  });
});

describe('DICOM JSON', () => {
  test('a relative BulkDataURI becomes absolute, in items too, an absolute one stays', () => {
    const nested: DataSet = {
      '00091010': { vr: 'OB', BulkDataURI: 'http://elsewhere/1' },
      '52009229': { vr: 'SQ', Value: [{ '00091010': { vr: 'OB', BulkDataURI: 'bulkdata/52009229/0/00091010' } }] },
    };
    expect(withBulkDataBase(nested, 'http://127.0.0.1/i/1/')).toEqual({
      '00091010': { vr: 'OB', BulkDataURI: 'http://elsewhere/1' },
      '52009229': {
        vr: 'SQ',
        Value: [{ '00091010': { vr: 'OB', BulkDataURI: 'http://127.0.0.1/i/1/bulkdata/52009229/0/00091010' } }],
      },
    });
  });

  test('attributes are written in ascending order, though some tags look like numbers', () => {
    const text = stringifyDicomJson({
      '60003000': { vr: 'OW' },
      '00080060': { vr: 'CS', Value: ['CT'] },
      '54000100': { vr: 'SQ', Value: [{}] },
    });
    expect(text).toBe('{"00080060":{"vr":"CS","Value":["CT"]},"54000100":{"vr":"SQ","Value":[{}]},"60003000":{"vr":"OW"}}');
  });

  test('what is read is in NFC, keys in capitals, empty values as none', () => {
    const given = {
      '0010000a': { vr: 'LO', Value: ['Ươ'.normalize('NFD'), ''] },
      '00080050': { vr: 'SH', Value: [''] },
      '00080090': { vr: 'PN', Value: ['A^B'] },
    };
    expect(parseDicomJson(given)).toEqual({
      '00080050': { vr: 'SH' },
      '00080090': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }] },
      '0010000A': { vr: 'LO', Value: ['Ươ'.normalize('NFC'), null] },
    });
  });

  test.each<[unknown, RegExp]>([
    [null, /the data set is not an object/],
    [[], /the data set is not an object/],
    [{ PatientName: {} }, /key that is no tag: "PatientName"/],
    [{ '00100010': 'x' }, /00100010 is not an attribute/],
    [{ '00100010': { vr: 'XX' } }, /00100010\/vr is not a value representation/],
    [{ '00100010': { Value: [] } }, /00100010\/vr is not a value representation/],
    [{ '00100010': { vr: 'PN', Value: 'x' } }, /00100010\/Value is not a list/],
    [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 1 }] } }, /00100010\/Value\/0\/Alphabetic is not text/],
    [
      { '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: [{}] } }] } },
      /00400275\/Value\/0\/00400009\/Value\/0 is not a value of SH/,
    ],
    [{ '00280010': { vr: 'US', InlineBinary: 1 } }, /00280010\/InlineBinary is not text/],
  ])('%j is refused, and the path named', (value, message) => {
    expect(() => parseDicomJson(value)).toThrow(message);
    expect(() => parseDicomJson(value)).toThrow(DicomError);
  });

  test('JSON nested 10,000 deep is refused', () => {
    const text = `${'{"00400275":{"vr":"SQ","Value":['.repeat(10_000)}{}${']}}'.repeat(10_000)}`;
    expect(() => parseDicomJson(JSON.parse(text))).toThrow(/nested more than 64 deep/);
  });
});
