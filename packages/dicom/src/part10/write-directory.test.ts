import { describe, expect, it } from 'vitest';
import { firstText } from '../dataset/accessors.ts';
import type { DataSet } from '../dataset/model.ts';
import { readDirectory } from './directory.ts';
import { directoryFileOf } from './directory-file.ts';
import { writeDirectory } from './write-directory.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';

interface Facts {
  readonly patient?: string;
  readonly study?: string;
  readonly series?: string;
  readonly sop: string;
  readonly sopClass?: string;
  readonly more?: DataSet;
}

const headerOf = ({ patient = 'P1', study = '1.2', series = '1.2.1', sop, sopClass = CT, more = {} }: Facts): DataSet => ({
  '00080016': { vr: 'UI', Value: [sopClass] },
  '00080018': { vr: 'UI', Value: [sop] },
  '00080020': { vr: 'DA', Value: ['20260301'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị Dương' }] },
  '00100020': { vr: 'LO', Value: [patient] },
  '0020000D': { vr: 'UI', Value: [study] },
  '0020000E': { vr: 'UI', Value: [series] },
  '00280010': { vr: 'US', Value: [4] },
  ...more,
});

const listed = (all: readonly Facts[]) =>
  all.map((facts, index) =>
    directoryFileOf(headerOf(facts), {
      path: ['DICOM', `IM${index + 1}`],
      place: index + 1,
      transferSyntaxUid: EXPLICIT,
    }),
  );

describe('a DICOMDIR', () => {
  it('is read as it was written: patients, studies and series each once, names with their accents', () => {
    const bytes = writeDirectory(
      listed([
        { sop: '1.1' },
        { sop: '1.2', series: '1.2.2' },
        { sop: '1.3' },
        { sop: '1.4', study: '1.3', series: '1.3.1' },
        { sop: '1.5', patient: 'P2', study: '1.4', series: '1.4.1' },
      ]),
    );
    const { files, warnings } = readDirectory(bytes);
    expect(warnings).toEqual([]);
    expect(
      files.map(({ path, patient, study, series, record }) => [
        path.join('/'),
        firstText(patient, '00100010'),
        firstText(patient, '00100020'),
        firstText(study, '0020000D'),
        firstText(series, '0020000E'),
        firstText(record, '00041511'),
      ]),
    ).toEqual([
      ['DICOM/IM1', 'Đỗ^Thị Dương', 'P1', '1.2', '1.2.1', '1.1'],
      ['DICOM/IM3', 'Đỗ^Thị Dương', 'P1', '1.2', '1.2.1', '1.3'],
      ['DICOM/IM2', 'Đỗ^Thị Dương', 'P1', '1.2', '1.2.2', '1.2'],
      ['DICOM/IM4', 'Đỗ^Thị Dương', 'P1', '1.3', '1.3.1', '1.4'],
      ['DICOM/IM5', 'Đỗ^Thị Dương', 'P2', '1.4', '1.4.1', '1.5'],
    ]);
  });

  it('of no files is one all the same', () => {
    expect(readDirectory(writeDirectory([])).files).toEqual([]);
  });

  it.each([
    ['1.2.840.10008.5.1.4.1.1.88.59', 'KEY OBJECT DOC'],
    ['1.2.840.10008.5.1.4.1.1.88.33', 'SR DOCUMENT'],
    ['1.2.840.10008.5.1.4.1.1.11.1', 'PRESENTATION'],
    ['1.2.840.10008.5.1.4.1.1.9.1.1', 'WAVEFORM'],
    ['1.2.840.10008.5.1.4.1.1.104.1', 'ENCAP DOC'],
    ['1.2.840.10008.5.1.4.1.1.481.2', 'RT DOSE'],
    ['1.2.840.10008.5.1.4.1.1.481.3', 'RT STRUCTURE SET'],
    ['1.2.840.10008.5.1.4.1.1.66.4', 'IMAGE'],
    ['1.2.840.10008.5.1.4.1.1.4', 'IMAGE'],
    ['1.2.840.10008.5.1.4.1.1.4.2', 'SPECTROSCOPY'],
    ['1.2.826.0.1.3680043.2.1', 'IMAGE'],
  ])('lists %s as %s, with what such a record must have', (sopClass, type) => {
    const [file] = listed([{ sop: '1.1', sopClass }]);
    expect(firstText(file?.record ?? {}, '00041430')).toBe(type);
    expect(firstText(file?.record ?? {}, '00200013')).toBe('1');
    expect(readDirectory(writeDirectory(listed([{ sop: '1.1', sopClass }]))).files).toHaveLength(1);
  });

  it('makes up what an object leaves open and a record must have', () => {
    const more: DataSet = { '00080020': { vr: 'DA' }, '00100020': { vr: 'LO', Value: [''] } };
    const [file] = listed([{ sop: '1.1', more }]);
    expect(firstText(file?.study ?? {}, '00080020')).toBe('19000101');
    expect(firstText(file?.study ?? {}, '00200010')).toBe('1');
    expect(firstText(file?.patient ?? {}, '00100020')).toBe('UNKNOWN');
    expect(firstText(file?.series ?? {}, '00080060')).toBe('OT');
  });

  it.each([[[]], [['dicom', 'im1']], [['DICOM', 'IM1.DCM']], [['..', 'IM1']], [['DICOM', 'IM1234567']]])(
    'refuses %j, which is no path in a file-set',
    (path) => {
      const [file] = listed([{ sop: '1.1' }]);
      expect(() => writeDirectory(file === undefined ? [] : [{ ...file, path }])).toThrow('not a path');
    },
  );

  it('cannot list what has no UIDs', () => {
    const header = headerOf({ sop: '1.1', more: { '0020000E': { vr: 'UI' } } });
    expect(() => directoryFileOf(header, { path: ['A'], place: 1, transferSyntaxUid: EXPLICIT })).toThrow('(0020,000E)');
  });
});
