import { type DataSet, stringifyDicomJson, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute } from '../support/objects.ts';
import { type OrderJson, orderBody, send } from '../support/orders.ts';
import { ended, performedStep } from '../support/performed.ts';

let http: TestHttp;

beforeEach(async () => {
  http = await openTestHttp();
});

afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

const JSON_TYPE = 'application/dicom+json';
const tell = (method: 'POST' | 'PUT', uid: string, dataSet: DataSet | string, as = 'main') =>
  http.ask(`/api/performed-steps/${uid}`, {
    method,
    as,
    headers: { 'content-type': JSON_TYPE },
    body: typeof dataSet === 'string' ? dataSet : stringifyDicomJson(dataSet),
  });
const begin = (uid: string, facts?: Parameters<typeof performedStep>[0], as?: string) =>
  tell('POST', uid, performedStep(facts), as);
const end = (uid: string, state: string, instances: readonly string[] = ['1.2.3.1.1']) =>
  tell('PUT', uid, ended(state, instances));
const order = async (accession = 'A1') => (await (await http.ask(`/api/orders/${accession}`)).json()) as OrderJson;
const makeOrder = async (fields: Readonly<Record<string, unknown>> = {}) => {
  expect((await send(http, 'POST', '/api/orders', orderBody({ studyInstanceUid: '1.2.3', ...fields }))).status).toBe(201);
};
const states = async () => {
  const { state, steps } = await order();
  return [state, ...steps.map((step) => step.state)];
};

