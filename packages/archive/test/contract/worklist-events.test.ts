import { type DataSet, firstText } from '@filmless/dicom';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute } from '../support/objects.ts';
import { GIVEN_UP, newWorkitem, stateChange } from '../support/workitems.ts';

const ALL = '1.2.840.10008.5.1.4.34.5';
const FILTERED = '1.2.840.10008.5.1.4.34.5.1';
const TRANSACTION = '2.25.77';

let http: TestHttp;
let uid: string;
let made = 0;
const listening: Disposable[] = [];
beforeAll(async () => {
  http = await openTestHttp({ workitemSubscribers: 3, workitemWatchers: 2 });
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const one of listening.splice(0)) {
    one[Symbol.dispose]();
  }
  for (const title of ['RIS', 'CAD', 'OTHER']) {
    await http.ask(`/dicom-web/workitems/${ALL}/subscribers/${title}`, { method: 'DELETE', as: 'admin' });
  }
  made += 1;
  uid = `1.2.4.${made}`;
});

const send = (method: string, path: string, dataSet?: DataSet, as = 'main') =>
  http.ask(`/dicom-web/workitems${path}`, {
    method,
    as,
    ...(dataSet === undefined ? {} : { headers: { 'content-type': 'application/dicom+json' }, body: JSON.stringify(dataSet) }),
  });
const create = async (more: DataSet = {}, as = 'main', of = uid) =>
  expect((await send('POST', `?${of}`, newWorkitem(more), as)).status).toBe(201);
const subscribe = async (to: string, title: string, query = '', as = 'main') =>
  (await send('POST', `/${to}/subscribers/${title}${query}`, undefined, as)).status;
const unsubscribe = async (from: string, title: string, as = 'main') =>
  (await send('DELETE', `/${from}/subscribers/${title}`, undefined, as)).status;

/** Opens a notification connection, as the server offers one, and gives what comes over it. */
async function listen(title: string, as = 'main', headers: Readonly<Record<string, string>> = {}, secure = false) {
  const heard: DataSet[] = [];
  const response = await http.archive.app.request(
    `http://pacs.test/dicom-web/subscribers/${title}`,
    { headers: { 'x-subject': as, host: 'pacs.test', ...headers } },
    {
      remoteAddress: '10.0.0.5',
      secure,
      webSocket: (open) => {
        listening.push(open({ send: (text) => heard.push(JSON.parse(text) as DataSet), close: () => undefined }));
      },
    },
  );
  return { status: response.status, heard };
}

/** What a report says in short: of which Workitem, of which type, and the state where it tells one. */
const short = (heard: readonly DataSet[]) =>
  heard.map((one) => [firstText(one, '00001000'), Number(firstText(one, '00001002')), firstText(one, '00741000')]);

