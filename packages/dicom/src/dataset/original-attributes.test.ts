import { describe, expect, it } from 'vitest';
import type { DataSet } from './model.ts';
import { originalAttributes } from './original-attributes.ts';

const COERCION = { at: Date.UTC(2026, 2, 1, 8, 9, 10, 500), system: 'FILMLESS', source: 'CT01' };

const BEFORE: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
  '00080080': { vr: 'LO', Value: ['Klinik Süd'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] },
  '00100020': { vr: 'LO', Value: ['P001'] },
  '00100021': { vr: 'LO', Value: ['SUED'] },
};

const text = (value: string) => ({ vr: 'LO' as const, Value: [value] });

/** The attributes of the one item. */
const itemOf = (set: DataSet, before = BEFORE): DataSet | undefined => {
  const [item] = originalAttributes(before, set, COERCION)?.Value ?? [];
  return item as DataSet | undefined;
};

describe('what a rule replaced', () => {
  it('stands in the copy with who replaced it, when, and from whom it came', () => {
    expect(itemOf({ '00080080': text('BV') })).toEqual({
      '04000550': { vr: 'SQ', Value: [{ '00080080': text('Klinik Süd') }] },
      '04000562': { vr: 'DT', Value: ['20260301080910+0000'] },
      '04000563': text('FILMLESS'),
      '04000564': text('CT01'),
      '04000565': { vr: 'CS', Value: ['COERCE'] },
    });
  });

  it('stands there empty where there was nothing, or nothing that can be written', () => {
    const before: DataSet = { ...BEFORE, '00081010': { vr: 'SH', Value: ['Phòng ắ'] } };
    const set: DataSet = { '00081010': { vr: 'SH', Value: ['CT'] }, '00081040': text('A') };
    expect(itemOf(set, before)?.['04000550']?.Value).toEqual([{ '00081010': { vr: 'SH' }, '00081040': { vr: 'LO' } }]);
  });

  it('names who gave out a number that was replaced', () => {
    expect(itemOf({ '00100020': text('P9') })?.['04000550']?.Value).toEqual([
      { '00100020': text('P001'), '00100021': text('SUED') },
    ]);
  });

  it('is not noted where it stays the same, or where the rule wants nothing to stand there', () => {
    expect(originalAttributes(BEFORE, { '00080080': text('Klinik Süd'), '00100010': { vr: 'PN' } }, COERCION)).toBeUndefined();
  });

  it('stands behind what others noted before', () => {
    const earlier: DataSet = { '04000563': text('MODALITY') };
    const before: DataSet = { ...BEFORE, '04000561': { vr: 'SQ', Value: [earlier] } };
    const noted = originalAttributes(before, { '00080080': text('BV') }, { ...COERCION, source: '' });
    expect(noted?.Value).toEqual([earlier, expect.objectContaining({ '04000564': { vr: 'LO' } })]);
  });
});