describe('a performed procedure step', () => {
  it('is kept without loss, and given back as DICOM JSON', async () => {
    const dataSet: DataSet = {
      ...performedStep(),
      '00091010': attribute('LO', 'riêng'),
      '00091011': { vr: 'OB', InlineBinary: 'AAEC' },
      '00400250': { vr: 'DA' },
    };
    const begun = await tell('POST', '1.9.1', dataSet);
    expect(begun.status).toBe(201);
    expect(begun.headers.get('location')).toBe('/api/performed-steps/1.9.1');
    const read = await http.ask('/api/performed-steps/1.9.1', { accept: JSON_TYPE });
    expect(read.headers.get('content-type')).toBe(JSON_TYPE);
    const text = await read.text();
    expect(JSON.parse(text)).toEqual([dataSet]);
    expect(text).toBe(`[${stringifyDicomJson(dataSet)}]`);
    expect(await (await http.ask('/api/performed-steps/1.9.1')).json()).toMatchObject({
      sopInstanceUid: '1.9.1',
      facility: 'main',
      state: 'IN PROGRESS',
      stationAeTitle: 'CT01',
      modality: 'CT',
      start: '2026-03-01T08:15:00',
      end: null,
      instances: 0,
      dataSet,
    });
  });

  it('is changed attribute by attribute, a sequence as a whole, until it is final', async () => {
    await begin('1.9.1');
    expect((await tell('PUT', '1.9.1', { [TAG.PerformedProcedureStepDescription]: attribute('LO', 'CT ngực') })).status).toBe(
      200,
    );
    expect((await end('1.9.1', 'COMPLETED', ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.1.2'])).status).toBe(200);
    const step = (await (await http.ask('/api/performed-steps/1.9.1')).json()) as { readonly dataSet: DataSet };
    expect(step).toMatchObject({ state: 'COMPLETED', instances: 2, end: '2026-03-01T08:30:00' });
    expect(step.dataSet).toEqual({
      ...performedStep(),
      [TAG.PerformedProcedureStepDescription]: attribute('LO', 'CT ngực'),
      ...ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.1.2']),
    });
    const again = await end('1.9.1', 'DISCONTINUED');
    expect([again.status, await again.json()]).toMatchObject([409, { code: 'final' }]);
  });

  it('has a UID of its own, and is not there for another facility', async () => {
    await begin('1.9.1');
    const twice = await begin('1.9.1');
    expect([twice.status, await twice.json()]).toMatchObject([409, { code: 'duplicate', status: 409 }]);
    const unknown = await end('1.9.2', 'COMPLETED');
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'unknown' }]);
    expect((await tell('PUT', '1.9.1', ended('COMPLETED', []), 'branch')).status).toBe(404);
    expect((await http.ask('/api/performed-steps/1.9.1', { as: 'branch' })).status).toBe(404);
    const listed = await http.ask('/api/performed-steps', { as: 'branch' });
    expect(await listed.json()).toEqual({ performedSteps: [], next: null });
    expect((await begin('1.9.3', {}, 'reader')).status).toBe(403);
  });

  it.each<[string, DataSet | string, object]>([
    [
      'no status',
      { ...performedStep(), [TAG.PerformedProcedureStepStatus]: { vr: 'CS' } },
      { code: 'invalid', attribute: '00400252' },
    ],
    ['a last status at once', performedStep({ state: 'COMPLETED' }), { code: 'invalid', attribute: '00400252' }],
    ['no JSON', '{', { code: 'invalid' }],
    ['a list of two', '[{},{}]', { code: 'invalid' }],
    ['no data set', '[7]', { code: 'invalid' }],
    ['a key that is no tag', '{"__proto__":{"vr":"LO"}}', { code: 'invalid' }],
    ['what is nested too deep', '{"00400270":{"vr":"SQ","Value":['.repeat(80) + ']}}'.repeat(80), {}],
    ['what is nested far too deep', '['.repeat(200_000), { code: 'invalid' }],
  ])('does not begin with %s', async (_name, body, problem) => {
    const response = await tell('POST', '1.9.1', body);
    expect([400, 413]).toContain(response.status);
    expect(await response.json()).toMatchObject(problem);
    expect((await http.ask('/api/performed-steps/1.9.1')).status).toBe(404);
  });

  it('does not go on with a status that is none', async () => {
    await begin('1.9.1');
    const response = await tell('PUT', '1.9.1', { [TAG.PerformedProcedureStepStatus]: attribute('CS', 'DONE') });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid', attribute: '00400252' }]);
    expect((await tell('POST', 'a.b', performedStep())).status).toBe(400);
  });

  it('is found by its study and its state, page by page', async () => {
    for (const number of [1, 2, 3]) {
      await begin(`1.9.${number}`, { study: number === 3 ? '4.5.6' : '1.2.3' });
    }
    await end('1.9.2', 'DISCONTINUED', []);
    const uids = async (query: string) => {
      const page = (await (await http.ask(`/api/performed-steps${query}`)).json()) as {
        readonly performedSteps: readonly { readonly sopInstanceUid: string }[];
        readonly next: string | null;
      };
      return { uids: page.performedSteps.map(({ sopInstanceUid }) => sopInstanceUid), next: page.next };
    };
    expect((await uids('')).uids.toSorted()).toEqual(['1.9.1', '1.9.2', '1.9.3']);
    expect((await uids('?studyInstanceUid=4.5.6')).uids).toEqual(['1.9.3']);
    expect((await uids('?studyInstanceUid=1.2.3&state=IN%20PROGRESS')).uids).toEqual(['1.9.1']);
    const first = await uids('?limit=2');
    const second = await uids(`?limit=2&after=${encodeURIComponent(first.next ?? '')}`);
    expect([...first.uids, ...second.uids]).toEqual((await uids('')).uids);
    expect(second.next).toBeNull();
    expect((await http.ask('/api/performed-steps?after=x')).status).toBe(400);
    expect((await http.ask('/api/performed-steps?state=DONE')).status).toBe(400);
  });
});

