import { expect, test } from 'vitest';
import { DicomError } from './errors.ts';
import { findSopClass, STORAGE_SOP_CLASSES } from './sop-class.ts';
import { findTransferSyntax, TRANSFER_SYNTAXES, transferSyntax } from './transfer-syntax.ts';

test('no transfer syntax and no SOP class is listed twice', () => {
  expect(new Set(TRANSFER_SYNTAXES.map(({ uid }) => uid)).size).toBe(TRANSFER_SYNTAXES.length);
  expect(new Set(STORAGE_SOP_CLASSES.map(({ uid }) => uid)).size).toBe(STORAGE_SOP_CLASSES.length);
});

test.each([
  ['1.2.840.10008.1.2', { explicitVr: false, littleEndian: true, encapsulated: false, coding: 'native' }],
  ['1.2.840.10008.1.2.1.99', { explicitVr: true, deflated: true, encapsulated: false }],
  ['1.2.840.10008.1.2.2', { littleEndian: false, explicitVr: true, bigEndianPixels: true }],
  ['1.2.840.10008.1.2.4.70', { encapsulated: true, coding: 'jpeg-lossless', lossy: false }],
  ['1.2.840.10008.1.2.4.203', { encapsulated: true, coding: 'htj2k', lossy: true }],
  ['1.2.840.10008.1.2.8.1', { encapsulated: true, coding: 'deflated-frame', lossy: false }],
  ['1.2.840.113619.5.2', { explicitVr: false, littleEndian: true, bigEndianPixels: true }],
])('transfer syntax %s is described', (uid, expected) => {
  expect(transferSyntax(uid)).toMatchObject(expected);
});

test('a padded UID is recognised', () => {
  expect(findTransferSyntax('1.2.840.10008.1.2\0')?.name).toBe('Implicit VR Little Endian');
  expect(findSopClass('1.2.840.10008.5.1.4.1.1.2\0')?.name).toBe('CT Image Storage');
});

test('an unknown transfer syntax is refused by name', () => {
  expect(() => transferSyntax('1.2.3')).toThrow(DicomError);
  expect(() => transferSyntax('1.2.3')).toThrow(/"1\.2\.3"/);
  expect(findTransferSyntax('1.2.3')).toBeUndefined();
});
