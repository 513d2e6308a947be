import { describe, expect, it } from 'vitest';
import type { DataSet } from '../dataset/model.ts';
import { matchesAll } from './matcher.ts';
import { parseMatchKey } from './parse-match-key.ts';

const header: DataSet = {
  '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
  '00080050': { vr: 'SH' },
  '00081070': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
  '00400275': {
    vr: 'SQ',
    Value: [
      { '00400009': { vr: 'SH', Value: ['S1'] }, '00401001': { vr: 'SH', Value: ['R1'] } },
      { '00400009': { vr: 'SH', Value: ['S2'] }, '00401001': { vr: 'SH', Value: ['R2'] } },
    ],
  },
};
const sps = (text: string) => parseMatchKey(['00400275', '00400009'], 'SH', text);
const rp = (text: string) => parseMatchKey(['00400275', '00401001'], 'SH', text);

describe('matchesAll', () => {
  it.each([
    ['any of several values', [parseMatchKey(['00080008'], 'CS', 'PRIMARY')], true],
    ['none of several values', [parseMatchKey(['00080008'], 'CS', 'SECONDARY')], false],
    ['an empty attribute by no value', [parseMatchKey(['00080050'], 'SH', '*a*')], false],
    ['an empty attribute by the universal key', [parseMatchKey(['00080050'], 'SH', '*')], true],
    ['an absent attribute as empty', [parseMatchKey(['00080051'], 'SH', '""')], true],
    ['both keys within one item', [sps('S1'), rp('R1')], true],
    ['not keys in two items', [sps('S1'), rp('R2')], false],
    ['one group of a name', [parseMatchKey(['00081070'], 'PN', '山田*')], true],
    ['each group a key names', [parseMatchKey(['00081070'], 'PN', 'yamada*=山田*')], true],
    ['not a group that differs', [parseMatchKey(['00081070'], 'PN', 'yamada*=佐藤*')], false],
    ['not a group that is not there', [parseMatchKey(['00081070'], 'PN', '==や*')], false],
  ])('matches %s', (_what, keys, expected) => {
    expect(matchesAll(header, keys)).toBe(expected);
  });
});
