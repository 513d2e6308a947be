import { describe, expect, it } from 'vitest';
import type { WrittenRule } from '../../api/rules.ts';
import { faultWords, refusalWords } from '../fault-words.ts';
import { lineDifference } from './line-difference.ts';
import { ruleFaults, ruleForm, ruleOf } from './rule-form.ts';
import { ruleWords } from './rule-words.ts';

/** A computed name, for an object that is no promise. */
const THEN = 'then';

const FULL: WrittenRule = {
  name: 'hội chẩn',
  enabled: false,
  when: {
    callingAe: ['CT01', 'MR*'],
    address: ['10.0.0.0/24'],
    facility: ['main'],
    complete: true,
    hours: ['18:00-06:00'],
    tags: { Modality: ['CT', 'MR'], RequestingService: ['Khoa Ngoại*'] },
  },
  [THEN]: [
    {
      send: { to: 'tinh', class: 'consultation', syntax: 'rle', basis: 'consultation', evidence: 'HĐ 12', hold: ['19:00-06:00'] },
    },
    { send: { to: 'vien', class: 'routine' } },
    { set: { InstitutionName: 'BVĐK Sa Đéc' } },
    { remove: ['PatientAddress'] },
    { deidentify: 'nghien-cuu' },
    { prefetch: { priors: 3, modality: ['CT', 'MR'], class: 'backfill' } },
    { stop: true },
  ],
};

describe('the form of a rule', () => {
  it('gives back what it was given', () => {
    expect(ruleOf(ruleForm(FULL))).toEqual(FULL);
    const least: WrittenRule = { name: 'a', [THEN]: [{ stop: true }] };
    expect(ruleOf(ruleForm(least))).toEqual(least);
  });

  it('keeps values that hold its separator', () => {
    const odd: WrittenRule = {
      name: 'a',
      when: { tags: { StudyDescription: ['một; hai', 'ba'] } },
      [THEN]: [{ stop: true }],
    };
    expect(ruleOf(ruleForm(odd))).toEqual(odd);
  });

  it('says what is missing', () => {
    const form = ruleForm(undefined);
    expect(Object.keys(ruleFaults(form, []))).toEqual(['name', 'sends']);
    expect(ruleFaults({ ...form, name: 'a', sends: [] }, ['a'])).toMatchObject({
      name: 'Đã có quy tắc tên này.',
      sends: expect.stringContaining('chưa làm gì'),
    });
    expect(ruleFaults({ ...form, name: 'a', sends: [], stop: true, deidentify: 'x' }, [])).toMatchObject({
      sends: expect.stringContaining('phải gửi tới đâu đó'),
    });
    expect(ruleFaults({ ...form, name: 'a', sends: [], stop: true, priors: '51' }, []).priors).toBeDefined();
  });
});

it('reads a rule as a sentence', () => {
  const names = { destinations: [{ id: 'tinh', site: 'BVĐK Tỉnh', basis: undefined }], facilityName: () => 'BVĐK Mẫu' };
  const { images, actions } = ruleWords(FULL, names);
  expect(images).toBe(
    'Ảnh loại máy “CT” hoặc “MR”, khoa chỉ định “Khoa Ngoại*”, từ máy CT01 hoặc MR*, từ địa chỉ 10.0.0.0/24, của BVĐK Mẫu, đến trong giờ 18:00-06:00, khi ca chụp đã đủ ảnh',
  );
  expect(actions[0]).toBe('gửi tới tinh (BVĐK Tỉnh), mức hội chẩn, chỉ trong giờ 19:00-06:00, nén RLE, căn cứ: hội chẩn (HĐ 12)');
  expect(ruleWords({ name: 'a', [THEN]: [{ stop: true }] }, names)).toEqual({
    images: 'Mọi ảnh',
    actions: ['không xét các quy tắc sau'],
  });
});

describe('the difference of two texts', () => {
  const kinds = (before: string, after: string) =>
    lineDifference(before, after).map(({ kind, text }) => `${kind} ${text}`.trim());

  it('is none between equal ones', () => {
    expect(lineDifference('a\nb\n', 'a\r\nb')).toEqual([]);
  });

  it('shows what goes and what comes, with what stands about it', () => {
    expect(kinds('a\nb\nc\nd\ne\nf\ng\nh', 'a\nb\nc\nd\nE\nf\ng\nh\ni')).toEqual([
      'gap',
      'same c',
      'same d',
      'taken e',
      'added E',
      'same f',
      'same g',
      'same h',
      'added i',
    ]);
    expect(kinds('', 'a')).toEqual(['added a']);
    expect(kinds('a', '')).toEqual(['taken a']);
  });

  it('of long texts that have nothing in common takes no time', () => {
    const text = (word: string) => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}`).join('\n');
    expect(lineDifference(text('a'), text('b'))).toHaveLength(40_000);
  });
});

it('says in Vietnamese what the server says of a fault', () => {
  expect(faultWords('There is no destination "tinnh". Did you mean "tinh"? Known are tinh, ws1.')).toBe(
    'Không có nơi nhận “tinnh”. Có phải ý bạn là “tinh”? Hiện có: tinh, ws1.',
  );
  expect(faultWords('"25:00" is no time of day from which until which. Write for instance "18:00-06:00".')).toBe(
    '“25:00” không phải khoảng giờ trong ngày. Viết ví dụ: "18:00-06:00".',
  );
  expect(faultWords('Something of tomorrow.')).toBe('Something of tomorrow.');
  expect(refusalWords('a recorded voice cannot be made unknown')).toContain('giọng nói');
});
