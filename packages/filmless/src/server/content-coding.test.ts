import { expect, it } from 'vitest';
import { acceptedCoding } from './content-coding.ts';

const OFFERED = ['zstd', 'br', 'gzip'] as const;

it.each([
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip, deflate', 'gzip'],
  ['gzip;q=1.0, zstd;q=0.5', 'gzip'],
  ['GZIP ; Q=0.8', 'gzip'],
  ['*', 'zstd'],
  ['zstd;q=0, *', 'br'],
  ['*;q=0', undefined],
  ['gzip;q=0', undefined],
  ['gzip;q=0.000', undefined],
  ['identity, gzip;q=0.5', undefined],
  ['identity;q=0.5, gzip', 'gzip'],
  ['', undefined],
  ['deflate', undefined],
  ['gzip;q=high', 'gzip'],
])('who accepts %j gets %s', (accept, coding) => {
  expect(acceptedCoding(accept, OFFERED)).toBe(coding);
});
