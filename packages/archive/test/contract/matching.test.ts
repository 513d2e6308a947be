import { type DataSet, stringifyDicomJson, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, objectFile } from '../support/objects.ts';
import { type OrderJson, orderBody, send } from '../support/orders.ts';
import { ended, performedStep } from '../support/performed.ts';

let http: TestHttp;

const open = async (studyQuietMs = 120_000) => {
  http = await openTestHttp({ studyQuietMs, changeQuietMs: 5 });
};

beforeEach(() => open());
afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

/** Of the patient of `objectFile`. */
const PATIENT = { id: 'P1', name: 'Đỗ Thị Dương' };

interface StudyJson {
  readonly studyInstanceUid: string;
  readonly completeness: { readonly state: string; readonly expected: number | null; readonly received: number };
  readonly order: { readonly accessionNumber: string; readonly state: string } | null;
}
interface UnmatchedJson {
  readonly studies: readonly {
    readonly study: StudyJson;
    readonly candidates: readonly { readonly order: OrderJson; readonly score: number; readonly reasons: readonly string[] }[];
  }[];
  readonly next: string | null;
}

const make = async (fields: Readonly<Record<string, unknown>> = {}) => {
  const response = await send(http, 'POST', '/api/orders', orderBody({ accessionNumber: 'A-100', patient: PATIENT, ...fields }));
  expect(response.status, await response.clone().text()).toBe(201);
  return (await response.json()) as OrderJson;
};
const order = async (number = 'A-100') => (await (await http.ask(`/api/orders/${number}`)).json()) as OrderJson;
const study = async (uid = '1.2.3', as = 'main') => (await (await http.ask(`/api/studies/${uid}`, { as })).json()) as StudyJson;
const store = async (...facts: readonly Parameters<typeof objectFile>[0][]) => {
  for (const one of facts) {
    expect((await http.stow([objectFile(one)])).status).toBe(200);
  }
};
const unmatched = async (query = '', as = 'main') => {
  const page = (await (await http.ask(`/api/unmatched${query}`, { as })).json()) as UnmatchedJson;
  return { ...page, uids: page.studies.map((one) => one.study.studyInstanceUid) };
};
const match = (uid: string, body: object, as = 'main') => send(http, 'POST', `/api/studies/${uid}/order`, body, as);
const unmatch = (uid: string, as = 'main') => http.ask(`/api/studies/${uid}/order`, { method: 'DELETE', as });
const tell = async (method: 'POST' | 'PUT', dataSet: DataSet, uid = '1.9.1') => {
  const response = await http.ask(`/api/performed-steps/${uid}`, { method, body: stringifyDicomJson(dataSet) });
  expect(response.ok).toBe(true);
};

describe('a study that arrives', () => {
  it('is matched with the order that asked for it, and moves the order', async () => {
    await make({ studyInstanceUid: '1.2.3', accessionNumber: 'OTHER' });
    await store({ number: 1 }, { number: 2 });
    expect(await order('OTHER')).toMatchObject({
      state: 'IN_PROGRESS',
      steps: [{ state: 'IN_PROGRESS' }],
      study: { studyInstanceUid: '1.2.3', instances: 2 },
      studies: [{ studyInstanceUid: '1.2.3', instances: 2 }],
    });
    expect(await study()).toMatchObject({
      order: { accessionNumber: 'OTHER', state: 'IN_PROGRESS' },
      completeness: { state: 'arriving', expected: null, received: 2 },
    });
    expect((await unmatched()).uids).toEqual([]);
  });

  it('is matched by accession number and patient when the machine made a UID of its own', async () => {
    await make();
    await store({});
    expect((await order()).study).toEqual({ studyInstanceUid: '1.2.3', instances: 1 });
  });

  it.each<[string, Readonly<Record<string, unknown>>, DataSet?]>([
    ['another patient id', { patient: { id: 'P2', name: PATIENT.name } }],
    ['no word of the name in common', { patient: { id: 'P1', name: 'Trần Văn Bình' } }],
    [
      'another birth date',
      { patient: { ...PATIENT, birthDate: '1980-01-01' } },
      { [TAG.PatientBirthDate]: attribute('DA', '19700101') },
    ],
    ['the id of another issuer', {}, { [TAG.IssuerOfPatientID]: attribute('LO', 'ELSEWHERE') }],
  ])('is never matched silently with %s', async (_name, fields, more: DataSet = {}) => {
    await make({ studyInstanceUid: '1.2.3', ...fields });
    await store({ more });
    expect(await order()).toMatchObject({ state: 'SCHEDULED', study: null });
    const { studies } = await unmatched();
    expect(studies).toMatchObject([{ study: { order: null }, candidates: [{ order: { accessionNumber: 'A-100' } }] }]);
  });

  it('is not matched with a cancelled order, nor with one of another facility', async () => {
    await make();
    await http.ask('/api/orders/A-100', { method: 'DELETE' });
    await send(
      http,
      'POST',
      '/api/orders',
      orderBody({ accessionNumber: 'A-100', patient: PATIENT, studyInstanceUid: '1.2.3' }),
      'branch',
    );
    await store({});
    expect((await study()).order).toBeNull();
  });

  it('before its order is matched when the order comes, and the order is done when the study is at rest', async () => {
    await http[Symbol.asyncDispose]();
    await open(1);
    await store({});
    const made = await make();
    expect(made).toMatchObject({ state: 'COMPLETED', study: { studyInstanceUid: '1.2.3', instances: 1 } });
  });

  it('moves the order to its end when no more comes, and tells so', async () => {
    await http[Symbol.asyncDispose]();
    await open(100);
    await make({
      steps: [
        { modality: 'CT', id: 'S1' },
        { modality: 'US', id: 'S2' },
      ],
    });
    await store({});
    await expect
      .poll(async () => (await order()).steps.map(({ state }) => state), { timeout: 10_000 })
      .toEqual(['COMPLETED', 'SCHEDULED']);
    expect(await study()).toMatchObject({ completeness: { state: 'complete' }, order: { state: 'IN_PROGRESS' } });
  });

  it('leaves the states to the machine that tells them', async () => {
    await http[Symbol.asyncDispose]();
    await open(1);
    await make({ studyInstanceUid: '1.2.3' });
    await tell('POST', performedStep({ accession: 'A-100' }));
    await store({});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await order()).state).toBe('IN_PROGRESS');
    await tell('PUT', ended('DISCONTINUED', ['1.2.3.1.1']));
    expect((await order()).state).toBe('DISCONTINUED');
  });
});

