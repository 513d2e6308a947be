import { frameRanges } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignBits, cutRanges, wholeWords } from './frame-bytes.ts';

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

it('frames that share a big-endian word are read with the whole word', () => {
  const frames = { kind: 'native', offset: 100, length: 10, bitsPerFrame: 24, count: 3 } as const;
  const at = (index: number, bigEndian: boolean) => wholeWords(frameRanges(frames, index), frames, bigEndian);
  expect(at(0, true)).toEqual({ ranges: [{ offset: 100, length: 4 }], firstBit: 0 });
  expect(at(1, true)).toEqual({ ranges: [{ offset: 102, length: 4 }], firstBit: 8 });
  expect(at(2, true)).toEqual({ ranges: [{ offset: 106, length: 4 }], firstBit: 0 });
  expect(at(1, false)).toEqual({ ranges: [{ offset: 103, length: 3 }], firstBit: 0 });
});

describe('a part of a frame in several fragments', () => {
  it('is the same bytes as that part of all of them joined', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, index) => index);
    const joined = (ranges: ReturnType<typeof cutRanges>) =>
      Buffer.concat(ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
    const fragments = fc.array(fc.record({ offset: fc.nat(150), length: fc.nat(50) }), { maxLength: 6 });
    fc.assert(
      fc.property(fragments, fc.nat(), fc.nat(), (ranges, from, count) => {
        const all = joined(ranges);
        const offset = all.length === 0 ? 0 : from % all.length;
        const length = Math.min(count, all.length - offset);
        const part = cutRanges(ranges, { offset, length });
        expect(joined(part).equals(all.subarray(offset, offset + length))).toBe(true);
        expect(part.every((range) => range.length > 0)).toBe(true);
      }),
    );
  });
});
