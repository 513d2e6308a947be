import { type DataSet, firstText } from '@filmless/dicom';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nativeXml } from '../../src/http/native-xml.ts';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute } from '../support/objects.ts';
import { GIVEN_UP, newWorkitem, PERFORMED, stateChange } from '../support/workitems.ts';

const ROOT = 'http://pacs.test/dicom-web';
const TRANSACTION = '2.25.77';

let http: TestHttp;
/** A Workitem of each test's own. */
let uid: string;
let made = 0;
beforeAll(async () => {
  http = await openTestHttp({ searchPage: 3, workitemBytes: 20_000 });
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});
beforeEach(() => {
  made += 1;
  uid = `1.2.3.${made}`;
});

const send = (method: string, path: string, dataSet: DataSet, as = 'main') =>
  http.ask(`/dicom-web/workitems${path}`, {
    method,
    as,
    headers: { 'content-type': 'application/dicom+json' },
    body: JSON.stringify([dataSet]),
  });
const create = (of: string, dataSet = newWorkitem(), as = 'main') => send('POST', `?workitem=${of}`, dataSet, as);
const state = (of: string, wished: string, transaction?: string, as = 'main') =>
  send('PUT', `/${of}/state`, stateChange(wished, transaction), as);
const update = (of: string, dataSet: DataSet, query = '') => send('POST', `/${of}${query}`, dataSet);
const get = (path: string, as = 'main', accept?: string) =>
  http.ask(`/dicom-web/workitems${path}`, { as, ...(accept === undefined ? {} : { accept }) });
const read = async (of: string) => (await (await get(`/${of}`)).json()) as DataSet;
const found = async (query: string, as = 'main') => {
  const response = await get(query, as);
  expect(response.status).toBe(200);
  return ((await response.json()) as readonly DataSet[]).map((one) => firstText(one, '00080018'));
};
const said = (response: Response) => [response.status, response.headers.get('warning')];
const warned = (text: string) => `299 ${ROOT}: ${text}`;

