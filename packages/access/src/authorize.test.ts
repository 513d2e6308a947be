import { describe, expect, it } from 'vitest';
import { authorize, RIGHTS, type Role, type Subject, scopeOf } from './index.ts';

const person = (role: Role, facilities: Subject['facilities'] = ['main']): Subject => ({
  kind: 'user',
  id: 'u',
  name: 'u',
  rights: new Set(RIGHTS[role]),
  facilities,
});

describe('authorize', () => {
  it.each([
    ['a doctor views a study of her facility', person('doctor'), 'view', { facility: 'main' }, undefined],
    [
      'a doctor views what was shared with her facility',
      person('doctor'),
      'view',
      { facility: 'other', sharedWith: ['main'] },
      undefined,
    ],
    [
      'a doctor shares on what was only shared with her',
      person('doctor'),
      'share',
      { facility: 'other', sharedWith: ['main'] },
      'unknown',
    ],
    ['a doctor may not know of another facility’s study', person('doctor'), 'view', { facility: 'other' }, 'unknown'],
    ['a reader deletes in her own facility', person('reader'), 'delete', { facility: 'main' }, 'forbidden'],
    ['a reader deletes elsewhere: the facility hides first', person('reader'), 'delete', { facility: 'other' }, 'unknown'],
    ['an administrator reaches all', person('administrator', 'all'), 'delete', { facility: 'other' }, undefined],
    ['nobody speaks for another source by role', person('administrator', 'all'), 'relay', undefined, 'forbidden'],
    ['a person without a facility', person('doctor', []), 'view', { facility: 'main', sharedWith: [] }, 'unknown'],
  ] as const)('%s', (_, subject, right, resource, reason) => {
    expect(authorize(subject, right, resource)).toEqual(reason === undefined ? { allowed: true } : { allowed: false, reason });
  });

  it('asks for a subject first', () => {
    expect(authorize(undefined, 'view', { facility: 'main' })).toEqual({ allowed: false, reason: 'unauthenticated' });
  });

  it('gives queries the facilities of the subject', () => {
    expect(scopeOf(person('doctor', ['a', 'b']))).toEqual({ facilities: ['a', 'b'] });
  });
});
