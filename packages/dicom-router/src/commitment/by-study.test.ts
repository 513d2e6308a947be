import { describe, expect, it } from 'vitest';
import { committedByStudy } from './by-study.ts';

const named = (...uids: readonly string[]) => uids.map((sopInstanceUid) => ({ sopClassUid: '1.2', sopInstanceUid }));

describe('what a request for commitment found, by study', () => {
  it('is told of each study, and what is nowhere is missing in each of them', () => {
    const studies = new Map([
      ['1', 'A'],
      ['2', 'A'],
      ['4', 'B'],
    ]);
    const refused = [
      { position: 1, failure: 0x0119 },
      { position: 2, failure: 0x0112 },
    ];
    expect(committedByStudy(named('1', '2', '3', '4'), { refused, studies })).toEqual([
      {
        studyInstanceUid: 'A',
        granted: ['1'],
        failed: [
          { sopInstanceUid: '2', failure: 0x0119 },
          { sopInstanceUid: '3', failure: 0x0112 },
        ],
      },
      { studyInstanceUid: 'B', granted: ['4'], failed: [{ sopInstanceUid: '3', failure: 0x0112 }] },
    ]);
  });

  it('stays bounded for a request that names many studies and many instances that are nowhere', () => {
    const here = Array.from({ length: 10_000 }, (_, index) => [`1.${index}`, `9.${index}`] as const);
    const gone = Array.from({ length: 10_000 }, (_, index) => `2.${index}`);
    const instances = named(...here.map(([uid]) => uid), ...gone);
    const refused = gone.map((_, index) => ({ position: here.length + index, failure: 0x0112 }));
    const found = committedByStudy(instances, { refused, studies: new Map(here) });
    expect(found.length).toBe(10_000);
    expect(new Set(found.map(({ failed }) => failed.length))).toEqual(new Set([2]));
  });

  it('says nothing where none of the instances is here: nobody knows the study', () => {
    expect(committedByStudy(named('1'), { refused: [{ position: 0, failure: 0x0112 }], studies: new Map() })).toEqual([]);
  });
});
