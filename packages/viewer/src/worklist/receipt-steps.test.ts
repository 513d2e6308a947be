import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryStanding, Receipt, ReceiptMark } from '../api/receipts.ts';
import { language } from '../i18n/index.ts';
import { hasReceiptMark } from './receipt-mark.tsx';
import { receiptAdvice, receiptSteps } from './receipt-steps.ts';

beforeEach(() => {
  language.value = 'vi';
});

afterEach(() => {
  language.value = 'vi';
});

const AT = '2026-03-01T01:05:30Z';
const TOLD = { by: 'mpps', from: 'CT01', count: 48, at: AT } as const;

function receipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    state: 'complete',
    missing: 0,
    told: [TOLD],
    sent: [{ callingAe: 'CT01', user: null, count: 48, last: AT }],
    safe: 48,
    indexed: 48,
    conflicts: 0,
    refused: 0,
    refusals: [],
    commitment: { asked: 0, granted: 0, reportedAt: null },
    deliveries: [],
    undecided: 0,
    centre: null,
    ...changes,
  };
}

const delivery = (changes: Partial<DeliveryStanding>): DeliveryStanding => ({
  destination: 'orthanc',
  site: null,
  delivered: 0,
  waiting: 0,
  held: 0,
  aside: 0,
  lastDeliveredAt: null,
  arrives: null,
  problem: null,
  confirmed: null,
  ...changes,
});

const lines = (changes: Partial<Receipt> = {}) =>
  receiptSteps(receipt(changes)).map(({ state, title, count }) => [state, title, count].join(' | '));
const line = (changes: Partial<DeliveryStanding>) => receiptSteps(receipt({ deliveries: [delivery(changes)] }))[4];

describe('the lines of a receipt', () => {
  it('go the way of the images', () => {
    expect(lines({ commitment: { asked: 48, granted: 48, reportedAt: AT } })).toEqual([
      'done | CT01 báo đã chụp | 48',
      'done | CT01 đã gửi đến | 48',
      'done | Đã lưu an toàn | 48',
      'done | Đã vào danh sách ca chụp | 48',
      'done | Đã xác nhận cho máy chụp | 48',
    ]);
    language.value = 'en';
    expect(lines()[0]).toBe('done | Reported by CT01 | 48');
  });

  it('say what the machine was told, which a later arrival does not change', () => {
    const commitment = { asked: 48, granted: 47, reportedAt: AT };
    expect(lines({ state: 'problem', missing: 1, commitment }).at(-1)).toBe('problem | Đã xác nhận cho máy chụp | 47/48');
    expect(lines({ commitment }).at(-1)).toBe('waiting | Đã xác nhận cho máy chụp | 47/48');
    expect(lines({ commitment: { ...commitment, granted: 48, reportedAt: null } }).at(-1)).toContain('waiting');
  });

  it('say what is not here, and what was refused', () => {
    const refusals = [{ reason: 'full', from: 'CT01', count: 1, last: AT } as const];
    expect(lines({ state: 'problem', missing: 2, refused: 1, refusals, indexed: 46, safe: 46 })).toEqual(
      expect.arrayContaining(['problem | Từ chối ảnh của CT01: hết chỗ lưu | 1', 'problem | Chưa có trong kho | 2']),
    );
    expect(lines({ state: 'incomplete', missing: 2 })).toContain('waiting | Chưa có trong kho | 2');
    expect(lines({ told: [] })[0]).toBe('none | Máy không báo số ảnh đã chụp | ');
  });

  it('name the place that images went to, and what keeps them from it', () => {
    expect(line({ delivered: 48, confirmed: 48 })).toMatchObject({
      state: 'done',
      title: 'Đã tới orthanc',
      count: '48',
      detail: 'nơi nhận đã xác nhận',
    });
    expect(line({ delivered: 48, confirmed: 2 })?.detail).toBe('nơi nhận mới xác nhận 2/48');
    expect(line({ delivered: 48 })?.detail).toBe('');
    expect(line({ delivered: 12, waiting: 36, site: 'BV Tỉnh', problem: 'no route to host' })).toMatchObject({
      state: 'waiting',
      title: 'Đang gửi tới BV Tỉnh',
      count: '12/48',
      detail: 'no route to host',
    });
    expect(line({ held: 48 })).toMatchObject({ state: 'waiting', title: 'Chờ đến giờ gửi tới orthanc', count: '0/48' });
    expect(line({ delivered: 47, aside: 1, problem: 'answered C000H (cannot understand)' })).toMatchObject({
      state: 'problem',
      title: 'Không gửi được tới orthanc',
      count: '47/48',
      detail: '1 ảnh: Nơi nhận từ chối ảnh này: C000H (cannot understand).',
      queue: 'orthanc',
    });
  });
});

