import { expect, test } from 'vitest';
import { captureHanging, type ShownPane } from './capture-hanging.ts';
import { parseHanging } from './hanging.ts';
import { type HangingSeries, placeImages } from './place-images.ts';

const FOR = { name: ' Ngực của tôi ', modality: 'CT', bodyParts: ['CHEST'], key: 'j', rows: 2, columns: 2 };

const shown = (description: string, more: Partial<ShownPane> = {}): ShownPane => ({
  study: 0,
  modality: 'CT',
  description,
  view: '',
  side: undefined,
  window: undefined,
  ...more,
});

const series = (uid: string, description: string): HangingSeries => ({
  seriesInstanceUid: uid,
  modality: 'CT',
  description,
  rows: 512,
  frameCount: 0,
  instanceCount: 9,
  images: [],
});

test('a layout that was saved finds the like of what it showed, also after it was kept as JSON', () => {
  const made = captureHanging(FOR, [
    shown('Phổi 1mm', { window: 'lung' }),
    shown('Trung thất'),
    shown('x', { study: 1 }),
    undefined,
  ]);
  const kept = parseHanging(JSON.parse(JSON.stringify(made)));
  expect(kept).toEqual(made);
  expect(kept).toMatchObject({ id: 'ngực của tôi', name: 'Ngực của tôi', modalities: ['CT'], priors: 1, key: 'j' });
  const studies = [[series('a', 'Scout'), series('b', 'TRUNG THAT 5'), series('c', 'phoi 1mm')], [series('d', 'Phổi 1mm')]];
  const placed = kept === undefined ? [] : placeImages(kept, studies);
  expect(placed.map((found) => found?.series.seriesInstanceUid)).toEqual(['c', 'b', 'd']);
  expect(kept?.panes[0]?.window).toBe('lung');
});

test('pictures of one view are found by view and side, and mammograms keep their chest wall in the middle', () => {
  const made = captureHanging({ ...FOR, modality: 'MG', rows: 1 }, [
    shown('R CC', { modality: 'MG', view: 'CC', side: 'R' }),
    shown('L CC', { modality: 'MG', view: 'CC', side: 'L' }),
  ]);
  expect(made.panes).toMatchObject([
    { views: ['CC'], side: 'R', words: [], wall: 'right' },
    { views: ['CC'], side: 'L', words: [], wall: 'left' },
  ]);
});
