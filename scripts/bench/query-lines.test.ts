import { EXPLICIT_VR_LITTLE_ENDIAN, firstText, personName, readDataSet, TAG, transferSyntax } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { FIND_LINES, identifier, largeSeries } from './query-lines.ts';

function read(hex: string) {
  const syntax = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);
  return readDataSet(new Uint8Array(Buffer.from(hex, 'hex')), { transferSyntax: syntax }).dataSet;
}

describe('the questions', () => {
  it('carry level, keys and what is to come back, in a character set that holds them', () => {
    const plain = read(identifier('STUDY', { PatientName: 'LE^*', StudyDate: '20240101-20240128' }));
    expect(firstText(plain, TAG.QueryRetrieveLevel)).toBe('STUDY');
    expect(personName(plain, TAG.PatientName)).toEqual({ Alphabetic: 'LE^*' });
    expect(firstText(plain, TAG.StudyDate)).toBe('20240101-20240128');
    expect(plain[TAG.StudyInstanceUID]).toEqual({ vr: 'UI' });
    expect(plain[TAG.SpecificCharacterSet]).toBeUndefined();
    const marked = read(identifier('STUDY', { PatientName: 'Đặng*' }));
    expect(firstText(marked, TAG.SpecificCharacterSet)).toBe('ISO_IR 192');
    expect(personName(marked, TAG.PatientName)).toEqual({ Alphabetic: 'Đặng*' });
  });

  it('name only the study where images are retrieved', () => {
    expect(Object.keys(read(identifier('STUDY', { StudyInstanceUID: '1.2' }, false)))).toEqual([
      TAG.QueryRetrieveLevel,
      TAG.StudyInstanceUID,
    ]);
  });

  it('ask each line for something else each time', () => {
    for (const line of FIND_LINES) {
      const asked = Array.from({ length: 4 }, (_, at) => JSON.stringify(line.keys(at, 500)));
      expect(new Set(asked).size, line.title).toBe(4);
    }
    expect(largeSeries(500).StudyInstanceUID).toMatch(/\.501$/);
  });
});
