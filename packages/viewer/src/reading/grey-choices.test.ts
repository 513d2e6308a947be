import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet, frameOf, pictureOf } from '../imaging/model/fixture.ts';
import { defaultGrey, greyChoices } from './grey-choices.ts';

const values = Array.from({ length: 12 }, (_, index) => index);
const picture = (changes: Parameters<typeof frameOf>[0]) => pictureOf(frameOf(changes), values);
const names = (changes: Parameters<typeof frameOf>[0]) =>
  greyChoices(picture(changes)).map(({ name }) =>
    'preset' in name ? name.preset : 'number' in name ? `${name.kind} ${name.number}` : name.kind,
  );

describe('the default window', () => {
  test('is the first of the file', () => {
    expect(defaultGrey(picture({ [TAG.WindowCenter]: [50, 60], [TAG.WindowWidth]: [100, 200] })).window).toMatchObject({
      center: 50,
      width: 100,
    });
  });

  test('is the table of the file where it has no window', () => {
    const table = dataSet({ [TAG.LUTDescriptor]: [3, 10, 8], [TAG.LUTData]: [1, 2, 3] });
    expect(defaultGrey(picture({ [TAG.VOILUTSequence]: table }))).toMatchObject({ table: { first: 10 }, window: { width: 3 } });
  });

  test('is soft tissue for CT that brings none', () => {
    expect(defaultGrey(picture({})).window).toMatchObject({ center: 40, width: 400 });
  });

  test('is everything there is for other modalities', () => {
    expect(defaultGrey(picture({ [TAG.Modality]: 'MR' })).window).toEqual({ center: 6, width: 12, shape: 'linear' });
  });

  test('leaves colours as they are', () => {
    expect(defaultGrey({ ...picture({}), colour: true }).window).toEqual({ center: 128, width: 256, shape: 'linear' });
  });
});

describe('the choice of windows', () => {
  test('for CT is the presets of the key numbers, then the full range and those of the file', () => {
    expect(names({ [TAG.WindowCenter]: [50, 60], [TAG.WindowWidth]: [100, 200] })).toEqual([
      'default',
      'abdomen',
      'angio',
      'bone',
      'brain',
      'chest',
      'lung',
      'headNeck',
      'pelvis',
      'full',
      'file 2',
    ]);
  });

  test('for other modalities is the full range and those of the file', () => {
    expect(names({ [TAG.Modality]: 'MR', [TAG.WindowCenter]: [50, 60], [TAG.WindowWidth]: [100, 200] })).toEqual([
      'default',
      'full',
      'file 2',
    ]);
  });

  test('does not repeat a window that is written twice', () => {
    expect(names({ [TAG.Modality]: 'MR', [TAG.WindowCenter]: [50, 50], [TAG.WindowWidth]: [100, 100] })).toEqual([
      'default',
      'full',
    ]);
  });

  test('is empty while there is no picture', () => {
    expect(greyChoices(undefined)).toEqual([]);
  });
});
