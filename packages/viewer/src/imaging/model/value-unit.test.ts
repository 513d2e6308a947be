import { TAG } from '@filmless/dicom';
import { expect, test } from 'vitest';
import { dataSet } from './fixture.ts';
import { presetsFor } from './presets.ts';
import { valueUnit } from './value-unit.ts';

test.each([
  ['HU for CT that says so', { [TAG.Modality]: 'CT', [TAG.RescaleType]: 'HU' }, 'HU'],
  ['HU for CT that leaves the type out', { [TAG.Modality]: 'CT', [TAG.RescaleIntercept]: -1024 }, 'HU'],
  [
    'none for a localizer that leaves the type out',
    { [TAG.Modality]: 'CT', [TAG.RescaleIntercept]: 0, [TAG.ImageType]: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
    '',
  ],
  ['none for CT without a rescale', { [TAG.Modality]: 'CT' }, ''],
  ['another unit for multi-energy CT', { [TAG.Modality]: 'CT', [TAG.RescaleType]: 'mgml' }, 'mgml'],
  ['never HU for MR', { [TAG.Modality]: 'MR', [TAG.RescaleType]: 'HU' }, ''],
  ['none where the type is unspecified', { [TAG.Modality]: 'MR', [TAG.RescaleType]: 'US' }, ''],
  ['activity for PET', { [TAG.Modality]: 'PT', [TAG.Units]: 'BQML' }, 'Bq/ml'],
  ['none for PET in a unit we do not know', { [TAG.Modality]: 'PT', [TAG.Units]: 'XYZ' }, ''],
])('the unit is %s', (_, values, unit) => {
  expect(valueUnit(dataSet(values))).toBe(unit);
});

test('presets in HU are offered for values in HU only', () => {
  expect(presetsFor('HU').map(({ name, center, width }) => `${name} ${center}/${width}`)).toEqual([
    'abdomen 40/350',
    'angio 300/600',
    'bone 480/2500',
    'brain 40/80',
    'chest 40/350',
    'lung -600/1500',
    'headNeck 90/350',
    'pelvis 45/300',
  ]);
  expect(presetsFor('')).toEqual([]);
});
