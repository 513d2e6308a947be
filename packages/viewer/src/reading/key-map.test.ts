import { describe, expect, test } from 'vitest';
import { conflicts, holderOf, keysOf, withKey, withoutOwnKeys } from './key-map.ts';

const LENGTH = { id: 'length', keys: ['l'] };
const ANGLE = { id: 'angle', keys: ['a'] };
const ZOOM = { id: 'zoomIn', keys: ['+', '='] };
const ACTIONS = [LENGTH, ANGLE, ZOOM];

describe('keys of one’s own', () => {
  test('stand in place of those an action comes with', () => {
    const own = withKey({}, 'length', 'd', ACTIONS);
    expect(own).toEqual({ length: ['d'] });
    expect(keysOf(LENGTH, own)).toEqual(['d']);
    expect(holderOf('d', ACTIONS, own)).toBe(LENGTH);
    expect(holderOf('l', ACTIONS, own)).toBeUndefined();
  });

  test('are taken from whoever had them; its other keys stay', () => {
    expect(withKey({}, 'angle', '=', ACTIONS)).toEqual({ angle: ['='], zoomIn: ['+'] });
    expect(withKey({}, 'angle', 'l', ACTIONS)).toEqual({ angle: ['l'], length: [] });
  });

  test('that are as they come are not kept', () => {
    expect(withKey({ length: ['d'] }, 'length', 'l', ACTIONS)).toEqual({});
  });

  test('go back to what the action comes with', () => {
    expect(withoutOwnKeys({ length: ['d'], angle: ['q'] }, 'length')).toEqual({ angle: ['q'] });
  });
});

describe('a key that two actions claim', () => {
  test('is named with both', () => {
    expect(conflicts(ACTIONS, {})).toEqual(new Map());
    expect(conflicts(ACTIONS, { angle: ['l'] })).toEqual(new Map([['l', [LENGTH, ANGLE]]]));
  });

  test('does not arise from choosing it', () => {
    const own = withKey(withKey({}, 'angle', 'l', ACTIONS), 'length', 'a', ACTIONS);
    expect(conflicts(ACTIONS, own)).toEqual(new Map());
  });
});
