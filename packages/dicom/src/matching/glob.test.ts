import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('matchesGlob', () => {
  it('says the same as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ễ', '😀'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'ễ', '😀', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wanted, given) => {
        const expected = new RegExp(`^${wanted.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su').test(given);
        expect(matchesGlob(wanted, given)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer for a pattern made to make it go back', () => {
    const started = performance.now();
    expect(matchesGlob(`${'*a'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
