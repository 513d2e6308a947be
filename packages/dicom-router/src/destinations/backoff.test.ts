import { expect, it } from 'vitest';
import { retryDelayMs, withJitter } from './backoff.ts';

it('waits longer after each failure, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 100, 10_000].map((attempts) => retryDelayMs(attempts, 1000, 10_000))).toEqual([
    1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
  ]);
});

it('waits a fifth more or less than others do', () => {
  expect([0, 0.5, 1].map((random) => withJitter(1000, () => random))).toEqual([800, 1000, 1200]);
});
