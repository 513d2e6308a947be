import { beforeEach, describe, expect, test } from 'vitest';
import { language } from '../i18n/language.ts';
import { findingLines } from './finding-text.ts';

beforeEach(() => {
  language.value = 'vi';
});

const mm = { kind: 'patient', x: 1, y: 1 } as const;
const none = { kind: 'none', x: 1, y: 1 } as const;

describe('what a measurement says', () => {
  test.each([
    ['a length in mm', mm, '12,3 mm'],
    ['a length on a detector says so', { ...mm, kind: 'detector' }, '12,3 mm (trên mặt cảm biến)'],
    ['a calibrated length says so', { ...mm, kind: 'calibrated' }, '12,3 mm (đã hiệu chuẩn)'],
    ['a length in an ultrasound region', { ...mm, kind: 'region' }, '12,3 mm'],
    ['a length without a scale', none, '12,3 px (chưa hiệu chuẩn)'],
  ] as const)('%s', (_, scale, text) => {
    expect(findingLines({ kind: 'length', value: 12.345, scale })).toEqual([text]);
  });

  test('short lengths have two places', () => {
    expect(findingLines({ kind: 'length', value: 1.234, scale: mm })).toEqual(['1,23 mm']);
  });

  test('an angle', () => {
    expect(findingLines({ kind: 'angle', degrees: 89.96 })).toEqual(['90°']);
  });

  test('an area with its values in their unit', () => {
    const statistics = { mean: -12.34, deviation: 5.67, low: -1005, high: 344, count: 9 };
    expect(findingLines({ kind: 'area', value: 45.6, scale: mm, statistics, unit: 'HU' })).toEqual([
      'DT 45,6 mm²',
      'TB −12,3 HU · ĐLC 5,7',
      'Min −1.005 · Max 344',
    ]);
  });

  test('a large area in cm², an uncalibrated one in pixels', () => {
    expect(findingLines({ kind: 'area', value: 1234, scale: mm, statistics: undefined, unit: '' })).toEqual(['DT 12,3 cm²']);
    expect(findingLines({ kind: 'area', value: 1234, scale: none, statistics: undefined, unit: '' })).toEqual([
      'DT 1.234 px² (chưa hiệu chuẩn)',
    ]);
  });

  test('values of a scale below ten keep three places', () => {
    const statistics = { mean: 0.1234, deviation: 0.01, low: 0.1, high: 0.25, count: 9 };
    expect(findingLines({ kind: 'area', value: 5, scale: mm, statistics, unit: '' })[1]).toBe('TB 0,123 · ĐLC 0,01');
  });
});
