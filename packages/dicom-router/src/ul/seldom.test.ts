import { expect, it } from 'vitest';
import { Seldom } from './seldom.ts';

it('speaks of each thing once in a while, and forgets what it spoke of longest ago', () => {
  let now = 0;
  const seldom = new Seldom(100, 2, () => now);
  expect([seldom.due('a'), seldom.due('a'), seldom.due('b')]).toEqual([true, false, true]);
  now = 100;
  expect([seldom.due('a'), seldom.due('a')]).toEqual([true, false]);
  expect(seldom.due('c')).toBe(true);
  expect([seldom.due('a'), seldom.due('c')]).toEqual([false, false]);
});