describe('an order that a machine performs', () => {
  it('is in progress, then completed, and shows what was performed', async () => {
    await makeOrder();
    await begin('1.9.1');
    expect(await states()).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
    await end('1.9.1', 'COMPLETED', ['1.2.3.1.1', '1.2.3.1.2']);
    expect(await states()).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await order()).performed).toEqual([
      {
        sopInstanceUid: '1.9.1',
        state: 'COMPLETED',
        steps: ['SPS1'],
        stationAeTitle: 'CT01',
        modality: 'CT',
        start: '2026-03-01T08:15:00',
        end: '2026-03-01T08:30:00',
        instances: 2,
      },
    ]);
    expect((await http.ask('/api/orders/A1', { method: 'DELETE' })).status).toBe(409);
  });

  it('keeps what the machine has used; the rest may still be changed', async () => {
    await makeOrder();
    const read = await order();
    await begin('1.9.1');
    const { version: _version, ...body } = read;
    const renamed = await send(http, 'PUT', '/api/orders/A1', {
      ...body,
      patient: { ...body.patient, name: 'B' },
      steps: [{ id: 'S', modality: 'MR' }],
    });
    expect(renamed.status).toBe(409);
    expect(await renamed.json()).toMatchObject({ detail: expect.stringMatching(/patient\.name, steps: SPS1/) });
    const changed = await send(http, 'PUT', '/api/orders/A1', { ...body, clinicalInfo: 'Sốt', priority: 'STAT' });
    expect([changed.status, await changed.json()]).toMatchObject([200, { clinicalInfo: 'Sốt', state: 'IN_PROGRESS' }]);
  });

  it('is discontinued, and done all the same when it is taken up again', async () => {
    await makeOrder();
    await begin('1.9.1');
    await end('1.9.1', 'DISCONTINUED', []);
    expect(await states()).toEqual(['DISCONTINUED', 'DISCONTINUED']);
    await begin('1.9.2');
    expect(await states()).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
    await end('1.9.2', 'COMPLETED');
    expect(await states()).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await order()).performed.map(({ state }) => state)).toEqual(['DISCONTINUED', 'COMPLETED']);
  });

  it('with several steps is completed when all are done', async () => {
    await makeOrder({
      steps: [
        { modality: 'CT', id: 'S1' },
        { modality: 'US', id: 'S2' },
      ],
    });
    await begin('1.9.1', { step: 'S1' });
    await end('1.9.1', 'COMPLETED');
    expect(await states()).toEqual(['IN_PROGRESS', 'COMPLETED', 'SCHEDULED']);
    // Without the id of a step, the modality tells.
    await begin('1.9.2', { step: '', modality: 'US' });
    await end('1.9.2', 'DISCONTINUED');
    expect(await states()).toEqual(['COMPLETED', 'COMPLETED', 'DISCONTINUED']);
  });

  it('is left alone by a step for another patient, of another facility, or that nobody scheduled', async () => {
    await makeOrder();
    await begin('1.9.1', { patient: 'P2' });
    await begin('1.9.2', {}, 'branch');
    await begin('1.9.3', { accession: '', study: '', step: '' });
    await begin('1.9.4', { accession: 'OTHER', study: '9.9' });
    expect(await states()).toEqual(['SCHEDULED', 'SCHEDULED']);
    expect((await order()).performed).toEqual([]);
  });

  it('is found by its study when the machine left the accession number out', async () => {
    await makeOrder();
    await begin('1.9.1', { accession: '' });
    expect(await states()).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
  });

  it('that comes after the machine began takes over what was performed', async () => {
    await begin('1.9.1');
    await end('1.9.1', 'COMPLETED');
    await makeOrder();
    expect(await states()).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await order()).performed).toHaveLength(1);
  });

  it('takes part in the changes that are told', async () => {
    await makeOrder();
    const response = await http.ask('/api/events');
    const reader = response.body?.getReader();
    await begin('1.9.1');
    let text = '';
    while (!text.includes('event: order')) {
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    }
    expect(text).toContain('data: {"accessionNumber":"A1","facility":"main","change":"updated"}');
    await reader?.cancel();
  });
});
