import { type DataSet, items, TAG, type TagKey, texts } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { testOrder, testStep } from '../../test/orders-double.ts';
import { worklistItem } from './item.ts';
import { parseOrder } from './order.ts';

const CONTEXT = { anyStation: 'CT02', patientIdIssuer: 'SADEC' };

function itemOf(changes: Readonly<Record<string, unknown>> = {}): DataSet | undefined {
  const order = parseOrder(testOrder(changes));
  const [step] = order.steps;
  return step === undefined ? undefined : worklistItem(order, step, CONTEXT);
}

const stepOf = (item: DataSet | undefined): DataSet => items(item ?? {}, TAG.ScheduledProcedureStepSequence)[0] ?? {};
const text = (dataSet: DataSet | undefined, tag: TagKey): string => texts(dataSet ?? {}, tag).join('\\');

describe('a worklist item', () => {
  it('has every attribute of type 1 with a value', () => {
    const item = itemOf({ description: '', steps: [testStep({ description: '' })] });
    for (const tag of [
      TAG.StudyInstanceUID,
      TAG.RequestedProcedureID,
      TAG.RequestedProcedureDescription,
      TAG.PatientName,
      TAG.PatientID,
    ]) {
      expect(text(item, tag), tag).not.toBe('');
    }
    for (const tag of [
      TAG.ScheduledStationAETitle,
      TAG.ScheduledProcedureStepStartDate,
      TAG.ScheduledProcedureStepStartTime,
      TAG.Modality,
      TAG.ScheduledProcedureStepDescription,
      TAG.ScheduledProcedureStepID,
    ]) {
      expect(text(stepOf(item), tag), tag).not.toBe('');
    }
  });

  it('says who, what, when and where', () => {
    const item = itemOf();
    expect(text(item, TAG.PatientName)).toBe('Nguyễn^Văn An');
    expect(text(item, TAG.PatientBirthDate)).toBe('19700101');
    expect(text(item, TAG.OtherPatientIDs)).toBe('079070000001');
    expect(text(item, TAG.IssuerOfPatientID)).toBe('SADEC');
    expect(text(item, TAG.PatientWeight)).toBe('60.5');
    expect(text(item, TAG.PregnancyStatus)).toBe('1');
    expect(text(item, TAG.Allergies)).toBe('Iod');
    expect(text(item, TAG.AccessionNumber)).toBe('WL001');
    expect(text(item, TAG.RequestedProcedurePriority)).toBe('ROUTINE');
    expect(text(item, TAG.ReasonForTheRequestedProcedure)).toBe('Ho ra máu');
    expect(text(items(item ?? {}, TAG.RequestedProcedureCodeSequence)[0], TAG.CodeValue)).toBe('CT-NGUC');
    const step = stepOf(item);
    expect(text(step, TAG.ScheduledProcedureStepStartDate)).toBe('20260301');
    expect(text(step, TAG.ScheduledProcedureStepStartTime)).toBe('080000');
    expect(text(step, TAG.ScheduledProcedureStepLocation)).toBe('P101');
    expect(text(step, TAG.ScheduledPerformingPhysicianName)).toBe('Lê^Thị Dung');
    expect(text(step, TAG.ScheduledProcedureStepStatus)).toBe('SCHEDULED');
  });

  it('of a step that any machine may do is for the one that asks', () => {
    expect(text(stepOf(itemOf({ steps: [testStep({ stationAeTitle: '' })] })), TAG.ScheduledStationAETitle)).toBe('CT02');
  });

  it('tells no birthday of whom only the year is known', () => {
    const item = itemOf({ patient: { id: 'W001', name: 'An', birthDate: '1970' } });
    expect(item?.[TAG.PatientBirthDate]).toEqual({ vr: 'DA' });
  });

  it('shows a pregnancy in words that are no code to whoever stands at the machine', () => {
    const item = itemOf({ pregnancyStatus: 'thai 12 tuần' });
    expect(text(item, TAG.PregnancyStatus)).toBe('4');
    expect(text(item, TAG.SpecialNeeds)).toBe('thai 12 tuần');
    expect(itemOf({ pregnancyStatus: undefined })?.[TAG.PregnancyStatus]).toEqual({ vr: 'US' });
  });

  it('holds no value longer than its VR, by characters, nor one with a backslash or control character', () => {
    const item = itemOf({
      clinicalInfo: `a\\b\u0001${'ế'.repeat(20_000)}`,
      steps: [testStep({ room: 'Phòng chụp cắt lớp số một', description: 'é'.repeat(80) })],
    });
    expect([...text(stepOf(item), TAG.ScheduledProcedureStepLocation)]).toHaveLength(16);
    expect([...text(stepOf(item), TAG.ScheduledProcedureStepDescription)]).toHaveLength(64);
    expect([...text(item, TAG.ImagingServiceRequestComments)]).toHaveLength(10_240);
    expect(text(item, TAG.ReasonForTheRequestedProcedure)).toMatch(/^a\/b ế{60}$/);
  });

  it.each([
    ['an accession number', { accessionNumber: '12345678901234567' }],
    ['a patient id', { patient: { id: 'x'.repeat(65), name: 'An' } }],
    ['no study', { studyInstanceUid: '' }],
    ['a step id', { steps: [testStep({ id: '12345678901234567' })] }],
    ['no start', { steps: [testStep({ start: 'soon' })] }],
  ])('is not made with %s that does not fit: a cut identifier is another one', (_, changes) => {
    expect(itemOf(changes)).toBeUndefined();
  });
});
