import { describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';

describe('the rate of connections', () => {
  it('lets a burst in, then as many as time allows', () => {
    let now = 0;
    const limiter = new RateLimiter(2, 100, () => now);
    const admitted = () => Array.from({ length: 50 }, () => limiter.admit('10.0.0.1')).filter(Boolean).length;
    expect(admitted()).toBe(20);
    now = 3000;
    expect(admitted()).toBe(6);
    expect(limiter.admit('10.0.0.2')).toBe(true);
  });

  it('remembers a bounded number of addresses', () => {
    const limiter = new RateLimiter(0.1, 2, () => 0);
    expect(['a', 'a', 'b', 'c', 'a'].map((address) => limiter.admit(address))).toEqual([true, false, true, true, true]);
  });
});
