import { expect, it } from 'vitest';
import { appendPage, mergeFirstPage, updateInPlace } from './merge.ts';
import { names, page, study } from './study-fixture.ts';

const listed = (text: string) => page(text).studies;

it.each([
  ['a new study on top', 'abcdef', 'c2', 'xab', 'p1', 'xabcdef', 'c2', 'x', true],
  ['nothing new', 'abcdef', 'c2', 'abc', 'p1', 'abcdef', 'c2', '', false],
  ['a study that went away', 'abcdef', 'c2', 'acd', 'p1', 'acdef', 'c2', '', true],
  ['a study that moved up', 'abcdef', 'c2', 'eab', 'p1', 'eabcdf', 'c2', '', true],
  ['a list that ends with the page', 'abcdef', 'c2', 'abc', null, 'abc', null, '', true],
  ['a page without a common row', 'abc', 'c2', 'xyz', 'p1', 'xyz', 'p1', 'xyz', true],
  ['an empty list', '', null, 'ab', 'p1', 'ab', 'p1', 'ab', false],
  ['a longer first page of a short list', 'ab', 'p0', 'abc', 'p1', 'abc', 'p1', 'c', false],
] as const)('shows %s', (_, before, next, fresh, freshNext, after, afterNext, added, moves) => {
  const merged = mergeFirstPage(listed(before), next, page(fresh, freshNext));
  expect([names(merged.studies), merged.next, merged.added.join(''), merged.moves]).toEqual([after, afterNext, added, moves]);
});

it('takes over changes without moving a row', () => {
  const updated = updateInPlace(listed('abc'), [study('b', { instanceCount: 9 }), study('z')]);
  expect(names(updated)).toBe('abc');
  expect(updated[1]?.instanceCount).toBe(9);
});

it('lists a row that slid into the next page once', () => {
  expect(names(appendPage(listed('abc'), page('cde')))).toBe('abcde');
});
