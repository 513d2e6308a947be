import { expect, test } from 'vitest';
import { createHeld } from './held.ts';

test('what two hold stays until both let go', () => {
  const held = createHeld<number>();
  const first = held.hold('a', 1);
  const second = held.hold('a', 1);
  first();
  expect(held.get('a')).toBe(1);
  second();
  expect(held.get('a')).toBeUndefined();
});

test('letting go twice takes nothing from another', () => {
  const held = createHeld<number>();
  const first = held.hold('a', 1);
  held.hold('a', 1);
  first();
  first();
  expect(held.get('a')).toBe(1);
});

test('the newest of one name is given', () => {
  const held = createHeld<number>();
  held.hold('a', 1);
  held.hold('a', 2);
  expect(held.get('a')).toBe(2);
});
