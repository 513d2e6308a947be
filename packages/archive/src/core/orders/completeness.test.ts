import { describe, expect, it } from 'vitest';
import { completenessOf } from './completeness.ts';
import type { PerformedState } from './model.ts';
import type { PerformedFacts } from './order-records.ts';

const BOUNDS = { studyQuietMs: 120_000, performedOpenMs: 86_400_000 };
const STUDY = { instanceCount: 4, updatedAt: '2026-03-01T08:00:00.000Z' };
const SOON = '2026-03-01T08:01:00.000Z';
const LATER = '2026-03-01T08:02:00.000Z';

function step(state: PerformedState, named = 0, updatedAt = '2026-03-01T07:59:00.000Z'): PerformedFacts {
  return {
    sopInstanceUid: '1.9',
    facility: 'main',
    state,
    stationAeTitle: 'CT01',
    modality: 'CT',
    start: null,
    end: null,
    named,
    createdAt: updatedAt,
    updatedAt,
  };
}

describe('a study', () => {
  it.each<[string, readonly PerformedFacts[], number, string, string, number | null, number]>([
    ['is arriving while instances come', [], 0, SOON, 'arriving', null, 4],
    ['is complete when none came for a while', [], 0, LATER, 'complete', null, 4],
    ['is arriving while a machine is at work, however quiet', [step('IN PROGRESS')], 0, LATER, 'arriving', null, 4],
    ['is complete at once when all that was named is here', [step('COMPLETED', 4)], 0, SOON, 'complete', 4, 4],
    ['is arriving while what was named may still be on its way', [step('COMPLETED', 5)], 1, SOON, 'arriving', 5, 4],
    ['is incomplete when what was named did not come', [step('COMPLETED', 5)], 1, LATER, 'incomplete', 5, 4],
    ['is incomplete when a given-up step named what is not here', [step('DISCONTINUED', 2)], 2, LATER, 'incomplete', 2, 0],
    ['counts the instances of several steps', [step('COMPLETED', 3), step('DISCONTINUED', 2)], 1, LATER, 'incomplete', 5, 4],
    ['goes by the quiet alone when a step named nothing', [step('COMPLETED', 0)], 0, LATER, 'complete', null, 4],
    ['is arriving again when a further step begins', [step('COMPLETED', 4), step('IN PROGRESS')], 0, LATER, 'arriving', 4, 4],
  ])('%s', (_name, performed, awaited, now, state, expected, received) => {
    expect(completenessOf(STUDY, performed, awaited, now, BOUNDS)).toMatchObject({ state, expected, received });
  });

  it('does not wait for ever for a machine that never ended its step', () => {
    const forgotten = [step('IN PROGRESS', 0, '2026-02-28T07:00:00.000Z')];
    expect(completenessOf(STUDY, forgotten, 0, LATER, BOUNDS).state).toBe('complete');
  });

  it('says since when', () => {
    expect(completenessOf(STUDY, [], 0, LATER, BOUNDS).since).toBe(STUDY.updatedAt);
    expect(completenessOf(STUDY, [step('COMPLETED', 4, SOON)], 0, LATER, BOUNDS).since).toBe(SOON);
  });
});
