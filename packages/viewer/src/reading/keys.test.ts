import { describe, expect, test } from 'vitest';
import { ACTIONS } from './actions.ts';
import { keyCap, keyName } from './keys.ts';

const press = (key: string, code: string, more = {}) =>
  keyName({ key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

describe('a pressed key', () => {
  test('is named by its place: Vietnamese input types ă where L-A is pressed', () => {
    expect(press('ă', 'KeyA')).toBe('a');
    expect(press('Đ', 'Digit9')).toBe('9');
  });

  test('of the number block is its digit', () => {
    expect(press('5', 'Numpad5')).toBe('5');
  });

  test('with Ctrl, Alt or the system key belongs to the browser', () => {
    expect(press('r', 'KeyR', { ctrlKey: true })).toBeUndefined();
    expect(press('ArrowLeft', 'ArrowLeft', { altKey: true })).toBeUndefined();
  });

  test('is the space bar', () => {
    expect(press(' ', 'Space')).toBe('Space');
  });

  test('is the question mark wherever it is typed', () => {
    expect(press('?', 'Slash', { shiftKey: true })).toBe('?');
  });
});

describe('actions', () => {
  test('share no key', () => {
    const keys = ACTIONS.flatMap((action) => action.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('give the digits 1 to 9 to the windows', () => {
    const digits = ACTIONS.filter(({ keys }) => keys.some((key) => /^[1-9]$/.test(key)));
    expect(digits.map(({ group }) => group)).toEqual(new Array(9).fill('window'));
  });

  test('have an id each, and can all be reached: by the bar, the menu or a key', () => {
    expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
    expect(ACTIONS.filter(({ icon, keys }) => icon === undefined && keys.length === 0)).toEqual([]);
  });

  test('are pressed by keys that can be pressed', () => {
    const known =
      /^(Shift\+)?([a-z0-9.,+=?/[\]-]|Space|Escape|Delete|Backspace|Home|End|PageUp|PageDown|Arrow(Up|Down|Left|Right))$/;
    expect(ACTIONS.flatMap(({ keys }) => keys).filter((key) => !known.test(key))).toEqual([]);
  });
});

test('keys are written as on their caps', () => {
  expect(['ArrowUp', 'l', 'Space', 'Delete', '+', 'Shift+='].map((key) => keyCap(key, 'Phím cách'))).toEqual([
    '↑',
    'L',
    'Phím cách',
    'Del',
    '+',
    'Shift + =',
  ]);
});
