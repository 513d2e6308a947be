import { expect, it } from 'vitest';
import { codingOf } from './content-coding.ts';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip, deflate', 'gzip'],
  ['x-gzip', 'gzip'],
  ['zstd;q=0.5, gzip', 'gzip'],
  ['zstd;q=0, gzip;q=0', undefined],
  ['*', 'zstd'],
  ['*;q=0', undefined],
  ['identity;q=1, gzip;q=0.5', undefined],
  ['GZIP', 'gzip'],
  ['gzip;q=no', undefined],
  ['br', undefined],
])('of what %j takes, %j goes out', (header, expected) => {
  expect(codingOf(header, ['zstd', 'gzip'])).toBe(expected);
});
