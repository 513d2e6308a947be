import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytesSource,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstText,
  personName,
  readDataSet,
  readObject,
  TAG,
  transferSyntax,
} from '@filmless/dicom';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askedOf, FIND_LINES, identifier, largeSeries } from './query-lines.ts';
import { writeStudies } from './query-servers.ts';

const UNIQUE = { uid: TAG.StudyInstanceUID, accession: TAG.AccessionNumber, patient: TAG.PatientID };

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

  it('name studies, patients and days that the generated studies have', async () => {
    const [studies, newest] = [700, 300];
    const folder = await mkdtemp(join(tmpdir(), 'filmless-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = await writeStudies(join(folder, 'studies'), studies, newest);
    expect(files).toHaveLength(newest + 1);
    const generated = await Promise.all(files.map(async (file) => (await readObject(bytesSource(await readFile(file)))).header));
    for (const [key, tag] of Object.entries({ ...UNIQUE, day: TAG.StudyDate })) {
      const line = FIND_LINES.find((one) => one.key === key);
      const values = new Set(generated.map((header) => firstText(header, tag)));
      for (let at = 0; at < 80; at += 1) {
        const [asked] = Object.values(line?.keys(at, askedOf(studies, newest)) ?? {});
        expect(values, `${key}: ${asked}`).toContain(asked);
      }
    }
  });

  it('name only the study where images are retrieved', () => {
    expect(Object.keys(read(identifier('STUDY', { StudyInstanceUID: '1.2' }, false)))).toEqual([
      TAG.QueryRetrieveLevel,
      TAG.StudyInstanceUID,
    ]);
  });

  it('ask each line for something else each time', () => {
    for (const line of FIND_LINES) {
      const asked = Array.from({ length: 4 }, (_, at) => JSON.stringify(line.keys(at, askedOf(10_000, 489))));
      expect(new Set(asked).size, line.title).toBe(4);
    }
    expect(largeSeries(500).StudyInstanceUID).toMatch(/\.501$/);
  });
});