describe('a subscription to one Workitem', () => {
  it('tells its state at once and with each change, in the form of an N-EVENT-REPORT', async () => {
    await create();
    const { heard } = await listen('RIS');
    const response = await send('POST', `/${uid}/subscribers/RIS`);
    expect([response.status, response.headers.get('content-location')]).toEqual([
      201,
      'ws://pacs.test/dicom-web/subscribers/RIS',
    ]);
    await send('PUT', `/${uid}/state`, stateChange('IN PROGRESS', TRANSACTION));
    await send('POST', `/${uid}?${TRANSACTION}`, { '00404041': attribute('CS', 'INCOMPLETE') });
    await send('POST', `/${uid}?${TRANSACTION}`, GIVEN_UP);
    await send('PUT', `/${uid}/state`, stateChange('CANCELED', TRANSACTION));
    expect(short(heard)).toEqual([
      [uid, 1, 'SCHEDULED'],
      [uid, 1, 'IN PROGRESS'],
      [uid, 1, 'IN PROGRESS'],
      [uid, 3, undefined],
      [uid, 1, 'CANCELED'],
    ]);
    expect(heard[0]).toEqual({
      '00000002': attribute('UI', '1.2.840.10008.5.1.4.34.6.1'),
      '00000100': attribute('US', 0x100),
      '00000110': attribute('US', 1),
      '00000800': attribute('US', 0),
      '00001000': attribute('UI', uid),
      '00001002': attribute('US', 1),
      '00404041': attribute('CS', 'READY'),
      '00741000': attribute('CS', 'SCHEDULED'),
    });
    expect(heard.map((one) => firstText(one, '00000110'))).toEqual(['1', '2', '3', '4', '5']);
    expect(JSON.stringify(heard[3])).toContain('00404052');
    // The reason that it was given up for.
    expect(JSON.stringify(heard[4])).toContain('110514');
  });

  it('brings a request to cancel to who performs it, with who asks and why', async () => {
    await create();
    await send('PUT', `/${uid}/state`, stateChange('IN PROGRESS', TRANSACTION));
    await subscribe(uid, 'CAD');
    const { heard } = await listen('CAD');
    const why = { '00741238': attribute('LT', 'Trùng'), '0074100C': attribute('LO', 'Khoa CĐHA') };
    expect((await send('POST', `/${uid}/cancelrequest`, why)).status).toBe(202);
    expect(short(heard)).toEqual([[uid, 2, undefined]]);
    expect([heard[0]?.['00741236'], heard[0]?.['00741238'], heard[0]?.['0074100C']]).toEqual([
      attribute('AE', 'main'),
      why['00741238'],
      why['0074100C'],
    ]);
    expect(firstText((await (await send('GET', `/${uid}`)).json()) as DataSet, '00741000')).toBe('IN PROGRESS');
  });

  it('tells of what was assigned, to each performer', async () => {
    await create();
    await subscribe(uid, 'RIS');
    const { heard } = await listen('RIS');
    const person = (name: string) => ({
      '00404009': attribute('SQ', { '00080100': attribute('SH', name), '00080104': attribute('LO', name) }),
    });
    await send('POST', `/${uid}`, { '00404034': attribute('SQ', person('A'), person('B')) });
    expect(short(heard)).toEqual([
      [uid, 5, undefined],
      [uid, 5, undefined],
    ]);
    expect(JSON.stringify(heard[1]?.['00404009'])).toContain('"B"');
  });

  it('ends, and what is not there cannot', async () => {
    await create();
    await subscribe(uid, 'RIS');
    const { heard } = await listen('RIS');
    expect([await unsubscribe(uid, 'RIS'), await unsubscribe(uid, 'RIS'), await unsubscribe('1.9', 'RIS')]).toEqual([
      200, 404, 404,
    ]);
    await send('POST', `/${uid}/cancelrequest`, {});
    expect(heard).toEqual([]);
  });

  it('is of a facility: another one’s is not there, and who listens there under the same title hears nothing', async () => {
    await create();
    const [ours, theirs] = [await listen('RIS'), await listen('RIS', 'branch')];
    expect([await subscribe(uid, 'RIS', '', 'branch'), await subscribe(uid, 'RIS')]).toEqual([404, 201]);
    expect(await unsubscribe(uid, 'RIS', 'branch')).toBe(404);
    await send('POST', `/${uid}/cancelrequest`, {});
    expect(short(ours.heard).map(([, , state]) => state)).toEqual(['SCHEDULED', 'IN PROGRESS', 'CANCELED']);
    expect(theirs.heard).toEqual([]);
  });

  it('has a number of others beside it', async () => {
    await create();
    expect([await subscribe(uid, 'A'), await subscribe(uid, 'B'), await subscribe(uid, 'C')]).toEqual([201, 201, 201]);
    expect([await subscribe(uid, 'D'), await subscribe(uid, 'A', '?deletionlock=true')]).toEqual([503, 201]);
  });

  it.each([
    ['RIS?deletionlock=yes', 'main', 400],
    ['a-title-of-more-than-sixteen', 'main', 400],
    ['RIS', 'reader', 403],
  ])('to %s by %s is %i', async (rest, as, status) => {
    await create();
    expect((await send('POST', `/${uid}/subscribers/${rest}`, undefined, as)).status).toBe(status);
  });
});

