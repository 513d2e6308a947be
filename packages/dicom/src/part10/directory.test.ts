import { describe, expect, it } from 'vitest';
import type { Attribute, DataSet } from '../dataset/model.ts';
import { writeDataSet } from '../dataset/write.ts';
import type { Vr } from '../vr.ts';
import { MEDIA_DIRECTORY, readDirectory } from './directory.ts';
import { writeFileMeta } from './write-file-meta.ts';

const value = (vr: Vr, ...values: readonly (string | number)[]): Attribute => ({ vr, Value: values });

interface Wished {
  readonly type: string;
  readonly next?: number;
  readonly lower?: number;
  readonly inUse?: number;
  readonly more?: DataSet;
}

/** A DICOMDIR whose records point at each other by their places in the list; -1 points nowhere there is. */
function directory(records: readonly Wished[], first = 0): Uint8Array {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: MEDIA_DIRECTORY,
    mediaStorageSopInstanceUid: '1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  });
  const made = (offsets: readonly number[]): Uint8Array => {
    const at = (place: number | undefined): number => (place === undefined ? 0 : place < 0 ? 12_345 : (offsets[place] ?? 0));
    const items = records.map(
      ({ type, next, lower, inUse = 0xffff, more }): DataSet => ({
        '00041400': value('UL', at(next)),
        '00041410': value('US', inUse),
        '00041420': value('UL', at(lower)),
        '00041430': value('CS', type),
        ...more,
      }),
    );
    return writeDataSet({ '00041200': value('UL', at(first)), '00041220': { vr: 'SQ', Value: items } }, { explicitVr: true });
  };
  const lengths = records.map(({ more = {} }) => 8 + 12 + 10 + 12 + writeDataSet(more, { explicitVr: true }).byteLength);
  const types = records.map(({ type }) => 8 + type.length + (type.length % 2));
  let offset = meta.byteLength + 12 + 12;
  const offsets = records.map((_, index) => {
    const own = offset;
    offset += (lengths[index] ?? 0) + (types[index] ?? 0);
    return own;
  });
  const bytes = made(offsets);
  const whole = new Uint8Array(meta.byteLength + bytes.byteLength);
  whole.set(meta);
  whole.set(bytes, meta.byteLength);
  return whole;
}

const file = (...path: readonly string[]): DataSet => ({ '00041500': value('CS', ...path) });
const patient = (id: string): DataSet => ({ '00100020': value('LO', id) });

/** Two patients, whose records do not stand in the order of the tree. */
const CROSSED: readonly Wished[] = [
  { type: 'PATIENT', next: 4, lower: 1, more: patient('A') },
  { type: 'STUDY', lower: 2 },
  { type: 'SERIES', lower: 6 },
  { type: 'IMAGE', more: file('B', 'IM1') },
  { type: 'PATIENT', lower: 5, more: patient('B') },
  { type: 'STUDY', lower: 7 },
  { type: 'IMAGE', next: 8, more: file('A', 'IM1') },
  { type: 'SERIES', lower: 3 },
  { type: 'IMAGE', inUse: 0, more: file('A', 'IM2') },
];

const found = (bytes: Uint8Array) =>
  readDirectory(bytes).files.map(({ path, patient: of }) => [path.join('/'), of['00100020']?.Value?.[0]]);

describe('a DICOMDIR', () => {
  it('is followed by its offsets, without what was taken out', () => {
    expect(found(directory(CROSSED))).toEqual([
      ['A/IM1', 'A'],
      ['B/IM1', 'B'],
    ]);
    expect(readDirectory(directory(CROSSED)).warnings).toEqual([]);
  });

  it.each([
    ['lead nowhere', CROSSED.map((record, index) => (index === 2 ? { ...record, lower: -1 } : record))],
    ['lead in circles', CROSSED.map((record, index) => (index === 6 ? { ...record, next: 6 } : record))],
    ['leave files out', CROSSED.map((record, index) => (index === 0 ? { ...record, next: undefined } : record) as Wished)],
  ])('is read in its order where its offsets %s', (_, records) => {
    const { files, warnings } = readDirectory(directory(records));
    expect(files.map(({ path }) => path.join('/'))).toEqual(['B/IM1', 'A/IM1']);
    expect(warnings).toEqual(['the offsets of its records are wrong: they are read in the order they stand in']);
  });

  it('of nothing lists nothing', () => {
    expect(readDirectory(directory([])).files).toEqual([]);
  });

  it('is none when it is something else', () => {
    expect(() => readDirectory(Uint8Array.of(1, 2, 3))).toThrow('not a DICOM file');
    const image = writeFileMeta({
      mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      mediaStorageSopInstanceUid: '1.2',
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    });
    expect(() => readDirectory(image)).toThrow('not a DICOMDIR');
  });
});
