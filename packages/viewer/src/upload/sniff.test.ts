import { expect, it } from 'vitest';
import { DICOMDIR_SOP_CLASS, dicomFile } from './dicom-fixture.ts';
import { kindOf, sniff } from './sniff.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

it('knows a DICOM file by its content and names its instance', async () => {
  expect(await sniff(new Blob([dicomFile('1.2.3')]))).toEqual({ kind: 'dicom', sopInstanceUid: '1.2.3' });
});

it('knows a DICOM file without preamble and meta information', () => {
  const dataSet = Uint8Array.from([
    8,
    0,
    5,
    0,
    0x43,
    0x53,
    10,
    0,
    ...bytes('ISO_IR 100'),
    8,
    0,
    0x60,
    0,
    0x43,
    0x53,
    2,
    0,
    ...bytes('CT'),
  ]);
  expect(kindOf(dataSet)).toEqual({ kind: 'dicom', sopInstanceUid: undefined });
});

it.each([
  ['the index of a disc', dicomFile('1.2.3', DICOMDIR_SOP_CLASS), 'dicomdir'],
  ['a ZIP archive', bytes('PK\x03\x04rest'), 'zip'],
  ['an empty ZIP archive', bytes('PK\x05\x06rest'), 'zip'],
  ['a text', bytes('Kính gửi quý bệnh viện'), 'other'],
  ['a picture', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]), 'other'],
  ['nothing', new Uint8Array(), 'other'],
  ['zeros', new Uint8Array(4096), 'other'],
])('takes %s for what it is', (_, content, kind) => {
  expect(kindOf(content)).toEqual({ kind });
});
