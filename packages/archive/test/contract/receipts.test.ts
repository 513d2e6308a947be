import { stringifyDicomJson } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/core/receipts/model.ts';
import type { DeliveryStanding, OpenTransfers, StudyTransfers, Transfers } from '../../src/core/receipts/transfers.ts';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { ended, performedStep } from '../support/performed.ts';

/** A router that says what a test tells it to. */
class TransfersDouble implements Transfers {
  readonly known = new Map<string, StudyTransfers>();

  put(study: string, facts: Partial<StudyTransfers>): void {
    this.known.set(study, { commitments: [], notCommitted: [], deliveries: [], undecided: 0, ...facts });
  }

  open(studies: readonly string[]): Promise<ReadonlyMap<string, OpenTransfers>> {
    const open = studies.flatMap((study) => {
      const facts = this.known.get(study);
      const sum = (name: 'waiting' | 'held' | 'aside') =>
        facts?.deliveries.reduce((total, delivery) => total + delivery[name], 0) ?? 0;
      const notCommitted = facts?.notCommitted ?? [];
      const entry = { waiting: sum('waiting') + sum('held') + (facts?.undecided ?? 0), aside: sum('aside'), notCommitted };
      return facts === undefined ? [] : [[study, entry] as const];
    });
    return Promise.resolve(new Map(open));
  }

  of(study: string): Promise<StudyTransfers> {
    return Promise.resolve(this.known.get(study) ?? { commitments: [], notCommitted: [], deliveries: [], undecided: 0 });
  }

  studies(): Promise<readonly string[]> {
    return Promise.resolve([...this.known.keys()]);
  }
}

const delivery = (facts: Partial<DeliveryStanding>): DeliveryStanding => ({
  destination: 'workstation',
  site: null,
  class: 'routine',
  delivered: 0,
  waiting: 0,
  held: 0,
  aside: 0,
  lastDeliveredAt: null,
  arrives: null,
  problem: null,
  confirmed: null,
  ...facts,
});

let http: TestHttp;
let transfers: TransfersDouble;

beforeEach(async () => {
  transfers = new TransfersDouble();
  http = await openTestHttp({ studyQuietMs: 0 }, transfers);
});

afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

const uid = (number: number, study = '1.2.3') => `${study}.1.${number}`;
const send = async (numbers: readonly number[], facts: { readonly study?: string; readonly as?: string } = {}) => {
  const files = numbers.map((number) => objectFile({ study: facts.study ?? '1.2.3', number }));
  expect((await http.stow(files, { as: facts.as ?? 'main' })).status).toBe(200);
};
const receipt = async (as = 'main', study = '1.2.3') => {
  const response = await http.ask(`/api/studies/${study}/receipt`, { as });
  return response.status === 200 ? ((await response.json()) as Receipt) : response.status;
};
const mark = async (as = 'main', study = '1.2.3') => {
  const { studies } = (await (await http.ask('/api/studies', { as })).json()) as {
    studies: readonly { studyInstanceUid: string; receipt: unknown }[];
  };
  return studies.find(({ studyInstanceUid }) => studyInstanceUid === study)?.receipt;
};
const listed = async (query = '', as = 'main') => {
  const response = await http.ask(`/api/receipts${query}`, { as });
  return (await response.json()) as {
    studies: readonly { studyInstanceUid: string }[];
    absent: readonly { studyInstanceUid: string; refused: number }[];
    next: string | null;
  };
};
const uidsOf = async (query?: string, as?: string) =>
  (await listed(query, as)).studies.map(({ studyInstanceUid }) => studyInstanceUid);
const performed = async (instances: readonly string[], step = '1.9.1') => {
  for (const [method, dataSet] of [
    ['POST', performedStep()],
    ['PUT', ended('COMPLETED', instances)],
  ] as const) {
    const headers = { 'content-type': 'application/dicom+json' };
    await http.ask(`/api/performed-steps/${step}`, { method, headers, body: stringifyDicomJson(dataSet) });
  }
};
const refuse = (number: number, reason: 'full' | 'broken' = 'full', study = '1.2.3', facility = 'main') =>
  http.archive.refused({
    sopInstanceUid: uid(number, study),
    studyInstanceUid: study,
    reason,
    sender: 'CT01',
    address: '10.0.0.11',
    facility,
  });

