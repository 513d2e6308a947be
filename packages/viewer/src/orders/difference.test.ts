import { describe, expect, it } from 'vitest';
import { study } from '../worklist/study-fixture.ts';
import { type Comparison, compare, patientDiffers } from './difference.ts';
import { order } from './order-fixture.ts';
import { ageWords, nextStep, pregnancyWords } from './words.ts';

const PATIENT = { id: 'W001', issuer: 'MAIN', name: 'Nguyễn Văn An', birthDate: '1970-01-01', sex: 'M' };

function agreements(patient: Partial<typeof PATIENT>, more: object = {}): Readonly<Record<string, string>> {
  const rows = compare(study('1.2', { patient: { ...PATIENT, ...patient }, modalities: ['CT'] }), order('WL001', more));
  return Object.fromEntries(rows.map(({ key, agreement }) => [key, agreement]));
}

const differs = (patient: Partial<typeof PATIENT>, more: object = {}) =>
  patientDiffers(compare(study('1.2', { patient: { ...PATIENT, ...patient } }), order('WL001', more)));

describe('a study beside an order', () => {
  it('agrees when both name the same patient and day', () => {
    expect(agreements({})).toEqual({
      name: 'same',
      id: 'same',
      birth: 'same',
      sex: 'same',
      modality: 'same',
      day: 'same',
      description: 'unknown',
    });
  });

  it.each(['NGUYEN VAN AN', 'Nguyen^Van An', 'NGUYEN VAN AN 56T', 'AN NGUYEN VAN'])(
    'takes %s for the same name without accents',
    (name) => {
      expect(agreements({ name }).name).toBe('accents');
      expect(differs({ name })).toBe(false);
    },
  );

  it.each([{ name: 'Trần Thị Bình' }, { id: 'W002' }, { birthDate: '1971-01-01' }, { sex: 'F' }])(
    'needs a person to look at %j',
    (patient) => {
      expect(differs(patient)).toBe(true);
    },
  );

  it('takes a year of birth for any day of it, and silence for no difference', () => {
    expect(differs({}, { patient: { id: 'W001', name: 'Nguyễn Văn An', birthDate: '1970' } })).toBe(false);
    expect(differs({ sex: '' })).toBe(false);
  });

  it('does not ask for a look when only the examination differs', () => {
    const rows: readonly Comparison[] = compare(
      study('1.2', { patient: PATIENT, modalities: ['MR'], date: '2026-03-05' }),
      order('WL001'),
    );
    expect(rows.filter(({ agreement }) => agreement === 'different').map(({ key }) => key)).toEqual(['modality', 'day']);
    expect(patientDiffers(rows)).toBe(false);
  });

  it('takes computed and digital radiography for one kind', () => {
    const steps = [{ id: 'SPS1', modality: 'DX', start: '2026-03-01T08:00:00', state: 'SCHEDULED' }];
    const rows = compare(study('1.2', { modalities: ['CR'] }), order('WL001', { steps }));
    expect(rows.find(({ key }) => key === 'modality')?.agreement).toBe('same');
  });
});

it('stands for the first step that is not done', () => {
  const step = (id: string, state: string) => ({ id, modality: 'CT', start: `2026-03-01T0${id}:00:00`, state });
  expect(nextStep(order('A', { steps: [step('1', 'COMPLETED'), step('2', 'SCHEDULED')] }))?.id).toBe('2');
  expect(nextStep(order('A', { steps: [step('1', 'COMPLETED'), step('2', 'COMPLETED')] }))?.id).toBe('1');
});

it('guesses an age from a year of birth', () => {
  expect([ageWords('1970', '2026-03-01'), ageWords('1970-05-01', '2026-03-01'), ageWords(null, '2026-03-01')]).toEqual([
    '56 tuổi (1970)',
    '55 tuổi (1970)',
    '',
  ]);
});

it('says a pregnancy status in words, and leaves a HIS’s own words alone', () => {
  expect([pregnancyWords('2'), pregnancyWords('0002'), pregnancyWords('12 tuần')]).toEqual([
    'Có thể mang thai',
    'Có thể mang thai',
    '12 tuần',
  ]);
});
