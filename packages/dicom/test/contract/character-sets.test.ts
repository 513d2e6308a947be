import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataSet, formatPersonName, items, personName, readDataSet, readFileMeta, transferSyntax } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/files/charset');
const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/charset');
const PATIENT_NAME = '00100010';

function read(path: string): DataSet {
  const bytes = new Uint8Array(readFileSync(path));
  const { meta, dataSetOffset } = readFileMeta(bytes);
  return readDataSet(bytes.subarray(dataSetOffset), { transferSyntax: transferSyntax(meta.transferSyntaxUid) }).dataSet;
}

function nameIn(dataSet: DataSet): string {
  return formatPersonName(personName(dataSet, PATIENT_NAME) ?? {});
}

/** The sample names of D. Clunie's character set collection, as its list spells them. */
const NAMES: Readonly<Record<string, string>> = {
  ARAB: 'قباني^لنزار',
  FREN: 'Buc^Jérôme',
  GERM: 'Äneas^Rüdiger',
  GREEK: 'Διονυσιος',
  H31: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  H32: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  HBRW: 'שרון^דבורה',
  I2: 'Hong^Gildong=洪^吉洞=홍^길동',
  RUSS: 'Люкceмбypг',
  X1: 'Wang^XiaoDong=王^小東',
  X2: 'Wang^XiaoDong=王^小东',
};

describe('files of each character set', () => {
  test.each([
    ['chrArab', NAMES.ARAB],
    ['chrFren', NAMES.FREN],
    ['chrFrenMulti', NAMES.FREN],
    ['chrGerm', NAMES.GERM],
    ['chrGreek', NAMES.GREEK],
    ['chrH31', NAMES.H31],
    ['chrH32', NAMES.H32],
    ['chrHbrw', NAMES.HBRW],
    ['chrI2', NAMES.I2],
    ['chrJapMulti', 'やまだ^たろう'],
    ['chrJapMultiExplicitIR6', 'やまだ^たろう'],
    ['chrKoreanMulti', '김희중'],
    ['chrRuss', NAMES.RUSS],
    ['chrX1', NAMES.X1],
    ['chrX2', NAMES.X2],
  ])('%s holds the name %s', (file, name) => {
    expect(nameIn(read(join(FIXTURES, `${file}.dcm`)))).toBe(name);
  });

  test.each(['chrSQEncoding', 'chrSQEncoding1'])('%s: an item with its own, or without, is read by the right one', (file) => {
    const [item = {}] = items(read(join(FIXTURES, `${file}.dcm`)), '00321064');
    expect(nameIn(item)).toBe(NAMES.H32);
  });
});

describe.runIf(existsSync(CORPUS))('the public corpus', () => {
  test.each(Object.entries(NAMES))('SCS%s holds the name %s', (file, name) => {
    expect(nameIn(read(join(CORPUS, 'dicomdir', `SCS${file}`)))).toBe(name);
  });

  test('a DICOMDIR has a character set in each of its records', () => {
    const names = items(read(join(CORPUS, 'dicomdir/DICOMDIR')), '00041220')
      .filter((record) => record[PATIENT_NAME] !== undefined)
      .map(nameIn);
    expect(names.toSorted()).toEqual(Object.values(NAMES).toSorted());
  });

  test('Chinese of IR 58 is read without the escapes in the name', () => {
    expect(nameIn(read(join(CORPUS, 'chrGB2312.dcm')))).toBe('Zhang^XiaoDong=张^小东');
  });

  test('text of IR 101 deep in a report is Polish', () => {
    const [, section = {}] = items(read(join(CORPUS, 'MarekLatin2.dcm')), '0040A730');
    const [concept = {}] = items(section, '0040A043');
    expect(concept['00080104']?.Value).toEqual(['Oddział']);
  });
});
