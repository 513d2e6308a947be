import { expect, it } from 'vitest';
import { problemsOf } from './problems.ts';

it('has no problem while its records work and there is room', () => {
  expect(problemsOf({ associations: 99 }, { problem: () => undefined }, { associations: 100 })).toEqual([]);
});

it('names its records and that all associations are in use', () => {
  expect(problemsOf({ associations: 100 }, { problem: () => 'the database stopped' }, { associations: 100 })).toEqual([
    'the records of the DICOM router: the database stopped',
    'all 100 DICOM associations are in use: further machines are told to come back later',
  ]);
});
