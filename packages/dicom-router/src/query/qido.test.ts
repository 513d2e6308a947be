import { type DataSet, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import type { QueryLevel } from './information-model.ts';
import { searchUrls } from './qido.ts';
import { queryKeys } from './query-keys.ts';

const LIMITS = { searchPage: 500, searchPageBytes: 1000, searchUids: 3 };
const PLAIN = { combinedDateTime: false, fuzzyNames: false };

function ask(level: QueryLevel, keys: DataSet, options: Partial<typeof PLAIN> = {}) {
  const urls = [...searchUrls(level, queryKeys({ keys, level }, LIMITS.searchUids), { ...PLAIN, ...options }, LIMITS)];
  return urls.map((url) => {
    const { pathname, searchParams } = new URL(url, 'http://archive');
    const include = searchParams.getAll('includefield');
    searchParams.delete('includefield');
    return { pathname, keys: Object.fromEntries(searchParams), include };
  });
}

describe('what the archive is asked', () => {
  it('is searched where the level is, for the values and with the attributes of the keys', () => {
    const keys: DataSet = {
      [TAG.StudyDate]: { vr: 'DA', Value: ['20260101-20260131'] },
      [TAG.AccessionNumber]: { vr: 'SH' },
      [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn?', Ideographic: '阮*' }] },
    };
    expect(ask('STUDY', keys)).toEqual([
      {
        pathname: '/dicom-web/studies',
        keys: { [TAG.StudyDate]: '20260101-20260131', [TAG.PatientName]: 'Nguyễn^Văn?=阮*', limit: '500' },
        include: [TAG.StudyDate, TAG.AccessionNumber, TAG.PatientName],
      },
    ]);
    expect(ask('SERIES', {}).map(({ pathname }) => pathname)).toEqual(['/dicom-web/series']);
    expect(ask('IMAGE', {}).map(({ pathname }) => pathname)).toEqual(['/dicom-web/instances']);
  });

  it('has numbers and keys in sequences as text', () => {
    const keys: DataSet = {
      [TAG.SeriesNumber]: { vr: 'IS', Value: [3] },
      [TAG.RequestAttributesSequence]: {
        vr: 'SQ',
        Value: [{ [TAG.ScheduledProcedureStepID]: { vr: 'SH', Value: ['S1'] }, [TAG.RequestedProcedureID]: { vr: 'SH' } }],
      },
    };
    expect(ask('SERIES', keys)).toMatchObject([
      {
        keys: { [TAG.SeriesNumber]: '3', [`${TAG.RequestAttributesSequence}.${TAG.ScheduledProcedureStepID}`]: 'S1' },
        include: [TAG.SeriesNumber, TAG.RequestAttributesSequence],
      },
    ]);
  });

  it('takes a long list of UIDs in parts, each UID once', () => {
    const uids = ['1.1', '1.2', '1.3', '1.4', '1.5', '1.2', '1.6', '1.7'];
    const asked = ask('SERIES', {
      [TAG.StudyInstanceUID]: { vr: 'UI', Value: uids },
      [TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['2.1', '2.2', '2.3', '2.4'] },
    });
    expect(asked.map(({ keys }) => [keys[TAG.StudyInstanceUID], keys[TAG.SeriesInstanceUID]])).toEqual([
      ['1.1\\1.2\\1.3', '2.1\\2.2\\2.3'],
      ['1.1\\1.2\\1.3', '2.4'],
      ['1.4\\1.5\\1.6', '2.1\\2.2\\2.3'],
      ['1.4\\1.5\\1.6', '2.4'],
      ['1.7', '2.1\\2.2\\2.3'],
      ['1.7', '2.4'],
    ]);
  });

  it('says what was negotiated', () => {
    expect(ask('STUDY', {}, { fuzzyNames: true })[0]?.keys).toEqual({ fuzzymatching: 'true', limit: '500' });
    expect(ask('STUDY', {}, { combinedDateTime: true })[0]?.keys).toEqual({ combineddatetime: 'true', limit: '500' });
  });

  it('leaves out what is no attribute of a study; private, binary and lower attributes are told of', () => {
    const keys: DataSet = {
      [TAG.RetrieveAETitle]: { vr: 'AE', Value: ['OTHER'] },
      [TAG.InstanceAvailability]: { vr: 'CS' },
      '00091001': { vr: 'LO', Value: ['private'] },
      [TAG.PixelData]: { vr: 'OW' },
      [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
      [TAG.PatientID]: { vr: 'LO' },
    };
    const { matches, wanted, unsupported } = queryKeys({ keys, level: 'STUDY' }, 50);
    expect(matches).toEqual([[TAG.Modality, 'CT']]);
    expect(wanted).toEqual([TAG.PatientID]);
    expect([...unsupported].sort()).toEqual([TAG.Modality, '00091001', TAG.PixelData].sort());
  });
});
