import { expect, it, vi } from 'vitest';
import type { StoredInstance } from '../core/model.ts';
import { Lookups } from './lookups.ts';

const target = (uid: string) => ({ studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: uid });
const instance = (sopInstanceUid: string) => ({ sopInstanceUid }) as StoredInstance;
const ALL = { facilities: 'all' } as const;

it('what was looked up is known to callers of the same reach alone', () => {
  const lookups = new Lookups();
  lookups.remember(lookups.changes, target('3'), { facilities: ['a', 'b'] }, instance('3'));
  expect(lookups.find(target('3'), { facilities: ['a', 'b'] })?.sopInstanceUid).toBe('3');
  for (const facilities of ['all', [], ['a'], ['b', 'a']] as const) {
    expect(lookups.find(target('3'), { facilities })).toBeUndefined();
  }
  expect(lookups.find({ ...target('3'), studyInstanceUid: '9' }, { facilities: ['a', 'b'] })).toBeUndefined();
});

it('is forgotten with a change, also when it was asked before and answered after', () => {
  const lookups = new Lookups();
  const before = lookups.changes;
  lookups.remember(before, target('3'), ALL, instance('3'));
  lookups.forget();
  expect(lookups.find(target('3'), ALL)).toBeUndefined();
  lookups.remember(before, target('3'), ALL, instance('3'));
  expect(lookups.find(target('3'), ALL)).toBeUndefined();
});

it('counts for a second where a share may end by itself', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  try {
    const lookups = new Lookups();
    for (const scope of [ALL, { facilities: ['a'] }]) {
      lookups.remember(lookups.changes, target('3'), scope, instance('3'));
    }
    now.mockReturnValue(1001);
    expect(lookups.find(target('3'), { facilities: ['a'] })).toBeUndefined();
    expect(lookups.find(target('3'), ALL)).toBeDefined();
  } finally {
    now.mockRestore();
  }
});

it('remembers 512, those looked up last', () => {
  const lookups = new Lookups();
  for (let at = 0; at < 513; at += 1) {
    lookups.remember(lookups.changes, target(String(at)), ALL, instance(String(at)));
  }
  expect([lookups.find(target('0'), ALL), lookups.find(target('1'), ALL)?.sopInstanceUid]).toEqual([undefined, '1']);
});
