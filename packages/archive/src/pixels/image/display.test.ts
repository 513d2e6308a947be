import type { DataSet } from '@filmless/dicom';
import { expect, test } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import { readDisplay } from './display.ts';

const ds = (...values: number[]) => ({ vr: 'DS', Value: values }) as const;
const sq = (...items: DataSet[]) => ({ vr: 'SQ', Value: items }) as const;
const show = (header: DataSet, frame = 0, change = {}) => readDisplay(header, frame, layoutOf(change), undefined);

test('the first of several windows is taken, with its function', async () => {
  const header: DataSet = { '00281050': ds(40, 300), '00281051': ds(80, 1500), '00281056': { vr: 'CS', Value: ['SIGMOID'] } };
  expect((await show(header)).voi).toEqual({ kind: 'window', window: { center: 40, width: 80, shape: 'sigmoid' } });
});

test('as many windows as frames go with the frames when the frame increment says so', async () => {
  const header: DataSet = {
    '00280008': { vr: 'IS', Value: [2] },
    '00280009': { vr: 'AT', Value: ['00281050'] },
    '00281050': ds(40, 300),
    '00281051': ds(80, 1500),
  };
  expect((await show(header, 1)).voi).toMatchObject({ window: { center: 300, width: 1500 } });
});

test('a frame’s own functional groups count before the shared ones, those before the object', async () => {
  const header: DataSet = {
    '00281052': ds(-1),
    '00281053': ds(1),
    '52009229': sq({
      '00289145': sq({ '00281052': ds(-5), '00281053': ds(5) }),
      '00289132': sq({ '00281050': ds(5), '00281051': ds(50) }),
    }),
    '52009230': sq({}, { '00289145': sq({ '00281052': ds(-7), '00281053': ds(7) }) }),
  };
  expect((await show(header, 0)).modality).toEqual({ kind: 'linear', slope: 5, intercept: -5 });
  expect((await show(header, 1)).modality).toEqual({ kind: 'linear', slope: 7, intercept: -7 });
  expect((await show(header, 1)).voi).toMatchObject({ window: { center: 5, width: 50 } });
});

test('tables are preferred to windows and slopes', async () => {
  const table = sq({ '00283002': { vr: 'US', Value: [2, 0, 8] }, '00283006': { vr: 'US', Value: [0, 255] } });
  const display = await show({ '00283000': table, '00283010': table, '00281050': ds(1), '00281051': ds(1), '00281053': ds(2) });
  expect([display.modality.kind, display.voi.kind]).toEqual(['table', 'table']);
});

test.each([
  ['a window without width', { '00281050': ds(1) }, 16, 'own-range'],
  ['a window of width 0', { '00281050': ds(1), '00281051': ds(0) }, 16, 'own-range'],
  ['eight bits', {}, 8, 'full-range'],
  ['labels of a segmentation', { '00620001': { vr: 'CS', Value: ['LABELMAP'] } } as DataSet, 8, 'own-range'],
  ['one bit', { '00620001': { vr: 'CS', Value: ['BINARY'] } } as DataSet, 1, 'full-range'],
])('without a usable window the range shown depends on what the pixels are: %s', async (_, header: DataSet, bits, kind) => {
  expect((await show(header, 0, { bitsAllocated: bits, bitsStored: bits })).voi.kind).toBe(kind);
});

test('MONOCHROME1 and an inverse presentation are one inversion', async () => {
  const inverse: DataSet = { '20500020': { vr: 'CS', Value: ['INVERSE'] } };
  const first = { photometricInterpretation: 'MONOCHROME1' };
  expect([(await show({})).invert, (await show(inverse)).invert, (await show({}, 0, first)).invert]).toEqual([false, true, true]);
  expect((await show(inverse, 0, first)).invert).toBe(true);
});

test('padding written unsigned is read as the signed pixels are', async () => {
  const header: DataSet = { '00280120': { vr: 'US', Value: [63_536] }, '00280121': { vr: 'US', Value: [63_546] } };
  expect((await show(header, 0, { signed: true })).padding).toEqual({ from: -2000, to: -1990 });
  expect((await show(header)).padding).toEqual({ from: 63_536, to: 63_546 });
});

test.each([
  [{ '00280030': ds(2, 1) }, 2],
  [{ '00280034': { vr: 'IS', Value: [4, 3] } }, 4 / 3],
  [{ '00181164': ds(0.5, 1) }, 0.5],
  [{ '00280030': ds(0, 1) }, 1],
  [{}, 1],
] as [DataSet, number][])('the shape of a pixel comes from its spacing or aspect ratio %#', async (header, aspect) => {
  expect((await show(header)).aspect).toBe(aspect);
});
