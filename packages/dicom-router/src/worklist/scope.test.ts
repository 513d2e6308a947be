import { describe, expect, it } from 'vitest';
import { testOrder, testStep } from '../../test/orders-double.ts';
import type { WorklistSettings } from '../aes/ae-config.ts';
import { parseOrder } from './order.ts';
import { isShown, orderFilter } from './scope.ts';

const NOTHING = { modality: '', station: '', accessionNumber: '', patientId: '', dates: {} };
const TODAY = '2026-03-01';

describe('what an entity is shown of the orders', () => {
  it('is all of them unless limited', () => {
    expect(orderFilter(NOTHING, {}, TODAY)).toEqual({ modalities: [] });
  });

  it('is what it asks for, within what it may see', () => {
    const settings = { modalities: ['CT', 'MR'], days: 1 };
    expect(orderFilter(NOTHING, settings, TODAY)).toEqual({ modalities: ['CT', 'MR'], from: '2026-02-28', to: '2026-03-02' });
    const asked = { ...NOTHING, modality: 'CT', dates: { from: '20260301', to: '20260401' } };
    expect(orderFilter(asked, settings, TODAY)).toEqual({ modalities: ['CT'], from: '2026-03-01', to: '2026-03-02' });
  });

  it('is nothing of another modality or day', () => {
    expect(orderFilter({ ...NOTHING, modality: 'US' }, { modalities: ['CT'] }, TODAY)).toBeUndefined();
    expect(orderFilter({ ...NOTHING, dates: { from: '20260305' } }, { days: 0 }, TODAY)).toBeUndefined();
  });

  it('asks the archive for single values alone: patterns are matched here', () => {
    const asked = { modality: 'C?', station: 'CT*', accessionNumber: 'WL*', patientId: 'A\\B', dates: {} };
    expect(orderFilter(asked, {}, TODAY)).toEqual({ modalities: [] });
    expect(orderFilter({ ...NOTHING, station: 'CT01', accessionNumber: 'WL1', patientId: 'W1' }, {}, TODAY)).toEqual({
      modalities: [],
      station: 'CT01',
      accessionNumber: 'WL1',
      patientId: 'W1',
    });
  });

  it.each<[Readonly<Record<string, unknown>>, WorklistSettings, boolean]>([
    [{}, {}, true],
    [{ room: 'P102' }, { rooms: ['P101'] }, false],
    [{ room: '' }, { rooms: ['P101'] }, false],
    [{ room: 'P101' }, { rooms: ['P101', 'P102'] }, true],
    [{ modality: 'US' }, { modalities: ['CT'] }, false],
    [{ start: '2026-03-02T00:00:00' }, { days: 0 }, false],
  ])('of a step %j with %j: %j', (changes, settings, shown) => {
    const [step] = parseOrder(testOrder({ steps: [testStep(changes)] })).steps;
    const filter = orderFilter(NOTHING, settings, TODAY) ?? { modalities: [] };
    expect(step !== undefined && isShown(step, settings, filter)).toBe(shown);
  });
});
