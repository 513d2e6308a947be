import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { DicomError } from '../errors.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '../transfer-syntax.ts';
import { firstText, items } from './accessors.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import { readDataSet } from './read.ts';

/*
 * Why dicom-parser's own walk is not used (docs/decisions/0009-own-scanner.md). A test that fails here after an update of
 * dicom-parser says that the record is to be looked at again.
 */

const EXPLICIT = { transferSyntax: transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN) };
const IMPLICIT = { transferSyntax: transferSyntax(IMPLICIT_VR_LITTLE_ENDIAN) };

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function byDicomParser(bytes: Uint8Array, uid: string, untilTag?: string): dicomParser.DataSet['elements'] {
  const options = { TransferSyntaxUID: uid, ...(untilTag === undefined ? {} : { untilTag }) };
  return dicomParser.parseDicom(bytes, options).elements;
}

/** It throws what went wrong together with what it has read, or what went wrong alone. */
function faultOf(act: () => unknown): unknown {
  try {
    act();
  } catch (fault) {
    return typeof fault === 'object' && fault !== null && 'exception' in fault ? fault.exception : fault;
  }
  return undefined;
}

describe('sequences inside sequences', () => {
  /** (0040,A730) Content Sequence of undefined length and an item of undefined length, again and again. */
  const nested = (depth: number): Uint8Array => fromHex('400030a7 5351 0000 ffffffff feff00e0 ffffffff'.repeat(depth));

  test('dicom-parser goes down until the stack ends', () => {
    expect(faultOf(() => byDicomParser(nested(50_000), EXPLICIT_VR_LITTLE_ENDIAN))).toBeInstanceOf(RangeError);
  });

  test('here they end at the named limit, however deep they are', () => {
    const act = () => readDataSet(nested(50_000), EXPLICIT);
    expect(act).toThrow(DicomError);
    expect(act).toThrow(`more than ${DEFAULT_READ_LIMITS.maxDepth} deep`);
  });
});

describe.each(['OV', 'SV', 'UV'])('%s, whose length has four bytes (PS3.5 7.1.2)', (vr) => {
  const letters = Buffer.from(vr, 'latin1').toString('hex');
  /** (0009,1010) with 8 bytes, then (0010,0020) Patient ID "X ". */
  const bytes = fromHex(`09001010 ${letters} 0000 08000000 0100000000000000 10002000 4c4f 0200 5820`);

  test('dicom-parser takes it for two bytes, and so for a value of none', () => {
    const { x00091010: element } = byDicomParser(bytes, EXPLICIT_VR_LITTLE_ENDIAN, 'x00091010');
    expect(element?.length).toBe(0);
  });

  test('and is lost behind it', () => {
    expect(faultOf(() => byDicomParser(bytes, EXPLICIT_VR_LITTLE_ENDIAN))).toContain('buffer overrun');
  });

  test('here it is whole, and so is what follows', () => {
    const { dataSet } = readDataSet(bytes, EXPLICIT);
    expect(dataSet['00091010']?.vr).toBe(vr);
    expect(firstText(dataSet, '00100020')).toBe('X');
  });
});

describe('a sequence under a private tag in Implicit VR', () => {
  /** (0009,1001) of undefined length with one item: (0010,0020) "X ". */
  const bytes = fromHex('09000110 ffffffff feff00e0 0a000000 10002000 02000000 5820 feffdde0 00000000');

  test('dicom-parser walks over its items and forgets them', () => {
    const { x00091001: element } = byDicomParser(bytes, IMPLICIT_VR_LITTLE_ENDIAN);
    expect(element?.length).toBe(18);
    expect(element?.items).toBeUndefined();
  });

  test('here they are kept', () => {
    const { dataSet } = readDataSet(bytes, IMPLICIT);
    expect(items(dataSet, '00091001').map((item) => firstText(item, '00100020'))).toEqual(['X']);
  });
});
