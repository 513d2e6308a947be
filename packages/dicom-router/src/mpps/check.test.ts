import { type DataSet, TAG, type TagKey } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { completedSeries, createdStep } from '../../test/performed-steps.ts';
import { completed, faultIn } from './check.ts';
import { AT_CREATION, type Requirement, WHEN_COMPLETED, WHEN_DISCONTINUED } from './requirements.ts';

const without = (dataSet: DataSet, tag: TagKey): DataSet =>
  Object.fromEntries(Object.entries(dataSet).filter(([key]) => key !== tag));
const emptied = (dataSet: DataSet, tag: TagKey): DataSet => ({ ...dataSet, [tag]: { vr: dataSet[tag]?.vr ?? 'LO' } });
const ofType = (requirements: readonly Requirement[], type: 1 | 2): readonly TagKey[] =>
  requirements.filter((requirement) => requirement.type === type).map(({ tag }) => tag);

describe('a performed procedure step that begins', () => {
  it('is well as machines send it', () => {
    expect(faultIn(createdStep(), AT_CREATION)).toBeUndefined();
  });

  it.each(ofType(AT_CREATION, 1))('is refused without %s, and with it empty', (tag) => {
    expect(faultIn(without(createdStep(), tag), AT_CREATION)).toEqual({ status: 'missingAttribute', tag });
    expect(faultIn(emptied(createdStep(), tag), AT_CREATION)).toEqual({ status: 'missingAttributeValue', tag });
  });

  it.each(ofType(AT_CREATION, 2))('may leave %s out, which is then empty', (tag) => {
    const step = without(createdStep(), tag);
    expect(faultIn(step, AT_CREATION)).toBeUndefined();
    expect(completed(step, AT_CREATION)[tag]?.Value).toBeUndefined();
    expect(tag in completed(step, AT_CREATION)).toBe(true);
  });

  it.each<[string, DataSet, TagKey]>([
    [
      'a state nobody knows',
      { [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['PAUSED'] } },
      TAG.PerformedProcedureStepStatus,
    ],
    [
      'a date that is none',
      { [TAG.PerformedProcedureStepStartDate]: { vr: 'DA', Value: ['1.3.26'] } },
      TAG.PerformedProcedureStepStartDate,
    ],
    [
      'text for a sequence',
      { [TAG.ScheduledStepAttributesSequence]: { vr: 'LO', Value: ['x'] } },
      TAG.ScheduledStepAttributesSequence,
    ],
    ['a sequence for text', { [TAG.Modality]: { vr: 'SQ', Value: [{}] } }, TAG.Modality],
    ['bytes for text', { [TAG.Modality]: { vr: 'UN', InlineBinary: 'Q1Q=' } }, TAG.Modality],
    [
      'a study that is no UID',
      { [TAG.ScheduledStepAttributesSequence]: { vr: 'SQ', Value: [{ [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['x'] } }] } },
      TAG.StudyInstanceUID,
    ],
  ])('is refused with %s', (_, changes, tag) => {
    expect(faultIn({ ...createdStep(), ...changes }, AT_CREATION)).toEqual({ status: 'invalidAttributeValue', tag });
  });
});

describe('a performed procedure step that ends', () => {
  const done: DataSet = { ...createdStep(), ...completedSeries(['2.25.1.1']) };

  it('is well with its end and its series', () => {
    expect(faultIn(done, WHEN_COMPLETED)).toBeUndefined();
  });

  it.each([TAG.PerformedProcedureStepEndDate, TAG.PerformedProcedureStepEndTime, TAG.PerformedSeriesSequence])(
    'is not completed without %s',
    (tag) => {
      expect(faultIn(without(done, tag), WHEN_COMPLETED)).toEqual({ status: 'missingAttribute', tag });
      expect(faultIn(emptied(done, tag), WHEN_COMPLETED)).toEqual({ status: 'missingAttributeValue', tag });
    },
  );

  it('may be given up before the first series', () => {
    expect(faultIn(emptied(done, TAG.PerformedSeriesSequence), WHEN_DISCONTINUED)).toBeUndefined();
  });

  it('names the attribute within a series', () => {
    const series = { [TAG.SeriesInstanceUID]: { vr: 'UI' as const, Value: ['2.25.9'] } };
    const step: DataSet = { ...done, [TAG.PerformedSeriesSequence]: { vr: 'SQ', Value: [series] } };
    expect(faultIn(step, WHEN_COMPLETED)).toEqual({ status: 'missingAttribute', tag: TAG.ProtocolName });
  });
});
