import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeIn } from './byte-range.ts';

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-9', { offset: 0, length: 10 }],
    ['bytes=10-', { offset: 10, length: 90 }],
    ['bytes=-30', { offset: 70, length: 30 }],
    ['bytes=-300', { offset: 0, length: 100 }],
    ['bytes=90-1000', { offset: 90, length: 10 }],
    ['Bytes = 5 - 5', { offset: 5, length: 1 }],
    ['bytes=100-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=999999999999999-', 'none'],
    ['bytes=9-3', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['lines=0-9', undefined],
    ['bytes=1x-9', undefined],
    [undefined, undefined],
  ])('%j of 100 is %j', (header, expected) => {
    expect(rangeIn(header, 100)).toEqual(expected);
  });

  it('never lies outside of what there is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
      fc.nat().map((n) => `bytes=-${n}`),
    );
    fc.assert(
      fc.property(text, fc.nat(1000), (header, length) => {
        const range = rangeIn(header, length);
        if (range !== undefined && range !== 'none') {
          expect(range.length).toBeGreaterThan(0);
          expect(range.offset).toBeGreaterThanOrEqual(0);
          expect(range.offset + range.length).toBeLessThanOrEqual(length);
        }
      }),
    );
  });

  it('of nothing is none', () => {
    expect([rangeIn('bytes=0-', 0), rangeIn('bytes=-5', 0), rangeIn(undefined, 0)]).toEqual(['none', 'none', undefined]);
  });
});
