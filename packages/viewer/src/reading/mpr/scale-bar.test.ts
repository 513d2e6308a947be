import { describe, expect, it } from 'vitest';
import { scaleBar } from './scale-bar.ts';

describe('the bar that shows the scale of a plane', () => {
  it('is the longest round length that takes a quarter of the width at most', () => {
    expect(scaleBar(0.5, 800)).toEqual({ mm: 100, pixels: 200 });
    expect(scaleBar(0.5, 700)).toEqual({ mm: 50, pixels: 100 });
  });

  it('is never without a length', () => {
    expect(scaleBar(0.001, 300)).toEqual({ mm: 1, pixels: 1000 });
  });
});
