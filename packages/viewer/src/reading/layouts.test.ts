import { expect, test } from 'vitest';
import { fillEmpty, LAYOUTS, MOST_VIEWPORTS, viewportCount } from './layouts.ts';

test('no layout has more viewports than there are', () => {
  expect(Math.max(...LAYOUTS.map(viewportCount))).toBe(MOST_VIEWPORTS);
});

test('empty viewports get the series after the last one shown', () => {
  expect(fillEmpty(['a', 'b', 'c', 'd'], ['b', undefined, undefined])).toEqual(['b', 'c', 'd']);
});

test('then those before it, and no series twice', () => {
  expect(fillEmpty(['a', 'b', 'c'], ['c', undefined, undefined, undefined])).toEqual(['c', 'a', 'b', undefined]);
});

test('what is shown stays where it is', () => {
  expect(fillEmpty(['a', 'b', 'c'], [undefined, 'b'])).toEqual(['c', 'b']);
});
