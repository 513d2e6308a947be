import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameRanges } from './frame-ranges.ts';
import { type ImageFacts, nativeFrames } from './native-frames.ts';

const facts: ImageFacts = {
  rows: 4,
  columns: 5,
  samplesPerPixel: 1,
  bitsAllocated: 8,
  photometricInterpretation: 'MONOCHROME2',
  numberOfFrames: 3,
};

describe('frames of native pixel data', () => {
  it('lie one after the other', () => {
    const { table, warnings } = nativeFrames(facts, 100, 60);
    expect(table).toEqual({ kind: 'native', offset: 100, length: 60, bitsPerFrame: 160, count: 3 });
    expect(warnings).toEqual([]);
    expect(frameRanges(table, 2)).toEqual({ ranges: [{ offset: 140, length: 20 }], firstBit: 0 });
  });

  it('share a byte where their bits are no whole number of bytes', () => {
    const { table } = nativeFrames({ ...facts, bitsAllocated: 1, rows: 3, columns: 3 }, 0, 4);
    expect(table.count).toBe(3);
    expect([0, 1, 2].map((index) => frameRanges(table, index))).toEqual([
      { ranges: [{ offset: 0, length: 2 }], firstBit: 0 },
      { ranges: [{ offset: 1, length: 2 }], firstBit: 1 },
      { ranges: [{ offset: 2, length: 2 }], firstBit: 2 },
    ]);
  });

  it('are found where twelve bits are allocated', () => {
    const { table } = nativeFrames({ ...facts, bitsAllocated: 12, rows: 3, columns: 3, numberOfFrames: 2 }, 0, 27);
    expect(frameRanges(table, 1)).toEqual({ ranges: [{ offset: 13, length: 14 }], firstBit: 4 });
  });

  it('are whole although the padding byte of an odd value is missing', () => {
    expect(nativeFrames({ ...facts, rows: 3, columns: 3, numberOfFrames: 1 }, 0, 9).table.count).toBe(1);
    expect(nativeFrames({ ...facts, rows: 3, columns: 3, numberOfFrames: 1 }, 0, 10).table.count).toBe(1);
  });

  it('have two samples a pixel in 4:2:2, unless the value is long enough for three', () => {
    const colour = { ...facts, samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422', numberOfFrames: 2 };
    expect(nativeFrames(colour, 0, 80).table).toMatchObject({ bitsPerFrame: 320, count: 2 });
    expect(nativeFrames(colour, 0, 120).table).toMatchObject({ bitsPerFrame: 480, count: 2 });
  });

  it.each([
    ['the value is short', facts, 59, 2],
    ['the value is empty', facts, 0, 0],
    ['no frame fits', { ...facts, rows: 65535, columns: 65535 }, 1000, 0],
    ['Rows is missing', { ...facts, rows: undefined }, 60, 0],
    ['Columns is zero', { ...facts, columns: 0 }, 60, 0],
    ['Bits Allocated is missing', { ...facts, bitsAllocated: undefined }, 60, 0],
    [
      'the size of a frame is beyond every number',
      { ...facts, rows: 65535, columns: 65535, samplesPerPixel: 65535, bitsAllocated: 65535 },
      60,
      0,
    ],
  ])('are those that are there, with a warning, when %s', (_, given, length, count) => {
    const { table, warnings } = nativeFrames(given, 0, length);
    expect(table.count).toBe(count);
    expect(warnings).toHaveLength(1);
  });

  it.each([-1, 3, 0.5, Number.NaN])('do not include number %s', (index) => {
    const { table } = nativeFrames(facts, 0, 60);
    expect(() => frameRanges(table, index)).toThrow(expect.objectContaining({ code: 'no-such-frame' }));
  });

  it('cover the value in order and never leave it', () => {
    const anyFacts = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      columns: fc.integer({ min: 1, max: 30 }),
      samplesPerPixel: fc.constantFrom(1, 3),
      bitsAllocated: fc.constantFrom(1, 8, 12, 16, 32),
      photometricInterpretation: fc.constantFrom('RGB', 'YBR_FULL_422'),
      numberOfFrames: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 1, max: 5000 }), (given, length) => {
        const { table } = nativeFrames(given, 7, length);
        let bit = 7 * 8;
        for (let index = 0; index < table.count; index += 1) {
          const { ranges, firstBit } = frameRanges(table, index);
          const [range] = ranges;
          expect((range?.offset ?? 0) * 8 + firstBit).toBe(bit);
          bit += table.kind === 'native' ? table.bitsPerFrame : 0;
          const end = (range?.offset ?? 0) + (range?.length ?? 0);
          expect(end).toBe(Math.ceil(bit / 8));
          expect(end).toBeLessThanOrEqual(7 + length);
        }
      }),
    );
  });
});
