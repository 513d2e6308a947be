import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, readDataSet, TAG, transferSyntax } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { answerDataSet, encodeAnswer } from './answer.ts';

const CONTEXT = { transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
const RESULT: DataSet = {
  [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
  [TAG.StudyDate]: { vr: 'DA', Value: ['20260301'] },
  [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  [TAG.StudyDescription]: { vr: 'LO', Value: ['CT ngực'] },
  [TAG.RequestAttributesSequence]: {
    vr: 'SQ',
    Value: [
      { [TAG.ScheduledProcedureStepID]: { vr: 'SH', Value: ['S1'] }, [TAG.RequestedProcedureID]: { vr: 'SH', Value: ['R1'] } },
    ],
  },
};
const OPTIONS = { aeTitle: 'FILMLESS', asciiNames: false };

function answer(keys: DataSet, characterSets: readonly string[] = [], options: Partial<typeof OPTIONS> = {}) {
  const identifier = { level: 'STUDY', characterSets, keys } as const;
  const bytes = encodeAnswer(answerDataSet(RESULT, identifier, Object.keys(keys), { ...OPTIONS, ...options }), CONTEXT);
  return { bytes, dataSet: readDataSet(bytes, { transferSyntax: transferSyntax(CONTEXT.transferSyntax) }).dataSet };
}

const FIXED: DataSet = {
  [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
  [TAG.RetrieveAETitle]: { vr: 'AE', Value: ['FILMLESS'] },
  [TAG.InstanceAvailability]: { vr: 'CS', Value: ['ONLINE'] },
};

describe('an answer to a query', () => {
  it('holds what was asked for, empty where there is nothing, and where it can be had', () => {
    expect(answer({ [TAG.StudyDate]: { vr: 'DA' }, [TAG.AccessionNumber]: { vr: 'SH', Value: ['A*'] } }).dataSet).toEqual({
      ...FIXED,
      [TAG.StudyDate]: { vr: 'DA', Value: ['20260301'] },
      [TAG.AccessionNumber]: { vr: 'SH' },
    });
  });

  const NAME: DataSet = { [TAG.PatientName]: { vr: 'PN' } };

  it.each<[string, readonly string[], readonly string[] | undefined]>([
    ["goes out in the asker's character set where that holds the text", ['ISO_IR 192'], ['ISO_IR 192']],
    ['goes out in GB18030 to who asks in it', ['GB18030'], ['GB18030']],
    ['goes out in UTF-8 where Latin letters do not suffice', ['ISO_IR 100'], ['ISO_IR 192']],
    ['goes out in UTF-8 to who names none', [], ['ISO_IR 192']],
    ['goes out in UTF-8 to who names what nobody knows', ['KLINGON'], ['ISO_IR 192']],
  ])('%s', (_, asked, expected) => {
    const { dataSet } = answer(NAME, asked);
    expect(dataSet[TAG.SpecificCharacterSet]?.Value).toEqual(expected);
    expect(dataSet[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Nguyễn^Văn An' }]);
  });

  it('names no character set when nobody asked for one and none is needed', () => {
    expect(answer({ [TAG.StudyDate]: { vr: 'DA' } }).dataSet[TAG.SpecificCharacterSet]).toBeUndefined();
  });

  it('has no accents for a console that cannot show them', () => {
    const { bytes, dataSet } = answer({ ...NAME, [TAG.StudyDescription]: { vr: 'LO' } }, ['ISO_IR 192'], { asciiNames: true });
    expect(bytes.every((byte) => byte < 0x80)).toBe(true);
    expect(dataSet[TAG.SpecificCharacterSet]).toBeUndefined();
    expect(dataSet[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Nguyen^Van An' }]);
    expect(dataSet[TAG.StudyDescription]?.Value).toEqual(['CT nguc']);
  });

  it('has of a sequence what the key names, or all', () => {
    const key = (items: readonly DataSet[]): DataSet => ({ [TAG.RequestAttributesSequence]: { vr: 'SQ', Value: items } });
    const named = answer(key([{ [TAG.ScheduledProcedureStepID]: { vr: 'SH' } }])).dataSet[TAG.RequestAttributesSequence];
    expect(named?.Value).toEqual([{ [TAG.ScheduledProcedureStepID]: { vr: 'SH', Value: ['S1'] } }]);
    expect(answer({ [TAG.RequestAttributesSequence]: { vr: 'SQ' } }).dataSet[TAG.RequestAttributesSequence]).toEqual(
      RESULT[TAG.RequestAttributesSequence],
    );
  });

  it('leaves empty what a broken object has and cannot be written', () => {
    const broken: DataSet = {
      ...FIXED,
      [TAG.BodyPartExamined]: { vr: 'CS', Value: ['NGỰC'] },
      [TAG.StudyID]: { vr: 'SH', Value: ['1'] },
    };
    const bytes = encodeAnswer(broken, CONTEXT);
    const { dataSet } = readDataSet(bytes, { transferSyntax: transferSyntax(CONTEXT.transferSyntax) });
    expect(dataSet[TAG.BodyPartExamined]).toEqual({ vr: 'CS' });
    expect(dataSet[TAG.StudyID]?.Value).toEqual(['1']);
  });
});
