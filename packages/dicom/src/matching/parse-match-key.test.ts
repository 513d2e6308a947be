import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/tag.gen.ts';
import type { Vr } from '../vr.ts';
import { parseMatchKey } from './parse-match-key.ts';

const parse = (vr: Vr, text: string, fuzzy = false) => parseMatchKey([TAG.PatientName], vr, text, { fuzzy }).match;

describe('parseMatchKey', () => {
  it.each<[Vr, string, object]>([
    ['LO', '', { kind: 'universal' }],
    ['LO', '**', { kind: 'universal' }],
    ['PN', '^^', { kind: 'universal' }],
    ['DA', '-', { kind: 'universal' }],
    ['LO', '""', { kind: 'empty' }],
    ['LO', ' CT ngực ', { kind: 'single', value: 'CT ngực' }],
    ['LO', 'CT?', { kind: 'wildcard', pattern: 'CT?' }],
    [
      'CS',
      'CT\\MR',
      {
        kind: 'list',
        values: [
          { kind: 'single', value: 'CT' },
          { kind: 'single', value: 'MR' },
        ],
      },
    ],
    [
      'UI',
      '1.2,1.3',
      {
        kind: 'list',
        values: [
          { kind: 'single', value: '1.2' },
          { kind: 'single', value: '1.3' },
        ],
      },
    ],
    [
      'UI',
      '1.2\\1.3',
      {
        kind: 'list',
        values: [
          { kind: 'single', value: '1.2' },
          { kind: 'single', value: '1.3' },
        ],
      },
    ],
    ['UI', '1.2', { kind: 'single', value: '1.2' }],
    ['LT', 'a\\b', { kind: 'single', value: 'a\\b' }],
    ['DA', '20260101-20260131', { kind: 'range', from: '20260101', to: '20260131' }],
    ['DA', '20260101', { kind: 'range', from: '20260101', to: '20260101' }],
    ['DA', '-20260131', { kind: 'range', to: '20260131' }],
    ['IS', '3', { kind: 'single', value: '3' }],
    ['PN', 'Nguyễn^Văn', { kind: 'single', value: 'Nguyễn^Văn' }],
  ])('reads %s %j', (vr, text, match) => {
    expect(parse(vr, text)).toEqual(match);
  });

  it.each<[Vr, string]>([
    ['UI', ','],
    ['LO', '\\'],
  ])('refuses more values of %s than a search can compare with', (vr, between) => {
    expect(parse(vr, Array(500).fill('1.2').join(between))).toMatchObject({ kind: 'list' });
    expect(() => parse(vr, Array(501).fill('1.2').join(between))).toThrow(/at most 500 values/);
  });

  it('reads the words of a name when fuzzy matching is asked for, without marks and without an age', () => {
    expect(parse('PN', 'Đỗ^Thị Dương 65T', true)).toEqual({ kind: 'words', words: ['do', 'thi', 'duong'] });
    expect(parse('PN', 'Đỗ*', true)).toEqual({ kind: 'wildcard', pattern: 'Đỗ*' });
    expect(parse('LO', 'Đỗ', true)).toEqual({ kind: 'single', value: 'Đỗ' });
  });

  it.each<[Vr, string]>([
    ['DA', 'yesterday'],
    ['DA', '20261340'],
    ['IS', 'three'],
    ['OB', 'x'],
    ['LO', 'x'.repeat(20_000)],
  ])('refuses %s %.20j, naming the attribute', (vr, text) => {
    expect(() => parse(vr, text)).toThrow(
      expect.objectContaining({ code: 'invalid-value', message: expect.stringContaining(TAG.PatientName) }),
    );
  });
});
