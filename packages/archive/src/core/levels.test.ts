import { TAG, tagOf } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { belongsTo } from './levels.ts';

describe('the level of an attribute', () => {
  it.each([
    ['ProcedureCodeSequence', 'study'],
    ['ReasonForPerformedProcedureCodeSequence', 'study'],
    ['PatientBirthDate', 'study'],
    ['CommentsOnThePerformedProcedureStep', 'series'],
    ['SeriesDate', 'series'],
    ['PerformedProtocolCodeSequence', 'series'],
  ] as const)('of %s is the %s', (keyword, level) => {
    const tag = tagOf(keyword) ?? '';
    expect(belongsTo('study', tag)).toBe(level === 'study');
    expect(belongsTo('series', tag)).toBe(level === 'series');
    expect(belongsTo('instance', tag)).toBe(true);
  });

  it('of what differs from image to image is the instance', () => {
    expect(belongsTo('study', TAG.InstanceNumber)).toBe(false);
    expect(belongsTo('series', TAG.Rows)).toBe(false);
  });
});
