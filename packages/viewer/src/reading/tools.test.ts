import { expect, test } from 'vitest';
import { toolOfButton } from './tools.ts';

test('the left button is the chosen tool, the middle one as set, the right one zooms', () => {
  expect([0, 1, 2].map((button) => toolOfButton(button, 'length', 'pan'))).toEqual(['length', 'pan', 'zoom']);
});

test('other buttons are left to the browser', () => {
  expect(toolOfButton(3, 'window', 'pan')).toBeUndefined();
});