it('tells a radiographer when images may be deleted at the machine, and when not', () => {
  const said = (changes: Partial<Receipt>) => receiptAdvice(receipt(changes));
  expect(said({})).toBe('Kho đã có đủ số ảnh máy báo. Có thể xóa trên máy chụp.');
  expect(said({ told: [] })).toContain('hãy so với số ảnh trên máy');
  expect(said({ told: [{ ...TOLD, by: 'association' }] })).toContain('hãy so với số ảnh trên máy');
  expect(said({ state: 'waiting', deliveries: [delivery({ waiting: 3 })] })).toContain('Có thể xóa');
  expect(said({ state: 'problem', deliveries: [delivery({ aside: 3 })] })).toContain('chưa tới được nơi nhận');
  for (const changes of [
    { state: 'problem', missing: 1 },
    { state: 'incomplete', missing: 1, refused: 1 },
    { state: 'problem', conflicts: 1 },
    { state: 'incomplete' },
    { state: 'incomplete', missing: 5 },
  ] as const) {
    expect(said(changes)).not.toContain('Có thể xóa');
  }
});

it('is marked in the list only where something is missing, set aside or on its way', () => {
  const mark = (changes: Partial<ReceiptMark>) =>
    hasReceiptMark({ state: 'complete', missing: 0, refused: 0, aside: 0, waiting: 0, ...changes });
  expect(hasReceiptMark(null)).toBe(false);
  expect(mark({})).toBe(false);
  expect(mark({ state: 'incomplete', missing: 3 })).toBe(false);
  expect(mark({ state: 'waiting', waiting: 3 })).toBe(true);
  expect(mark({ state: 'problem', missing: 1 })).toBe(true);
  expect(mark({ state: 'problem', aside: 1 })).toBe(true);
  // Of a conflict its own sign tells.
  expect(mark({ state: 'problem' })).toBe(false);
});

describe('the line of the centre, at the gateway of a site', () => {
  const whole = { state: 'complete', missing: 0, indexed: 48 } as const;

  it.each([
    [{ receipt: whole, asOf: AT, problem: null }, 'done | Trung tâm đang giữ | 48', 'theo biên nhận'],
    [
      { receipt: { ...whole, state: 'problem' as const }, asOf: AT, problem: null },
      'problem | Trung tâm đang giữ, ca cần',
      'theo',
    ],
    [{ receipt: whole, asOf: AT, problem: 'no line' }, 'waiting | Trung tâm đang giữ | 48', 'báo lần cuối'],
    [{ receipt: null, asOf: null, problem: 'no line' }, 'waiting | Trung tâm đang giữ | ', 'chưa hỏi được'],
    [{ receipt: null, asOf: AT, problem: null }, 'waiting | Trung tâm đang giữ | ', 'theo biên nhận'],
  ])('says of %o how many it keeps and of when that is', (centre, expected, detail) => {
    const found = receiptSteps(receipt({ centre })).find(({ title }) => title.startsWith('Trung tâm'));
    expect([found?.state, found?.title, found?.count].join(' | ')).toContain(expected);
    expect(found?.detail).toContain(detail);
  });
});
