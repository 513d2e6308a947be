import type { DataSet } from '@filmless/dicom';
import { expect, it } from 'vitest';
import { readRejectionNote } from './rejection-note.ts';

const TITLE: DataSet = { '00080100': { vr: 'SH', Value: ['113001'] }, '00080102': { vr: 'SH', Value: ['DCM'] } };

const ofStudy = (study: string, instance: string): DataSet => ({
  '0020000D': { vr: 'UI', Value: [study] },
  '00081115': { vr: 'SQ', Value: [{ '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: [instance] } }] } }] },
});

const note = (evidence: readonly DataSet[]): DataSet => ({
  '0040A043': { vr: 'SQ', Value: [TITLE] },
  '0040A375': { vr: 'SQ', Value: evidence },
});

it('names the instances of a study together, however often the study is named', () => {
  const { studies } = readRejectionNote(note([ofStudy('1', '1.1'), ofStudy('2', '2.1'), ofStudy('1', '1.2')])) ?? {};
  expect([...(studies?.get('1') ?? [])]).toEqual(['1.1', '1.2']);
  expect([...(studies?.get('2') ?? [])]).toEqual(['2.1']);
});

// With a copy for each of them it would take minutes, during which nobody else is answered.
it('is read in one go when one study is named a hundred thousand times', () => {
  const read = readRejectionNote(note(Array.from({ length: 100_000 }, (_, index) => ofStudy('1', `1.${index}`))));
  expect(read?.studies.get('1')?.size).toBe(100_000);
});