describe('a new Workitem', () => {
  it.each(['?workitem=', '?', '?AffectedSOPInstanceUID='])('gets the UID of the query %s', async (query) => {
    const response = await send('POST', `${query}${uid}`, newWorkitem());
    expect(said(response)).toEqual([201, null]);
    expect(response.headers.get('content-location')).toBe(`${ROOT}/workitems/${uid}`);
    const kept = await read(uid);
    expect([firstText(kept, '00080016'), firstText(kept, '00080018')]).toEqual(['1.2.840.10008.5.1.4.34.6.1', uid]);
    expect(firstText(kept, '00404010')).toMatch(/^\d{14}\.\d{6}\+0000$/);
    expect(kept['00081195']).toBeUndefined();
    expect(http.audited.at(-1)).toMatchObject({ action: 'workitem.create', facility: 'main', detail: `SCHEDULED: ${uid}` });
  });

  it('names itself, or is named here', async () => {
    const own = await send('POST', '', newWorkitem({ '00080018': attribute('UI', '1.2.9') }));
    expect(own.headers.get('content-location')).toBe(`${ROOT}/workitems/1.2.9`);
    const made = (await send('POST', '', newWorkitem())).headers.get('content-location') ?? '';
    expect((await http.ask(new URL(made).pathname)).status).toBe(200);
  });

  it('may leave out what may be empty: it is there then, and the answer says so', async () => {
    const { '00404025': _station, '00741202': _label, ...rest } = newWorkitem();
    const response = await create(uid, rest);
    expect(said(response)).toEqual([201, warned('The Workitem was created with modifications.')]);
    const kept = await read(uid);
    expect([kept['00404025'], kept['00741202']]).toEqual([{ vr: 'SQ' }, { vr: 'LO', Value: ['main'] }]);
  });

  it('of a UID that is in use is a conflict, whoever has it', async () => {
    await create(uid);
    expect([(await create(uid)).status, (await create(uid, newWorkitem(), 'branch')).status]).toEqual([409, 409]);
  });

  const refused: readonly (readonly [string, DataSet, RegExp])[] = [
    ['no priority', { '00741200': { vr: 'CS' } }, /ScheduledProcedureStepPriority \(00741200\) needs a value/],
    ['another priority', { '00741200': attribute('CS', 'STAT') }, /one of HIGH, MEDIUM, LOW/],
    ['no label', { '00741204': { vr: 'LO' } }, /ProcedureStepLabel/],
    ['no start', { '00404005': { vr: 'DT' } }, /ScheduledProcedureStepStartDateTime/],
    ['a start that is none', { '00404005': attribute('DT', 'tomorrow') }, /no date and time/],
    ['no readiness', { '00404041': { vr: 'CS' } }, /InputReadinessState/],
    ['a state that it cannot begin in', { '00741000': attribute('CS', 'IN PROGRESS') }, /must be SCHEDULED/],
    ['a Transaction UID', { '00081195': attribute('UI', '1.2') }, /TransactionUID/],
    ['what it was done with', PERFORMED, /must be empty in a new Workitem/],
    ['progress', GIVEN_UP, /must be empty in a new Workitem/],
    ['a reference for a value', { '00741210': { vr: 'SQ', BulkDataURI: 'http://x/1' } }, /not be referred to/],
    ['another value representation', { '00404005': attribute('LO', '20260301') }, /value representation LO, not DT/],
    ['an attribute of a command', { '00000110': attribute('US', 1) }, /does not belong into a Workitem/],
    ['a step that it replaces without its UID', { '00741224': attribute('SQ', {}) }, /needs ReferencedSOPClassUID in each item/],
  ];
  it.each(refused)('with %s is refused, and the attribute is named', async (_, more, detail) => {
    const response = await create(uid, newWorkitem(more));
    expect(response.status).toBe(400);
    expect(((await response.json()) as { readonly detail: string }).detail).toMatch(detail);
    expect((await get(`/${uid}`)).status).toBe(404);
  });

  it('is one data set, of a length, in a form that is read, by who may', async () => {
    const raw = (body: string, type: string) =>
      http.ask(`/dicom-web/workitems?${uid}`, { method: 'POST', headers: { 'content-type': type }, body });
    const one = JSON.stringify(newWorkitem());
    expect((await raw(`[${one},${one}]`, 'application/dicom+json')).status).toBe(400);
    expect((await raw(one, 'text/plain')).status).toBe(415);
    expect((await raw('{', 'application/dicom+json')).status).toBe(400);
    expect((await create(uid, newWorkitem({ '00400400': attribute('LT', 'x'.repeat(20_000)) }))).status).toBe(413);
    expect((await create('1.2.x')).status).toBe(400);
    expect((await create(uid, newWorkitem(), 'reader')).status).toBe(403);
    expect((await raw(nativeXml(newWorkitem()), 'application/dicom+xml')).status).toBe(201);
  });
});

