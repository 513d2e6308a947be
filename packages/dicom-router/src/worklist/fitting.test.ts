import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitting, isWhole, nameAttribute } from './fitting.ts';

const LENGTHS = { AE: 16, CS: 16, SH: 16, LO: 64, PN: 64, LT: 10_240 } as const;

describe('a text that is to fit its VR', () => {
  it.each(Object.entries(LENGTHS))('is a value of %s with at most %i characters, whatever it was', (name, most) => {
    const vr = name as keyof typeof LENGTHS;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const value = fitting(vr, text);
        expect([...value].length).toBeLessThanOrEqual(most);
        expect(value.isWellFormed()).toBe(true);
        expect(value).toBe(value.trim());
        expect(vr === 'LT' ? value.includes('\0') : /[\p{Cc}\\]/u.test(value)).toBe(false);
        expect(fitting(vr, value)).toBe(value);
      }),
    );
  });

  it('is cut between characters, not within one', () => {
    expect(fitting('SH', `${'x'.repeat(15)}👩🏽`)).toBe(`${'x'.repeat(15)}👩`);
  });

  it('keeps its lines where the VR may have them', () => {
    expect(fitting('LT', 'ho\r\nsốt')).toBe('ho\r\nsốt');
    expect(fitting('LO', 'ho\r\nsốt')).toBe('ho  sốt');
  });

  it('is whole only as it is', () => {
    expect(isWhole('SH', 'WL001')).toBe(true);
    expect(['', 'x'.repeat(17), 'a\\b', ' a'].some((text) => isWhole('SH', text))).toBe(false);
  });
});

describe('a name', () => {
  it('has its groups, each cut for itself', () => {
    const [name] = nameAttribute(`${'a'.repeat(70)}=山田^太郎`).Value ?? [];
    expect(name).toEqual({ Alphabetic: 'a'.repeat(64), Ideographic: '山田^太郎' });
  });

  it('of nobody is empty', () => {
    expect(nameAttribute('')).toEqual({ vr: 'PN' });
    expect(nameAttribute('==')).toEqual({ vr: 'PN' });
  });
});
