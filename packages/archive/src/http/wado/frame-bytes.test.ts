import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignBits } from './frame-bytes.ts';

const bitsOf = (bytes: Uint8Array): number[] =>
  [...bytes].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> i) & 1));

describe('a frame that begins within a byte', () => {
  it('is moved to the beginning of one, with nothing of its neighbours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(7), fc.nat(150), (bytes, first, wanted) => {
        const bits = Math.max(1, Math.min(wanted, bytes.length * 8 - first));
        const aligned = bitsOf(alignBits(bytes, first, bits));
        expect(aligned.slice(0, bits)).toEqual(bitsOf(bytes).slice(first, first + bits));
        expect(aligned.slice(bits).every((bit) => bit === 0)).toBe(true);
        expect(aligned.length - bits).toBeLessThan(8);
      }),
    );
  });
});
