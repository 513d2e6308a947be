import { describe, expect, test } from 'vitest';
import { BUILT_IN } from './built-in.ts';
import { type HangingOwner, type OwnedHanging, parseHanging } from './hanging.ts';
import { hangingsFor, type StudyFacts, saysAll } from './match-hanging.ts';

function hanging(id: string, owner: HangingOwner, more: object = {}): OwnedHanging {
  const parsed = parseHanging({ id, name: id, rows: 1, columns: 1, panes: [{}], ...more });
  if (parsed === undefined) {
    throw new Error(`${id} does not read`);
  }
  return { ...parsed, owner };
}

const PRODUCT: readonly OwnedHanging[] = BUILT_IN.map((entry) => ({ ...entry, name: entry.id, owner: 'product' }));

const study = (modality: string, more: Partial<StudyFacts> = {}): StudyFacts => ({
  modalities: [modality],
  bodyParts: [],
  description: '',
  imageCount: 1,
  priorCount: 0,
  ...more,
});

test.each([
  ['CT without a prior', study('CT'), []],
  ['CT with one', study('CT', { priorCount: 1 }), ['ct-prior']],
  ['MR', study('MR'), ['mr-sequences']],
  ['MR with a prior', study('MR', { priorCount: 2 }), ['mr-sequences', 'mr-prior']],
  ['a chest', study('DX', { bodyParts: ['CHEST'] }), ['chest-two']],
  ['a chest with a prior', study('CR', { bodyParts: ['CHEST'], priorCount: 1 }), ['chest-two', 'projection-prior']],
  ['a chest whose machine says so in words', study('CR', { description: 'X-quang ngực thẳng' }), ['chest-two']],
  ['a hand', study('DX', { bodyParts: ['HAND'] }), []],
  ['a hand though its text says chest', study('DX', { bodyParts: ['HAND'], description: 'chest' }), []],
  ['four mammograms', study('MG', { imageCount: 4 }), ['mammography-four', 'mammography-cc', 'mammography-mlo']],
  ['two mammograms', study('MG', { imageCount: 2 }), ['mammography-cc', 'mammography-mlo']],
  ['an ultrasound of many images', study('US', { imageCount: 12 }), ['us-grid']],
  ['an ultrasound of one', study('US'), []],
  ['nuclear medicine', study('NM'), []],
])('the product hangs %s as %o', (_, facts, ids) => {
  const found = hangingsFor(facts, PRODUCT);
  expect(found.map(({ id }) => id)).toEqual(ids);
});

describe('of several protocols that fit', () => {
  const facts = study('CT', { bodyParts: ['CHEST'], description: 'CT ngực có thuốc', priorCount: 1 });
  const idsOf = (...all: readonly OwnedHanging[]) => hangingsFor(facts, all).map(({ id }) => id);

  test('a person’s own comes before the hospital’s and that before the product’s, however narrow', () => {
    const own = hanging('own', 'own', { modalities: ['CT'] });
    const hospital = hanging('hospital', 'hospital', { modalities: ['CT'], bodyParts: ['CHEST'], words: ['có thuốc'] });
    expect(idsOf(...PRODUCT, hospital, own)).toEqual(['own', 'hospital', 'ct-prior']);
  });

  test('that made for fewer studies comes first', () => {
    const wide = hanging('wide', 'own', { modalities: ['CT'] });
    const part = hanging('part', 'own', { modalities: ['CT'], bodyParts: ['Chest'] });
    const words = hanging('words', 'own', { modalities: ['CT'], bodyParts: ['CHEST'], words: ['co thuoc'] });
    expect(idsOf(wide, part, words)).toEqual(['words', 'part', 'wide']);
  });

  test('those for another part, other words or more priors do not fit', () => {
    const others = [
      hanging('head', 'own', { bodyParts: ['HEAD'] }),
      hanging('plain', 'own', { words: ['không thuốc'] }),
      hanging('two', 'own', { priors: 2 }),
      hanging('mr', 'own', { modalities: ['MR'] }),
    ];
    expect(idsOf(...others)).toEqual([]);
  });
});

test.each([
  ['AX T1 FSE', 't1', true],
  ['ax_t1_tse_fs', 't1', true],
  ['T1W', 't1', true],
  ['T10 spine', 't1', false],
  ['Phổi 1mm', 'phoi', true],
  ['Phổi 1mm', 'phổi 1mm', true],
  ['Phổi', 'phổi 1mm', false],
  ['anything', '', true],
])('"%s" says "%s": %s', (text, phrase, said) => {
  expect(saysAll(text, phrase)).toBe(said);
});

describe('a kept protocol', () => {
  test('is read with what it leaves out', () => {
    expect(hanging('x', 'own', { panes: [{ study: 1, window: 'lung', wall: 'left', side: 'R' }] }).panes).toEqual([
      { study: 1, words: [], views: [], side: 'R', image: undefined, window: 'lung', wall: 'left' },
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['no panes', { id: 'x', name: 'x', rows: 1, columns: 1, panes: [] }],
    ['more panes than places', { id: 'x', name: 'x', rows: 1, columns: 1, panes: [{}, {}] }],
    ['a layout no screen has', { id: 'x', name: 'x', rows: 3, columns: 4, panes: [{}] }],
    ['no name', { id: 'x', name: ' ', rows: 1, columns: 1, panes: [{}] }],
    ['of a later version in another form', { id: 'x', name: 'x', screens: [] }],
  ])('with %s is left alone', (_, value) => {
    expect(parseHanging(value)).toBeUndefined();
  });

  test('whose rules are nonsense has none of them', () => {
    expect(hanging('x', 'own', { modalities: 'CT', panes: [{ study: 99, window: 'magic', side: 'X', image: 0 }] })).toMatchObject(
      {
        modalities: [],
        panes: [{ study: 0, window: undefined, side: undefined, image: undefined }],
      },
    );
  });
});
