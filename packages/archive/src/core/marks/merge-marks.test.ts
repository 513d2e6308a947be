import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeMarks } from './merge-marks.ts';
import type { Mark } from './model.ts';

const person = fc.constantFrom({ id: 'a', name: 'A' }, { id: 'b', name: 'B' });
const time = fc.constantFrom('2026-03-01T08:00:00.000Z', '2026-03-01T08:00:01.000Z');

/** States of one mark; few values, so that ties are common. */
const state: fc.Arbitrary<Mark> = fc.record({
  id: fc.constant('4f6d9a52-3f0f-4a39-9f0e-3f6c1b9f8a01'),
  schema: fc.constant(1 as const),
  studyInstanceUid: fc.constant('1.2'),
  place: fc.constant({ kind: 'image', seriesInstanceUid: '1.3', sopInstanceUid: '1.4', frame: 1 } as const),
  tool: fc.constant('length'),
  points: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constant(1)), { maxLength: 2 }),
  text: fc.constantFrom('', 'u'),
  author: person,
  created: fc.constant('2026-03-01T08:00:00.000Z'),
  modified: time,
  modifiedBy: person,
  revision: fc.integer({ min: 1, max: 3 }),
  deleted: fc.boolean(),
});

const merged = (all: readonly Mark[]) => all.reduce((one, other) => mergeMarks(one, other));

describe('states of a mark', () => {
  it('come to the same in any order, however often each is met', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (all, again) => {
        const repeated = [...all, ...again.flatMap((at) => all[at % all.length] ?? [])];
        const end = merged(all);
        expect(merged(all.toReversed())).toEqual(end);
        expect(merged(repeated.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)))).toEqual(end);
      }),
    );
  });

  it('come to the same in whatever groups they meet', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        expect(mergeMarks(mergeMarks(a, b), c)).toEqual(mergeMarks(a, mergeMarks(b, c)));
      }),
    );
  });

  it('never come back from a deletion, whatever is sent by who has not heard of it', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (all) => {
        expect(merged(all).deleted).toBe(all.some(({ deleted }) => deleted));
      }),
    );
  });

  it('are led by the higher revision, then by the later change, then by the greater id', () => {
    fc.assert(
      fc.property(state, (mark) => {
        const living = { ...mark, deleted: false };
        const newer = { ...living, revision: mark.revision + 1, modified: '2020-01-01T00:00:00.000Z' };
        const later = { ...living, modified: '2027-01-01T00:00:00.000Z', modifiedBy: { id: '', name: '' } };
        const greater = { ...living, modifiedBy: { id: 'c', name: 'C' } };
        expect([mergeMarks(living, newer), mergeMarks(living, later), mergeMarks(living, greater)]).toEqual([
          newer,
          later,
          greater,
        ]);
      }),
    );
  });
});
