import { expect, test } from 'vitest';
import { lookupTag, tagOf } from './dictionary.ts';
import { TAG } from './tag.gen.ts';

test('every TAG constant is what the dictionary says of its keyword', () => {
  expect(Object.entries(TAG).length).toBeGreaterThan(250);
  for (const [keyword, tag] of Object.entries(TAG)) {
    expect(tagOf(keyword), keyword).toBe(tag);
    expect(lookupTag(tag)?.keyword).toBe(keyword);
  }
});

test('an element is found with its name, keyword, VR, VM and whether it is retired', () => {
  expect(lookupTag('00100010')).toEqual({
    tag: '00100010',
    keyword: 'PatientName',
    name: "Patient's Name",
    vr: 'PN',
    vrs: ['PN'],
    vm: '1',
    retired: false,
  });
  expect(lookupTag('00080001')).toMatchObject({ keyword: 'LengthToEnd', vr: 'UL', retired: true });
  expect(lookupTag('00280030')).toMatchObject({ vr: 'DS', vm: '2' });
});

test('an element whose VR the data set decides keeps all of them', () => {
  expect(lookupTag('00280106')?.vrs).toEqual(['US', 'SS']);
  expect(lookupTag('00283006')?.vrs).toEqual(['US', 'OW']);
  expect(lookupTag('7FE00010')?.vrs).toEqual(['OB', 'OW']);
});

test('command elements are in the dictionary', () => {
  expect(lookupTag('00000100')).toMatchObject({ keyword: 'CommandField', vr: 'US' });
  expect(tagOf('NumberOfRemainingSuboperations')).toBe('00001020');
});

test('a repeating group is found under each of its groups', () => {
  expect(lookupTag('60023000')).toMatchObject({ tag: '60023000', keyword: 'OverlayData', vr: 'OB', vrs: ['OB', 'OW'] });
  expect(lookupTag('501E3000')?.keyword).toBe('CurveData');
  expect(tagOf('OverlayData')).toBe('60003000');
});

test('a private creator is known and a private data element is not', () => {
  expect(lookupTag('00190010')?.keyword).toBe('PrivateCreator');
  expect(lookupTag('00191001')).toBeUndefined();
  expect(lookupTag('60013000')).toBeUndefined();
});

test('any group has a group length, and an unknown standard element is not invented', () => {
  expect(lookupTag('00290000')?.vr).toBe('UL');
  expect(lookupTag('00100000')?.keyword).toBe('GenericGroupLength');
  expect(lookupTag('00080FFF')).toBeUndefined();
  expect(tagOf('NoSuchKeyword')).toBeUndefined();
});
