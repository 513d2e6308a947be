import { expect, it } from 'vitest';
import { ArchiveError, type ArchiveErrorCode } from '../core/errors.ts';
import { problemOf } from './problem-of.ts';

it.each([
  ['busy', 503, '5'],
  ['store-full', 503, '300'],
  ['store-away', 503, '10'],
  ['limit-exceeded', 413, undefined],
] as const)(
  'an error %s is answered %i, and says when to come again where that helps',
  (code: ArchiveErrorCode, status, after) => {
    const problem = problemOf(new ArchiveError(code, 'why'));
    expect(problem).toMatchObject({ status, detail: 'why' });
    expect(problem?.headers?.['retry-after']).toBe(after);
  },
);