describe('a Workitem', () => {
  it('is given in JSON and XML, and need not be given twice', async () => {
    await create(uid);
    const response = await get(`/${uid}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom+json']);
    const tag = response.headers.get('etag') ?? '';
    expect((await http.ask(`/dicom-web/workitems/${uid}`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const xml = await get(`/${uid}`, 'main', 'application/dicom+xml');
    expect(await xml.text()).toContain('keyword="WorklistLabel"');
    expect((await get(`/${uid}`, 'main', 'image/jpeg')).status).toBe(406);
  });

  it('is not there for another facility, whatever is asked', async () => {
    await create(uid);
    const asked = [
      await get(`/${uid}`, 'branch'),
      await send('POST', `/${uid}`, { '00741204': attribute('LO', 'x') }, 'branch'),
      await state(uid, 'IN PROGRESS', TRANSACTION, 'branch'),
      await send('POST', `/${uid}/cancelrequest`, {}, 'branch'),
    ];
    expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    const query = `?SOPInstanceUID=${uid}`;
    expect([await found(query, 'branch'), await found(query, 'nowhere'), await found(query, 'admin')]).toEqual([[], [], [uid]]);
    expect(firstText(await read(uid), '00741000')).toBe('SCHEDULED');
  });
});

describe('an update', () => {
  beforeEach(async () => {
    await create(uid);
  });

  it('gives attributes whole, and stamps the time', async () => {
    expect(said(await update(uid, { '00741200': attribute('CS', 'HIGH') }))).toEqual([200, null]);
    const kept = await read(uid);
    expect([firstText(kept, '00741200'), firstText(kept, '00741204')]).toEqual(['HIGH', 'Đọc CT ngực']);
  });

  it.each([
    ['who it is about', { '00100010': attribute('PN', { Alphabetic: 'X' }) }, 'PatientName (00100010) cannot be changed.'],
    ['its state', { '00741000': attribute('CS', 'COMPLETED') }, 'ProcedureStepState (00741000) cannot be changed.'],
    ['its UID', { '00080018': attribute('UI', '1.2.4') }, 'SOPInstanceUID (00080018) cannot be changed.'],
    ['a label by none', { '00741204': { vr: 'LO' } }, 'ProcedureStepLabel (00741204) needs a value.'],
  ] as const)('does not replace %s', async (_, change, detail) => {
    const before = await read(uid);
    const response = await update(uid, change);
    expect([response.status, ((await response.json()) as { readonly detail: string }).detail]).toEqual([400, detail]);
    expect(await read(uid)).toEqual(before);
  });

  it('may repeat what stands there', async () => {
    const kept = await read(uid);
    expect((await update(uid, kept)).status).toBe(200);
  });

  it('of a step that was claimed needs its Transaction UID, in the address or the data set', async () => {
    const label = { '00741204': attribute('LO', 'Khác') };
    expect(said(await update(uid, label, `?transaction-uid=${TRANSACTION}`))).toEqual([
      409,
      warned('The target URI did not reference a claimed Workitem.'),
    ]);
    await state(uid, 'IN PROGRESS', TRANSACTION);
    expect(said(await update(uid, label))).toEqual([400, warned('The Transaction UID is missing.')]);
    expect(said(await update(uid, label, '?2.25.78'))).toEqual([400, warned('The Transaction UID is incorrect.')]);
    const both = { ...label, '00081195': attribute('UI', '2.25.78') };
    expect(said(await update(uid, both, `?${TRANSACTION}`))).toEqual([400, warned('The Transaction UID is incorrect.')]);
    for (const [query, within] of [
      [`?transaction-uid=${TRANSACTION}`, {}],
      [`?${TRANSACTION}`, {}],
      ['', { '00081195': attribute('UI', TRANSACTION) }],
    ] as const) {
      expect(said(await update(uid, { ...label, ...within }, query))).toEqual([200, null]);
    }
    expect((await read(uid))['00081195']).toBeUndefined();
  });

  it('comes too late for one that has ended', async () => {
    await state(uid, 'IN PROGRESS', TRANSACTION);
    await update(uid, PERFORMED, `?${TRANSACTION}`);
    expect(said(await state(uid, 'COMPLETED', TRANSACTION))).toEqual([200, null]);
    expect(said(await update(uid, { '00741204': attribute('LO', 'x') }, `?${TRANSACTION}`))).toEqual([
      400,
      warned('The submitted request is inconsistent with the current state of the Workitem.'),
    ]);
  });
});

/** PS3.4 table CC.1.1-2, in the statuses and warnings of PS3.18 11.7.3. */
describe('a change of state', () => {
  const STALE = warned('The submitted request is inconsistent with the state of the UPS Instance.');
  const MISSING = warned('The Transaction UID is missing.');
  const WRONG = warned('The Transaction UID is incorrect.');
  const already = (wished: string) => warned(`The UPS is already in the requested state of ${wished}.`);

  const rows: readonly (readonly [string, string, string | undefined, number, string | null])[] = [
    ['SCHEDULED', 'IN PROGRESS', TRANSACTION, 200, null],
    ['SCHEDULED', 'IN PROGRESS', undefined, 400, MISSING],
    ['SCHEDULED', 'COMPLETED', TRANSACTION, 409, STALE],
    ['SCHEDULED', 'CANCELED', TRANSACTION, 409, STALE],
    ['SCHEDULED', 'SCHEDULED', TRANSACTION, 400, null],
    ['IN PROGRESS', 'IN PROGRESS', '2.25.78', 409, STALE],
    ['IN PROGRESS', 'SCHEDULED', TRANSACTION, 400, null],
    ['IN PROGRESS', 'COMPLETED', '2.25.78', 400, WRONG],
    ['IN PROGRESS', 'COMPLETED', undefined, 400, MISSING],
    ['IN PROGRESS', 'COMPLETED', TRANSACTION, 409, STALE],
    ['IN PROGRESS', 'CANCELED', TRANSACTION, 409, STALE],
    ['COMPLETED', 'COMPLETED', TRANSACTION, 200, already('COMPLETED')],
    ['COMPLETED', 'COMPLETED', '2.25.78', 400, WRONG],
    ['COMPLETED', 'CANCELED', TRANSACTION, 409, STALE],
    ['COMPLETED', 'IN PROGRESS', TRANSACTION, 409, STALE],
    ['CANCELED', 'CANCELED', TRANSACTION, 200, already('CANCELED')],
    ['CANCELED', 'COMPLETED', TRANSACTION, 409, STALE],
    ['CANCELED', 'IN PROGRESS', TRANSACTION, 409, STALE],
  ];
  it.each(rows)('from %s to %s by %s is %i', async (before, wished, transaction, status, warning) => {
    await create(uid);
    if (before !== 'SCHEDULED') {
      await state(uid, 'IN PROGRESS', TRANSACTION);
    }
    if (before === 'COMPLETED' || before === 'CANCELED') {
      await update(uid, before === 'COMPLETED' ? PERFORMED : GIVEN_UP, `?${TRANSACTION}`);
      expect((await state(uid, before, TRANSACTION)).status).toBe(200);
    }
    expect(said(await state(uid, wished, transaction))).toEqual([status, warning]);
    expect(firstText(await read(uid), '00741000')).toBe(status === 200 ? wished : before);
  });

  it('says what a step lacks to end', async () => {
    await create(uid);
    await state(uid, 'IN PROGRESS', TRANSACTION);
    await update(uid, { '00741216': attribute('SQ', { '00404050': attribute('DT', '2026') }) }, `?${TRANSACTION}`);
    const { detail } = (await (await state(uid, 'COMPLETED', TRANSACTION)).json()) as { readonly detail: string };
    expect(detail).toContain('.PerformedStationNameCodeSequence');
    expect(detail).toContain('.OutputInformationSequence');
    expect(detail).not.toContain('StartDateTime');
  });
});

describe('a request to cancel', () => {
  const cancel = (more: DataSet = {}) => send('POST', `/${uid}/cancelrequest`, more);
  beforeEach(async () => {
    await create(uid);
  });

  it('cancels what nobody has begun, with the reason, or that there was none', async () => {
    expect(said(await cancel({ '00741238': attribute('LT', 'Bệnh nhân về') }))).toEqual([202, null]);
    const kept = await read(uid);
    expect(firstText(kept, '00741000')).toBe('CANCELED');
    expect(JSON.stringify(kept['00741002'])).toContain('Bệnh nhân về');
    expect(JSON.stringify(kept['00741002'])).toContain('110513');
    expect(said(await cancel())).toEqual([202, warned('The UPS is already in the requested state of CANCELED.')]);
  });

  it('needs no body', async () => {
    const response = await http.ask(`/dicom-web/workitems/${uid}/cancelrequest`, { method: 'POST' });
    expect(response.status).toBe(202);
  });

  it('reaches nobody when who performs it has no subscription', async () => {
    await state(uid, 'IN PROGRESS', TRANSACTION);
    expect(said(await cancel())).toEqual([409, warned('The performer cannot be contacted.')]);
  });

  it('comes too late for what is done', async () => {
    await state(uid, 'IN PROGRESS', TRANSACTION);
    await update(uid, PERFORMED, `?${TRANSACTION}`);
    await state(uid, 'COMPLETED', TRANSACTION);
    expect(said(await cancel())).toEqual([409, warned('The UPS is already COMPLETED.')]);
  });
});

describe('a search', () => {
  let others: TestHttp;
  beforeAll(async () => {
    others = http;
    http = await openTestHttp({ searchPage: 3 });
    for (const day of [1, 2, 3, 4, 5]) {
      const more = { '00404005': attribute('DT', `2026030${day}080000`), '00100020': attribute('LO', `W00${day % 2}`) };
      await create(`1.2.${day}`, newWorkitem(more));
    }
    await state('1.2.2', 'IN PROGRESS', TRANSACTION);
    await create('1.3.1', newWorkitem(), 'branch');
  });
  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    http = others;
  });

  it.each([
    ['?ProcedureStepState=IN%20PROGRESS', ['1.2.2']],
    ['?00741000=SCHEDULED&PatientID=W000', ['1.2.4']],
    ['?ScheduledProcedureStepStartDateTime=20260302-20260304', ['1.2.2', '1.2.3', '1.2.4']],
    ['?ScheduledProcedureStepStartDateTime=20260304-', ['1.2.4', '1.2.5']],
    ['?SOPInstanceUID=1.2.1,1.2.5,1.3.1', ['1.2.1', '1.2.5']],
    ['?PatientName=nguyen*&limit=1', ['1.2.1']],
    ['?PatientName=van%20an&fuzzymatching=true&limit=1&offset=2', ['1.2.3']],
    ['?ScheduledWorkitemCodeSequence.CodeValue=110004&offset=3', ['1.2.4', '1.2.5']],
    ['?ScheduledWorkitemCodeSequence.CodeValue=110005', []],
    ['?WorklistLabel=C*&offset=4', ['1.2.5']],
  ] as const)('%s finds %j', async (query, uids) => {
    expect(await found(query)).toEqual(uids);
  });

  it('goes on page by page, and says that there is more', async () => {
    const first = await get('?limit=2');
    expect(first.headers.get('warning')).toMatch(/^299 /);
    const link = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const url = new URL(link);
    expect(await found(url.search)).toEqual(['1.2.3', '1.2.4']);
    // No page is longer than the server gives.
    expect(await found('?limit=100')).toEqual(['1.2.1', '1.2.2', '1.2.3']);
    expect((await get('?offset=2')).headers.get('link')).toBeNull();
  });

  it('gives what the table has, what was asked for, and the Transaction UID to nobody', async () => {
    const [one] = (await (await get('?SOPInstanceUID=1.2.2')).json()) as readonly DataSet[];
    expect(Object.keys(one ?? {})).toEqual(expect.arrayContaining(['00741000', '00741204', '00404005', '00404041', '00100010']));
    expect(one?.['00404021']).toBeUndefined();
    for (const include of ['includefield=InputInformationSequence,TransactionUID', 'includefield=all']) {
      const [more] = (await (await get(`?SOPInstanceUID=1.2.2&${include}`)).json()) as readonly DataSet[];
      expect([more?.['00404021'], more?.['00081195']]).toEqual([{ vr: 'SQ' }, undefined]);
    }
    const parts = await partsOf(await get('?limit=1', 'main', 'multipart/related; type="application/dicom+xml"'));
    expect(parts[0]?.bytes.toString()).toContain('keyword="ProcedureStepState"');
  });

  it.each(['?Nonsense=1', '?limit=x', '?after=x'])('%s is refused', async (query) => {
    expect((await get(query)).status).toBe(400);
  });
});

it('is all there after a start', async () => {
  await create(uid);
  await state(uid, 'IN PROGRESS', TRANSACTION);
  const before = await read(uid);
  await http.reopen();
  expect(await read(uid)).toEqual(before);
  expect(said(await state(uid, 'IN PROGRESS', '2.25.78'))[0]).toBe(409);
  expect((await update(uid, PERFORMED, `?${TRANSACTION}`)).status).toBe(200);
});