describe('the receipt at the gateway of a site', () => {
  const standing = {
    receipt: { state: 'problem', missing: 1, safe: 2, indexed: 2 },
    asOf: '2026-03-01T08:00:00.000Z',
    problem: null,
  } as const;

  beforeEach(() => {
    Object.assign(transfers, { centre: () => Promise.resolve(standing) });
  });

  it('says what the centre has of it', async () => {
    await send([1, 2]);
    expect(await receipt()).toMatchObject({ state: 'complete', indexed: 2, removed: null, centre: standing });
    expect(await receipt('branch')).toBe(404);
  });

  it('is still there when the images are gone from here, in the state that the centre tells', async () => {
    await send([1, 2]);
    await performed([uid(1), uid(2)]);
    const { copies } = http.archive;
    expect(await copies.remove('1.2.3', await Array.fromAsync(copies.instances('1.2.3')))).toBe(true);
    transfers.put('1.2.3', { deliveries: [delivery({ destination: 'archive', delivered: 2 })] });
    expect(await receipt()).toMatchObject({
      state: 'problem',
      missing: 1,
      told: [{ by: 'mpps', count: 2 }],
      indexed: 0,
      removed: { instances: 2 },
      deliveries: [{ destination: 'archive', delivered: 2 }],
      centre: standing,
    });
    expect(await receipt('branch')).toBe(404);
    expect(await uidsOf()).toEqual([]);
  });
});

describe('the receipt of a study', () => {
  it('says who sent it and that it is safe, each instance once however often it came', async () => {
    await send([1, 2]);
    await send([2, 3]);
    await send([1, 2, 3]);
    expect(await receipt()).toEqual({
      studyInstanceUid: '1.2.3',
      state: 'complete',
      missing: 0,
      told: [],
      sent: [
        { callingAe: null, user: 'main', address: '10.0.0.5', count: 3, first: expect.any(String), last: expect.any(String) },
      ],
      safe: 3,
      indexed: 3,
      conflicts: 0,
      refused: 0,
      refusals: [],
      commitment: { asked: 0, granted: 0, refused: 0, reportedAt: null },
      deliveries: [],
      undecided: 0,
      removed: null,
      centre: null,
    });
    expect(await mark()).toEqual({ state: 'complete', missing: 0, refused: 0, aside: 0, waiting: 0 });
  });

  it('is red while one image is missing that the machine says it made, over a restart, until that comes', async () => {
    await send([1, 2]);
    await performed([uid(1), uid(2), uid(3)]);
    await http.reopen();
    expect(await receipt()).toMatchObject({
      state: 'problem',
      missing: 1,
      indexed: 2,
      told: [{ by: 'mpps', from: 'CT01', count: 3 }],
    });
    expect(await mark()).toMatchObject({ state: 'problem', missing: 1 });
    expect(await uidsOf()).toEqual(['1.2.3']);
    await send([3]);
    expect(await receipt()).toMatchObject({ state: 'complete', missing: 0, indexed: 3 });
    expect(await mark()).toMatchObject({ state: 'complete', missing: 0 });
    expect(await uidsOf()).toEqual([]);
  });

  it('tells what was refused, and forgets it once it has come', async () => {
    await send([1]);
    refuse(2);
    refuse(2);
    refuse(3, 'broken');
    expect(await receipt()).toMatchObject({
      state: 'problem',
      missing: 2,
      refused: 2,
      told: [{ by: 'association', from: 'CT01', count: 2 }],
      refusals: [
        { reason: 'full', from: 'CT01', count: 1 },
        { reason: 'broken', from: 'CT01', count: 1 },
      ],
    });
    expect(await mark()).toEqual({ state: 'problem', missing: 2, refused: 2, aside: 0, waiting: 0 });
    await http.reopen();
    await send([2]);
    expect(await receipt()).toMatchObject({ state: 'problem', missing: 1, refused: 1 });
    await send([3]);
    expect(await receipt()).toMatchObject({ state: 'complete', refused: 0, told: [] });
    // A refusal of what is here says nothing.
    refuse(1);
    expect(await receipt()).toMatchObject({ state: 'complete', refused: 0 });
  });

  it('counts an instance once that was named, asked about and refused', async () => {
    await send([1]);
    await performed([uid(1), uid(2)]);
    refuse(2);
    transfers.put('1.2.3', {
      commitments: [{ aeTitle: 'CT01', asked: 3, granted: 1, refused: 2, askedAt: '2026-03-01T08:00:00.000Z', reportedAt: null }],
      notCommitted: [uid(2), uid(3)],
    });
    const counts = { state: 'problem', missing: 2, refused: 1 };
    expect(await receipt()).toMatchObject({ ...counts, commitment: { asked: 3, granted: 1, refused: 2 } });
    expect(await mark()).toMatchObject(counts);
    await send([2, 3]);
    expect(await receipt()).toMatchObject({ state: 'complete', missing: 0 });
  });

  it('counts what conflicts apart', async () => {
    await send([1]);
    expect((await http.stow([objectFile({ number: 1, pixel: 9 })])).status).toBeLessThan(300);
    expect(await receipt()).toMatchObject({ state: 'problem', indexed: 1, safe: 1, conflicts: 1, missing: 0 });
    expect(await uidsOf()).toEqual(['1.2.3']);
  });

  it('follows the deliveries: on the way, set aside, arrived', async () => {
    await send([1, 2]);
    transfers.put('1.2.3', { deliveries: [delivery({ delivered: 1, waiting: 1 })] });
    expect(await receipt()).toMatchObject({ state: 'waiting', deliveries: [{ destination: 'workstation', waiting: 1 }] });
    expect(await mark()).toMatchObject({ state: 'waiting', waiting: 1 });
    expect(await uidsOf('?state=waiting')).toEqual(['1.2.3']);
    expect(await uidsOf('?state=problem')).toEqual([]);
    transfers.put('1.2.3', { deliveries: [delivery({ delivered: 1, aside: 1, problem: 'C000H' })] });
    expect(await mark()).toMatchObject({ state: 'problem', aside: 1 });
    expect(await uidsOf()).toEqual(['1.2.3']);
    transfers.put('1.2.3', { deliveries: [delivery({ delivered: 2, confirmed: 2 })] });
    expect(await receipt()).toMatchObject({ state: 'complete' });
    transfers.put('1.2.3', { undecided: 2 });
    expect(await receipt()).toMatchObject({ state: 'waiting', undecided: 2 });
  });
});

