import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';

describe('percentiles', () => {
  it.each([
    [[7], 0.5, 7],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, 20, 30, 40, 50], 0.95, 48],
    [[10, 20], 0, 10],
    [[10, 20], 1, 20],
  ])('of %j, the share %d lies below %d', (samples, share, expected) => {
    expect(percentile(samples, share)).toBeCloseTo(expected, 10);
  });

  it('have no value without samples', () => {
    expect(() => median([])).toThrow('no samples');
  });

  it('lie between the samples and grow with the share', () => {
    const sample = fc.double({ min: 0, max: 1e6, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1 }), share, share, (samples, one, other) => {
        const [low, high] = [percentile(samples, Math.min(one, other)), percentile(samples, Math.max(one, other))];
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...samples));
        expect(high).toBeLessThanOrEqual(Math.max(...samples));
      }),
    );
  });
});