describe('a subscription to the worklist', () => {
  it('tells of what is made, and with a lock of all that is there', async () => {
    await create();
    const { heard } = await listen('RIS');
    expect(await subscribe(ALL, 'RIS')).toBe(201);
    expect(heard).toEqual([]);
    expect(await subscribe(ALL, 'RIS', '?deletionlock=true')).toBe(201);
    expect(short(heard)).toContainEqual([uid, 1, 'SCHEDULED']);
    heard.length = 0;
    await create({ '00404025': attribute('SQ', { '00080100': attribute('SH', 'CAD1') }) }, 'main', `${uid}.1`);
    await create({}, 'branch', `${uid}.2`);
    expect(short(heard)).toEqual([
      [`${uid}.1`, 1, 'SCHEDULED'],
      [`${uid}.1`, 5, undefined],
    ]);
    // What was there before is told of from now on too.
    await send('POST', `/${uid}/cancelrequest`, {});
    expect(short(heard).at(-1)).toEqual([uid, 1, 'CANCELED']);
  });

  it('that is suspended keeps what it has, and gets no more', async () => {
    await create();
    const { heard } = await listen('RIS');
    await subscribe(ALL, 'RIS');
    expect((await send('POST', `/${ALL}/subscribers/RIS/suspend`)).status).toBe(200);
    expect((await send('POST', `/${ALL}/subscribers/RIS/suspend`)).status).toBe(404);
    expect((await send('POST', `/${uid}/subscribers/RIS/suspend`)).status).toBe(404);
    await create({}, 'main', `${uid}.1`);
    await send('POST', `/${uid}/cancelrequest`, {});
    expect(short(heard).map(([of]) => of)).toEqual([uid, uid]);
  });

  it('takes all that it brought with it when it ends', async () => {
    await create();
    const { heard } = await listen('RIS');
    await subscribe(ALL, 'RIS');
    expect([await unsubscribe(ALL, 'RIS'), await unsubscribe(ALL, 'RIS')]).toEqual([200, 404]);
    await send('POST', `/${uid}/cancelrequest`, {});
    expect(heard).toEqual([]);
  });

  it.each(['?filter=PatientID=F1,ProcedureStepLabel=CAD*', '?PatientID=F1&ProcedureStepLabel=CAD*'])(
    'tells of what matches %s, of what is there and what comes',
    async (query) => {
      const [title, patient] = [attribute('LO', 'CAD phổi'), attribute('LO', 'F1')];
      await create({ '00741204': title, '00100020': patient });
      await create({ '00741204': title }, 'main', `${uid}.1`);
      const { heard } = await listen('CAD');
      expect(await subscribe(FILTERED, 'CAD', query)).toBe(201);
      await create({ '00741204': title, '00100020': patient }, 'main', `${uid}.2`);
      await create({ '00100020': patient }, 'main', `${uid}.3`);
      for (const of of [uid, `${uid}.1`, `${uid}.3`]) {
        await send('POST', `/${of}/cancelrequest`, {});
      }
      expect(short(heard).map(([of]) => of)).toEqual([`${uid}.2`, uid, uid]);
    },
  );

  it('takes a comma within a value as part of it', async () => {
    await create({ '00741204': attribute('LO', 'Ngực, bụng') });
    await create({ '00741204': attribute('LO', 'Ngực') }, 'main', `${uid}.1`);
    const { heard } = await listen('CAD');
    expect(await subscribe(FILTERED, 'CAD', '?filter=ProcedureStepLabel=Ngực, bụng&deletionlock=true')).toBe(201);
    expect(short(heard)).toEqual([[uid, 1, 'SCHEDULED']]);
  });

  it('that is filtered names what is to match', async () => {
    expect([await subscribe(FILTERED, 'CAD'), await subscribe(FILTERED, 'CAD', '?filter=Nonsense=1')]).toEqual([400, 400]);
  });

  it('has a number of others beside it, and needs a facility', async () => {
    expect([await subscribe(ALL, 'RIS'), await subscribe(ALL, 'CAD'), await subscribe(ALL, 'OTHER')]).toEqual([201, 201, 503]);
    expect([await subscribe(ALL, 'OTHER', '', 'branch'), await subscribe(ALL, 'RIS', '', 'nowhere')]).toEqual([201, 400]);
  });

  it('of several facilities is of all or, where one has too many, of none', async () => {
    expect([await subscribe(ALL, 'RIS', '', 'branch'), await subscribe(ALL, 'CAD', '', 'branch')]).toEqual([201, 201]);
    expect([await subscribe(ALL, 'OTHER', '', 'admin'), await unsubscribe(ALL, 'OTHER', 'admin')]).toEqual([503, 404]);
  });

  it('is there after a start', async () => {
    await subscribe(ALL, 'RIS');
    await http.reopen();
    const { heard } = await listen('RIS');
    await create();
    expect(short(heard)).toEqual([[uid, 1, 'SCHEDULED']]);
  });
});

describe('a notification connection', () => {
  it('needs a WebSocket', async () => {
    const response = await http.ask('/dicom-web/subscribers/RIS');
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });

  it('is not opened for the page of another site, which a browser would lend its cookie', async () => {
    const origin = (of: string, more = {}) => listen('RIS', 'main', { origin: of, ...more });
    expect((await origin('http://evil.test')).status).toBe(403);
    expect((await origin('http://evil.test', { authorization: 'Basic eDp5' })).status).toBe(403);
    expect((await origin('http://evil.test', { authorization: 'Bearer abc' })).status).toBe(204);
    expect((await origin('http://pacs.test')).status).toBe(204);
    expect((await origin('null')).status).toBe(403);
  });

  it('over TLS is not opened for a page that came without, which anybody on the line may have written', async () => {
    const origin = async (of: string) => (await listen('RIS', 'main', { origin: of }, true)).status;
    expect([await origin('http://pacs.test'), await origin('https://pacs.test')]).toEqual([403, 204]);
    // Of a proxy that does not say that it does TLS.
    expect((await listen('RIS', 'main', { origin: 'https://pacs.test' })).status).toBe(204);
  });
});

it('a report that would be long goes out with what it must have', async () => {
  await create();
  await subscribe(uid, 'RIS');
  const { heard } = await listen('RIS');
  const progress = {
    '00741004': attribute('DS', 50),
    '00741006': attribute('ST', 'x'.repeat(20_000)),
  };
  await send('POST', `/${uid}`, { '00741002': attribute('SQ', progress) });
  expect(heard[0]?.['00741002']).toEqual(attribute('SQ', { '00741004': attribute('DS', 50) }));
});
