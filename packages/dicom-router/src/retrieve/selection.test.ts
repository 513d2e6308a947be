import { type DataSet, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import type { QueryLevel } from '../query/information-model.ts';
import { instanceOf, instanceUrls } from './selection.ts';

const uids = (...Value: readonly string[]) => ({ vr: 'UI', Value }) as const;
const urls = (level: QueryLevel, keys: DataSet) =>
  instanceUrls({ level, keys, characterSets: [] }, 2).map((url) =>
    decodeURIComponent(url).replace('&limit=1000', '').replace('?limit=1000', ''),
  );
const P1 = { [TAG.PatientID]: { vr: 'LO', Value: ['P 1'] } } as const;

describe('what a retrieval lists', () => {
  it('is the instances of a patient, told apart by issuer', () => {
    expect(urls('PATIENT', P1)).toEqual(['/dicom-web/instances?00100020=P+1']);
    expect(urls('PATIENT', { ...P1, [TAG.IssuerOfPatientID]: { vr: 'LO', Value: ['SADEC'] } })).toEqual([
      '/dicom-web/instances?00100020=P+1&00100021=SADEC',
    ]);
  });

  it('is each study, or each series of one', () => {
    expect(urls('STUDY', { [TAG.StudyInstanceUID]: uids('1.1', '1.2', '1.1') })).toEqual([
      '/dicom-web/studies/1.1/instances',
      '/dicom-web/studies/1.2/instances',
    ]);
    expect(urls('STUDY', { ...P1, [TAG.StudyInstanceUID]: uids('1.1') })).toEqual([
      '/dicom-web/studies/1.1/instances?00100020=P+1',
    ]);
    expect(urls('SERIES', { [TAG.StudyInstanceUID]: uids('1.1'), [TAG.SeriesInstanceUID]: uids('2.1', '2.2') })).toEqual([
      '/dicom-web/studies/1.1/series/2.1/instances',
      '/dicom-web/studies/1.1/series/2.2/instances',
    ]);
  });

  it('is instances in parts of their list', () => {
    const keys = {
      [TAG.StudyInstanceUID]: uids('1.1'),
      [TAG.SeriesInstanceUID]: uids('2.1'),
      [TAG.SOPInstanceUID]: uids('3.1', '3.2', '3.3'),
    };
    expect(urls('IMAGE', keys)).toEqual([
      '/dicom-web/studies/1.1/series/2.1/instances?00080018=3.1\\3.2',
      '/dicom-web/studies/1.1/series/2.1/instances?00080018=3.3',
    ]);
  });

  it('needs no levels above when that was negotiated', () => {
    expect(urls('SERIES', { [TAG.SeriesInstanceUID]: uids('2.1', '2.2') })).toEqual(['/dicom-web/instances?0020000E=2.1\\2.2']);
    expect(urls('IMAGE', { [TAG.StudyInstanceUID]: uids('1.1', '1.2'), [TAG.SOPInstanceUID]: uids('3.1') })).toEqual([
      '/dicom-web/instances?0020000D=1.1\\1.2&00080018=3.1',
    ]);
  });

  it.each<[string, QueryLevel, DataSet, string]>([
    ['a study without a UID', 'STUDY', {}, 'Study Instance UID'],
    ['every study', 'STUDY', { [TAG.StudyInstanceUID]: uids('*') }, 'no value'],
    [
      'a path in place of a UID',
      'SERIES',
      { [TAG.StudyInstanceUID]: uids('../x'), [TAG.SeriesInstanceUID]: uids('2.1') },
      'Study',
    ],
    ['every patient', 'PATIENT', { [TAG.PatientID]: { vr: 'LO', Value: ['*'] } }, 'single value'],
    ['two patients', 'PATIENT', { [TAG.PatientID]: { vr: 'LO', Value: ['a', 'b'] } }, 'single value'],
  ])('is never %s', (_, level, keys, named) => {
    expect(() => urls(level, keys)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(named) }),
    );
  });

  it('leaves out what has no UIDs', () => {
    expect(instanceOf({ [TAG.SOPInstanceUID]: uids('3.1') })).toBeUndefined();
  });
});
