import { describe, expect, test } from 'vitest';
import { parseStudy, type Study } from '../api/studies.ts';
import { counterpart, priorsOf, relationOf } from './prior-list.ts';

interface Facts {
  readonly id?: string;
  readonly issuer?: string;
  readonly name?: string;
  readonly date?: string | null;
  readonly modalities?: readonly string[];
  readonly bodyParts?: readonly string[];
  readonly description?: string;
}

function study(uid: string, { id = 'P1', issuer = 'SADEC', name = 'Đỗ Thị Dương', ...facts }: Facts = {}): Study {
  const patient = { id, issuer, name, birthDate: '1970-01-01', sex: 'F' };
  const rest = { date: '2026-03-01', modalities: ['CT'], bodyParts: ['CHEST'], ...facts };
  return parseStudy({ studyInstanceUid: uid, patient, seriesCount: 1, instanceCount: 1, ...rest }, uid);
}

const CURRENT = study('now');
const uidsOf = (...found: readonly Study[]) =>
  priorsOf(CURRENT, found).map(({ study: { studyInstanceUid } }) => studyInstanceUid);

describe('the other studies of a patient', () => {
  test('are those of the same number from the same issuer, without the one that is read', () => {
    expect(uidsOf(study('a'), study('b', { id: 'P2' }), study('c', { issuer: 'LAPVO' }), CURRENT)).toEqual(['a']);
  });

  test('are none where there is no number: an empty one is everybody’s', () => {
    expect(priorsOf(study('x', { id: '' }), [study('y', { id: '' })])).toEqual([]);
  });

  test('come newest first, those of the same kind and part before those of the same kind, before others', () => {
    const found = [
      study('us-new', { date: '2026-02-01', modalities: ['US'] }),
      study('ct-head', { date: '2026-01-01', bodyParts: ['HEAD'] }),
      study('ct-chest-old', { date: '2024-01-01' }),
      study('ct-chest-new', { date: '2025-01-01', modalities: ['SR', 'CT'] }),
      study('undated', { date: null }),
    ];
    expect(uidsOf(...found)).toEqual(['ct-chest-new', 'ct-chest-old', 'undated', 'ct-head', 'us-new']);
  });

  test('of digital and of computed radiography are of one kind', () => {
    const current = study('now', { modalities: ['DX'] });
    expect(priorsOf(current, [study('cr', { modalities: ['CR'] })])[0]?.likeness).toBe(0);
  });

  test('are looked at twice where the name, the birth date or the sex is another', () => {
    const found = [study('a', { name: 'DO THI DUONG' }), study('b', { name: 'Trần Văn Bình' })];
    expect(priorsOf(CURRENT, found).map(({ isDoubtful }) => isDoubtful)).toEqual([false, true]);
  });
});

test.each([
  ['2026-03-01', '2025-03-01', 'earlier'],
  ['2026-03-01', '2026-03-02', 'later'],
  ['2026-03-01', '2026-03-01', 'sameDay'],
  [null, '2026-03-01', 'unknown'],
  ['2026-03-01', null, 'unknown'],
])('read on %s, a study of %s is %s', (current, other, relation) => {
  expect(relationOf(current, other)).toBe(relation);
});

describe('the series beside another', () => {
  const series = (description: string, more = {}) => ({
    modality: 'CT',
    description,
    rows: 512,
    frameCount: 0,
    instanceCount: 100,
    ...more,
  });
  const candidates = [
    series('Scout', { instanceCount: 2 }),
    series('Phổi 1mm', { instanceCount: 300 }),
    series('Trung thất 5mm', { instanceCount: 60 }),
    series('Liều', { modality: 'SR', rows: null }),
  ];

  test('is described alike', () => {
    expect(counterpart(series('phoi 1.0 mm'), candidates)?.description).toBe('Phổi 1mm');
    expect(counterpart(series('TRUNG THAT'), candidates)?.description).toBe('Trung thất 5mm');
  });

  test('has a like number of images where the words say nothing', () => {
    expect(counterpart(series('', { instanceCount: 280 }), candidates)?.description).toBe('Phổi 1mm');
  });

  test('has pictures', () => {
    expect(counterpart(series('Liều', { modality: 'SR' }), candidates)?.rows).toBe(512);
    expect(counterpart(undefined, candidates)?.description).toBe('Scout');
    expect(counterpart(undefined, [series('x', { rows: null })])).toBeUndefined();
  });
});
