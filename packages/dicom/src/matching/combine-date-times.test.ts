import { describe, expect, it } from 'vitest';
import type { DataSet } from '../dataset/model.ts';
import { TAG } from '../dictionary/tag.gen.ts';
import { combineDateTimes } from './combine-date-times.ts';
import { matchesAll } from './matcher.ts';
import { parseMatchKey } from './parse-match-key.ts';

const keys = (date: string, time: string) =>
  combineDateTimes([parseMatchKey([TAG.StudyTime], 'TM', time), parseMatchKey([TAG.StudyDate], 'DA', date)]);

const study = (date: string, time?: string): DataSet => ({
  [TAG.StudyDate]: { vr: 'DA', Value: [date] },
  ...(time === undefined ? {} : { [TAG.StudyTime]: { vr: 'TM', Value: [time] } }),
});

describe('a range of dates and one of times together', () => {
  it.each([
    ['20260101-20260103', '1000-1200', study('20260101', '0959'), false],
    ['20260101-20260103', '1000-1200', study('20260101', '1000'), true],
    ['20260101-20260103', '1000-1200', study('20260102', '0300'), true],
    ['20260101-20260103', '1000-1200', study('20260103', '120059.5'), true],
    ['20260101-20260103', '1000-1200', study('20260103', '1201'), false],
    ['20260101-20260103', '1000-', study('20260103', '2359'), true],
    ['20260101-', '1000-1200', study('20270101', '2359'), true],
    ['-20260103', '1000-1200', study('19700101'), true],
    ['20260101', '1000-1200', study('20260101', '0900'), false],
    ['20260101-20260103', '1000-1200', study('20260103'), true],
    ['20260101-20260103', '1000-1200', {}, false],
  ])('%s and %s', (date, time, dataSet, expected) => {
    const combined = keys(date, time);
    expect(combined).toHaveLength(1);
    expect(matchesAll(dataSet, combined)).toBe(expected);
  });

  it('are combined only where the one is the time of the other, in the same place', () => {
    const date = parseMatchKey([TAG.StudyDate], 'DA', '20260101-');
    const others = [
      parseMatchKey([TAG.PerformedProcedureStepStartTime], 'TM', '10-12'),
      parseMatchKey(['00400100', TAG.StudyTime], 'TM', '10-12'),
      parseMatchKey([TAG.StudyTime], 'TM', ''),
    ];
    for (const other of others) {
      expect(combineDateTimes([date, other])).toEqual([date, other]);
    }
  });

  it('are combined within a sequence, as the worklist has them', () => {
    const path = (tag: string) => ['00400100', tag] as const;
    const step = [parseMatchKey(path('00400002'), 'DA', '20260101-20260102'), parseMatchKey(path('00400003'), 'TM', '10-11')];
    const item = (date: string, time: string): DataSet => ({
      '00400100': { vr: 'SQ', Value: [{ '00400002': { vr: 'DA', Value: [date] }, '00400003': { vr: 'TM', Value: [time] } }] },
    });
    expect(matchesAll(item('20260102', '0900'), combineDateTimes(step))).toBe(true);
    expect(matchesAll(item('20260102', '1200'), combineDateTimes(step))).toBe(false);
  });
});
