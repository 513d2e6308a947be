import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, TAG, writeDataSet } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { parseIdentifier } from './identifier.ts';
import { FIND_MODELS, type InformationModel } from './information-model.ts';

const [PATIENT_ROOT, STUDY_ROOT] = [...FIND_MODELS.values()] as [InformationModel, InformationModel];

const keys = (level: string, others: DataSet = {}): DataSet => ({
  [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] },
  ...others,
});
const text = (vr: 'LO' | 'UI' | 'PN', ...Value: readonly string[]) => ({ vr, Value });

function parse(dataSet: DataSet, model: InformationModel, relational = false, explicitVr = true) {
  const transferSyntax = explicitVr ? EXPLICIT_VR_LITTLE_ENDIAN : IMPLICIT_VR_LITTLE_ENDIAN;
  return parseIdentifier({ bytes: writeDataSet(dataSet, { explicitVr }), context: { transferSyntax } }, model, relational);
}

describe('an identifier', () => {
  it('is a level and keys, in either transfer syntax', () => {
    const dataSet = keys('STUDY', { [TAG.PatientID]: text('LO', 'P1'), [TAG.StudyDate]: { vr: 'DA' } });
    for (const explicitVr of [true, false]) {
      const { level, keys: found, characterSets } = parse(dataSet, STUDY_ROOT, false, explicitVr);
      expect(level).toBe('STUDY');
      expect(found).toEqual({ [TAG.PatientID]: text('LO', 'P1'), [TAG.StudyDate]: { vr: 'DA' } });
      expect(characterSets).toEqual([]);
    }
  });

  it('is read by its own character set', () => {
    const dataSet = keys('STUDY', {
      [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['', 'ISO 2022 IR 87'] },
      [TAG.PatientName]: { vr: 'PN', Value: [{ Ideographic: '山田^太郎' }] },
    });
    const { keys: found, characterSets } = parse(dataSet, STUDY_ROOT);
    expect(characterSets).toEqual(['', 'ISO 2022 IR 87']);
    expect(found[TAG.PatientName]).toEqual({ vr: 'PN', Value: [{ Ideographic: '山田^太郎' }] });
  });

  it('is read by the character set that is set for its sender, whatever it names', () => {
    const name = Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e, 4, 0, 0x48, 0xe0, 0x2a, 0x20]);
    const context = { transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
    const read = (charsetIn: string, named: DataSet = {}) => {
      const bytes = Buffer.concat([writeDataSet(keys('STUDY', named), { explicitVr: true }), name]);
      const { keys: found, characterSets } = parseIdentifier({ bytes, context, charsetIn }, STUDY_ROOT, false);
      return [found[TAG.PatientName]?.Value?.[0], characterSets];
    };
    expect(read('ISO_IR 100')).toEqual([{ Alphabetic: 'Hà*' }, ['ISO_IR 100']]);
    expect(read('ISO_IR 144')).toEqual([{ Alphabetic: 'Hр*' }, ['ISO_IR 144']]);
    const latin: DataSet = { [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 100'] } };
    expect(read('ISO_IR 144', latin)).toEqual([{ Alphabetic: 'Hр*' }, ['ISO_IR 100']]);
    // A code page is no term that an answer may name.
    expect(read('windows-1251')).toEqual([{ Alphabetic: 'Hа*' }, []]);
  });

  it.each<[string, DataSet, InformationModel, string]>([
    ['without a level', { [TAG.PatientID]: text('LO', 'P1') }, STUDY_ROOT, 'Level'],
    ['with a level nobody knows', keys('EXAM'), PATIENT_ROOT, 'EXAM'],
    ['at the patient level of the study root', keys('PATIENT'), STUDY_ROOT, 'PATIENT'],
    ['of series without a study', keys('SERIES'), STUDY_ROOT, 'Study Instance UID'],
    ['of studies without a patient in the patient root', keys('STUDY'), PATIENT_ROOT, 'Patient ID'],
    [
      'of studies of a pattern of patients',
      keys('STUDY', { [TAG.PatientID]: text('LO', 'P*') }),
      PATIENT_ROOT,
      'must be a single value',
    ],
    [
      'of series of two studies',
      keys('SERIES', { [TAG.StudyInstanceUID]: text('UI', '1.2', '1.3') }),
      STUDY_ROOT,
      'must be a single value',
    ],
    ['of instances without a series', keys('IMAGE', { [TAG.StudyInstanceUID]: text('UI', '1.2') }), STUDY_ROOT, 'Series'],
  ])('%s is refused in words', (_, dataSet, model, named) => {
    expect(() => parse(dataSet, model)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(named) }),
    );
  });

  it('needs no keys of the levels above once relational queries are agreed on', () => {
    expect(parse(keys('IMAGE', { [TAG.PatientID]: text('LO', 'P*') }), PATIENT_ROOT, true).level).toBe('IMAGE');
  });

  it('that is cut off is refused in words', () => {
    const bytes = writeDataSet(keys('STUDY'), { explicitVr: true }).subarray(0, 10);
    const context = { transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
    expect(() => parseIdentifier({ bytes, context }, STUDY_ROOT, false)).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});
