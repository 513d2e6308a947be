import { expect, test } from 'vitest';
import { matching } from './palette-match.ts';

const ALL = [
  { id: 'length', texts: ['Đo khoảng cách', 'Length'] },
  { id: 'angle', texts: ['Đo góc', 'Angle'] },
  { id: 'lung', texts: ['Phổi', 'Lung'] },
  { id: 'rotate', texts: ['Xoay phải', 'Rotate right'] },
  { id: 'zoomOut', texts: ['Thu nhỏ', 'Zoom out'] },
];
const found = (typed: string) => matching(ALL, typed).map(({ id }) => id);

test.each([
  ['', ['length', 'angle', 'lung', 'rotate', 'zoomOut']],
  ['do', ['length', 'angle']],
  ['đo kho', ['length']],
  ['DO GOC', ['angle']],
  ['phoi', ['lung']],
  ['lung', ['lung']],
  ['right', ['rotate']],
  // A word that begins so comes before one that has it within.
  ['an', ['angle', 'length']],
  ['nho', ['zoomOut']],
  ['nothing so called', []],
])('"%s" finds %o', (typed, ids) => {
  expect(found(typed)).toEqual(ids);
});

test('a text in decomposed letters is found all the same', () => {
  expect(matching([{ id: 'x', texts: ['Phổi'.normalize('NFD')] }], 'phổi')).toHaveLength(1);
});