describe('who may see a receipt', () => {
  it('is who may see the study; one whom it was shared with does not learn where it goes', async () => {
    await send([1]);
    transfers.put('1.2.3', { deliveries: [delivery({ aside: 1, site: 'BV Tỉnh' })] });
    expect(await receipt('reader')).toMatchObject({ state: 'problem' });
    expect(await receipt('branch')).toBe(404);
    expect(await receipt('main', '9.9.9')).toBe(404);
    expect((await http.ask('/api/studies/1.2.3/receipt', { as: 'relay' })).status).toBe(403);
    const share = await http.ask('/api/studies/1.2.3/shares', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ facility: 'branch', basis: 'consultation', evidence: 'phiếu 12' }),
    });
    expect(share.status).toBe(201);
    expect(await receipt('branch')).toMatchObject({
      state: 'complete',
      indexed: 1,
      deliveries: [],
      sent: [{ callingAe: null, user: null, address: null, count: 1 }],
    });
    expect(await mark('branch')).toMatchObject({ state: 'complete', aside: 0 });
    expect(await uidsOf('', 'branch')).toEqual([]);
  });

  it('learns nothing of what another facility was refused', async () => {
    await send([1]);
    refuse(2, 'full', '1.2.3', 'branch');
    expect(await receipt()).toMatchObject({ state: 'complete', refused: 0 });
  });
});

describe('a study of which nothing was taken', () => {
  it('has a receipt, and stands in the list apart', async () => {
    refuse(1, 'full', '5.5.5');
    refuse(2, 'full', '5.5.5');
    expect(await receipt('main', '5.5.5')).toMatchObject({ state: 'problem', missing: 2, refused: 2, safe: 0, indexed: 0 });
    expect(await receipt('branch', '5.5.5')).toBe(404);
    expect((await listed()).absent).toMatchObject([{ studyInstanceUid: '5.5.5', refused: 2 }]);
    expect((await listed('', 'branch')).absent).toEqual([]);
    await send([1, 2], { study: '5.5.5' });
    expect((await listed()).absent).toEqual([]);
    expect(await receipt('main', '5.5.5')).toMatchObject({ state: 'complete' });
  });
});

describe('the list of receipts', () => {
  it('goes on page by page, newest first, within the days asked for', async () => {
    for (const study of ['1.1', '1.2', '1.3', '1.4']) {
      await send([1], { study });
      transfers.put(study, { deliveries: [delivery({ aside: study === '1.3' ? 0 : 1 })] });
    }
    const all = await uidsOf();
    expect(all.toSorted()).toEqual(['1.1', '1.2', '1.4']);
    const first = await listed('?limit=2');
    expect(first.next).not.toBeNull();
    const second = await listed(`?limit=2&after=${first.next}`);
    expect([...first.studies, ...second.studies].map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(all);
    expect(second.next).toBeNull();
    expect(await uidsOf('?from=2026-02-27&to=2026-02-27')).toEqual(all);
    expect(await uidsOf('?from=2026-02-28')).toEqual([]);
    expect((await http.ask('/api/receipts?state=complete')).status).toBe(400);
    expect((await http.ask('/api/receipts?from=gestern')).status).toBe(400);
  });
});