describe('the completeness of a study', () => {
  it('follows what the machine named: one lost on the way, and sent again', async () => {
    await http[Symbol.asyncDispose]();
    await open(1);
    await make({ studyInstanceUid: '1.2.3' });
    await tell('POST', performedStep({ accession: 'A-100' }));
    await store({ number: 1 });
    expect((await study()).completeness).toMatchObject({ state: 'arriving', expected: null, received: 1 });
    await tell('PUT', ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.1.3']));
    await expect.poll(async () => (await study()).completeness).toMatchObject({ state: 'incomplete', expected: 3, received: 1 });
    await store({ number: 2 });
    const listed = (await (await http.ask('/api/studies')).json()) as { readonly studies: readonly StudyJson[] };
    expect(listed.studies[0]?.completeness).toMatchObject({ expected: 3, received: 2 });
    await store({ number: 3 });
    expect((await study()).completeness).toMatchObject({ state: 'complete', expected: 3, received: 3 });
    // It is a guess: a further image makes it arrive again, and does no harm.
    await store({ number: 4 });
    expect((await study()).completeness).toMatchObject({ state: 'complete', expected: 3, received: 3 });
    expect(await order()).toMatchObject({ state: 'COMPLETED', study: { instances: 4 } });
  });

  it('tells of the study when what was missing arrives', async () => {
    await tell('POST', performedStep({ accession: 'X' }));
    await tell('PUT', ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2']));
    await store({ number: 1 });
    const response = await http.ask('/api/events');
    const reader = response.body?.getReader();
    await store({ number: 2 });
    let text = '';
    while (!text.includes('"change":"updated"')) {
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    }
    await reader?.cancel();
    expect((await study()).completeness).toMatchObject({ state: 'complete', expected: 2, received: 2 });
  });
});

describe('studies without an order', () => {
  it('are listed with orders that may be theirs, the best first', async () => {
    await store(
      {},
      {
        study: '4.5.6',
        more: { [TAG.PatientID]: attribute('LO', 'P7'), [TAG.PatientName]: attribute('PN', { Alphabetic: 'LE VAN C' }) },
      },
    );
    const step = [{ modality: 'CT', start: '2026-02-27T10:00:00' }];
    await make({ accessionNumber: 'N1', patient: { id: 'P9', name: 'Đỗ Thị Dương' }, steps: step });
    await make({ accessionNumber: 'N2', patient: { id: 'P1', name: 'Đỗ Thị Dương' }, steps: step });
    await make({
      accessionNumber: 'N3',
      patient: { id: 'P1', name: 'Đỗ Thị Dương' },
      steps: [{ modality: 'US', start: '2026-01-01' }],
    });
    await make({ accessionNumber: 'N4', patient: { id: 'P8', name: 'Phạm Văn X' }, steps: step });
    await http.ask('/api/orders/N3', { method: 'DELETE' });
    const { studies, uids, next } = await unmatched();
    expect(uids.toSorted()).toEqual(['1.2.3', '4.5.6']);
    expect(next).toBeNull();
    const own = studies.find((one) => one.study.studyInstanceUid === '1.2.3');
    expect(own?.candidates.map((one) => [one.order.accessionNumber, one.score, one.reasons])).toEqual([
      ['N2', 48, ['patientId', 'name', 'day', 'modality']],
      ['N1', 28, ['name', 'day', 'modality']],
    ]);
    expect(studies.find((one) => one.study.studyInstanceUid === '4.5.6')?.candidates).toEqual([]);
    expect((await unmatched('', 'branch')).uids).toEqual([]);
    expect((await unmatched('?q=le')).uids).toEqual(['4.5.6']);
  });

  it('are matched by hand, and taken from their order again, and stay so', async () => {
    await store({});
    await make({ accessionNumber: 'N1' });
    const matched = await match('1.2.3', { accessionNumber: 'N1' });
    expect([matched.status, await matched.json()]).toMatchObject([
      200,
      { accessionNumber: 'N1', study: { studyInstanceUid: '1.2.3' } },
    ]);
    expect((await study()).order).toEqual({ accessionNumber: 'N1', state: 'IN_PROGRESS' });
    expect((await unmatch('1.2.3')).status).toBe(204);
    expect(await order('N1')).toMatchObject({ state: 'SCHEDULED', study: null });
    expect((await unmatched()).uids).toEqual(['1.2.3']);
    expect((await unmatch('1.2.3')).status).toBe(404);
    // A person decided: what comes later does not match it by itself.
    await make({ accessionNumber: 'A-100', studyInstanceUid: '1.2.3' });
    await store({ number: 2 });
    expect((await study()).order).toBeNull();
    expect(http.audited.map(({ action, detail }) => `${action} ${detail}`)).toEqual(
      expect.arrayContaining(['study.match with N1', 'study.unmatch from N1']),
    );
  });

  it('go from one order to another', async () => {
    await make();
    await store({});
    await make({ accessionNumber: 'N1' });
    expect((await match('1.2.3', { accessionNumber: 'N1' })).status).toBe(200);
    expect(await order()).toMatchObject({ state: 'SCHEDULED', study: null, studies: [] });
    expect((await order('N1')).study).toEqual({ studyInstanceUid: '1.2.3', instances: 1 });
  });

  it('are matched with an order for another patient only when somebody confirms it', async () => {
    await store({});
    await make({ accessionNumber: 'N1', patient: { id: 'P2', name: 'Trần Bình' } });
    const refused = await match('1.2.3', { accessionNumber: 'N1' });
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      {
        code: 'patient-mismatch',
        differences: [
          { field: 'id', study: 'P1', order: 'P2' },
          { field: 'name', study: 'Đỗ Thị Dương', order: 'Trần Bình' },
        ],
      },
    ]);
    expect((await order('N1')).study).toBeNull();
    expect((await match('1.2.3', { accessionNumber: 'N1', confirm: true })).status).toBe(200);
    expect((await order('N1')).study).toEqual({ studyInstanceUid: '1.2.3', instances: 1 });
    expect(http.audited.at(-1)).toMatchObject({ action: 'study.match', detail: 'with N1, confirmed' });
  });

  it('are matched by those who own study and order, and may edit', async () => {
    await store({});
    await make({ accessionNumber: 'N1' });
    await make({ accessionNumber: 'N2' });
    await http.ask('/api/orders/N2', { method: 'DELETE' });
    await send(http, 'POST', '/api/orders', orderBody({ accessionNumber: 'B1', patient: PATIENT }), 'branch');
    expect((await match('1.2.3', { accessionNumber: 'N1' }, 'branch')).status).toBe(404);
    expect((await match('1.2.3', { accessionNumber: 'B1' })).status).toBe(404);
    expect((await match('1.2.3', { accessionNumber: 'B1' }, 'admin')).status).toBe(404);
    expect((await match('1.2.3', { accessionNumber: 'N2' })).status).toBe(409);
    expect((await match('1.2.3', { accessionNumber: 'N1' }, 'reader')).status).toBe(403);
    expect((await match('9.9', { accessionNumber: 'N1' })).status).toBe(404);
    expect((await match('1.2.3', { accession: 'N1' })).status).toBe(400);
    const share = { facility: 'branch', basis: 'transfer', evidence: 'Giấy 7' };
    expect((await send(http, 'POST', '/api/studies/1.2.3/shares', share)).status).toBe(201);
    await match('1.2.3', { accessionNumber: 'N1' });
    // Who only sees the study shared neither sees the order nor takes it away.
    expect((await study('1.2.3', 'branch')).order).toBeNull();
    expect((await unmatch('1.2.3', 'branch')).status).toBe(404);
    expect((await unmatched('', 'branch')).uids).toEqual([]);
  });

  it('come page by page, past those that have an order', async () => {
    for (let number = 1; number <= 7; number += 1) {
      await store({ study: `5.${number}`, more: { [TAG.AccessionNumber]: attribute('SH', `S${number}`) } });
    }
    for (const number of [2, 3, 6]) {
      await make({ accessionNumber: `S${number}` });
    }
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Awaited<ReturnType<typeof unmatched>> = await unmatched(`?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(page.uids.length).toBeLessThanOrEqual(2);
      seen.push(...page.uids);
      after = page.next;
    }
    expect(seen.toSorted()).toEqual(['5.1', '5.4', '5.5', '5.7']);
  });
});
