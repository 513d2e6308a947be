import { describe, expect, test } from 'vitest';
import { BUILT_IN } from './built-in.ts';
import { type Hanging, PANE } from './hanging.ts';
import { type HangingSeries, type ImageFacts, placeImages } from './place-images.ts';

function series(uid: string, modality: string, description: string, more: Partial<HangingSeries> = {}): HangingSeries {
  return { seriesInstanceUid: uid, modality, description, rows: 512, frameCount: 0, instanceCount: 20, images: [], ...more };
}

function protocol(id: string): Hanging {
  const found = BUILT_IN.find((entry) => entry.id === id);
  if (found === undefined) {
    throw new Error(`no protocol ${id}`);
  }
  return { ...found, name: id };
}

const placed = (hanging: Hanging, ...studies: readonly (readonly HangingSeries[])[]) =>
  placeImages(hanging, studies).map((found) => (found === undefined ? '-' : `${found.series.seriesInstanceUid}:${found.index}`));

describe('MR by sequence', () => {
  const all = [
    series('loc', 'MR', 'Localizer', { instanceCount: 3 }),
    series('t2', 'MR', 'ax T2 tse'),
    series('flair', 'MR', 'AX FLAIR'),
    series('t1', 'MR', 'sag_t1_se'),
    series('dwi', 'MR', 'ep2d DIFF b1000'),
  ];

  test('has each in its pane, in whatever order they were made', () => {
    expect(placed(protocol('mr-sequences'), all)).toEqual(['t1:0', 't2:0', 'flair:0', 'dwi:0']);
  });

  test('fills a pane whose sequence was not made with what is left', () => {
    expect(placed(protocol('mr-sequences'), all.slice(0, 4))).toEqual(['t1:0', 't2:0', 'flair:0', 'loc:0']);
    expect(placed(protocol('mr-sequences'), all.slice(1, 2))).toEqual(['-', 't2:0', '-', '-']);
  });
});

describe('a mammogram', () => {
  const image = (index: number, side: 'L' | 'R', view: string, isForPresentation = true): ImageFacts => ({
    index,
    side,
    view,
    isForPresentation,
  });

  test('hangs its four views wherever they lie, the right breast at the left', () => {
    const one = series('all', 'MG', 'Mammo', {
      images: [image(0, 'L', 'CC'), image(1, 'L', 'MLO'), image(2, 'R', 'MLO'), image(3, 'R', 'CC')],
    });
    expect(placed(protocol('mammography-four'), [one])).toEqual(['all:3', 'all:0', 'all:2', 'all:1']);
    const each = (['R', 'L'] as const).flatMap((side) =>
      ['CC', 'MLO'].map((view) => series(`${side}${view}`, 'MG', '', { images: [image(0, side, view)] })),
    );
    expect(placed(protocol('mammography-four'), each)).toEqual(['RCC:0', 'LCC:0', 'RMLO:0', 'LMLO:0']);
  });

  test('leaves the pane of a missing view empty: no other view may stand there', () => {
    const one = series('all', 'MG', '', { images: [image(0, 'L', 'CC'), image(1, 'R', 'MLO')] });
    expect(placed(protocol('mammography-four'), [one])).toEqual(['-', 'all:0', 'all:1', '-']);
  });

  test('shows what was made to be looked at', () => {
    const raw = series('raw', 'MG', '', { images: [image(0, 'R', 'CC', false)] });
    const shown = series('shown', 'MG', '', { images: [image(0, 'R', 'cc')] });
    expect(placed(protocol('mammography-cc'), [raw, shown])).toEqual(['shown:0', '-']);
  });

  test('stands over that of a year ago', () => {
    const now = series('now', 'MG', '', { images: [image(0, 'R', 'CC'), image(1, 'L', 'CC')] });
    const before = series('before', 'MG', '', { images: [image(0, 'L', 'CC'), image(1, 'R', 'CC')] });
    expect(placed(protocol('mammography-prior'), [now], [before])).toEqual(['now:0', 'now:1', 'before:1', 'before:0']);
  });
});

test('a chest hangs from the front and from the side', () => {
  const of = (uid: string, view: string) =>
    series(uid, 'DX', '', { images: [{ index: 0, view, side: undefined, isForPresentation: true }] });
  expect(placed(protocol('chest-two'), [of('lat', 'LL'), of('pa', 'PA')])).toEqual(['pa:0', 'lat:0']);
  expect(placed(protocol('chest-two'), [of('pa', 'PA')])).toEqual(['pa:0', '-']);
});

test('CT has beside it the series of the prior that goes with it', () => {
  const now = [series('sr', 'SR', 'Dose', { rows: null }), series('lung', 'CT', 'Phổi 1mm'), series('soft', 'CT', 'Trung thất')];
  const before = [series('soft0', 'CT', 'Trung that'), series('lung0', 'CT', 'PHOI 1MM')];
  expect(placed(protocol('ct-prior'), now, before)).toEqual(['lung:0', 'lung0:0']);
  expect(placed(protocol('ct-prior'), now, [])).toEqual(['lung:0', '-']);
});

test('ultrasound pictures lie in a grid, over several series', () => {
  const all = [series('a', 'US', '', { instanceCount: 3 }), series('b', 'US', '', { instanceCount: 3 })];
  expect(placed(protocol('us-grid'), all)).toEqual(['a:0', 'a:1', 'a:2', 'b:0']);
});

test('a series hangs once, except image by image', () => {
  const twice: Hanging = {
    ...protocol('ct-prior'),
    panes: [
      { ...PANE, words: ['phổi'] },
      { ...PANE, words: ['phổi'] },
    ],
  };
  expect(placed(twice, [series('a', 'CT', 'Phổi')])).toEqual(['a:0', '-']);
  const other = [series('a', 'CT', 'Phổi'), series('b', 'CT', 'Xương')];
  expect(placed(twice, other)).toEqual(['a:0', 'b:0']);
});
