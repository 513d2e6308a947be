import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { type OrderJson, orderBody, send } from '../support/orders.ts';

let http: TestHttp;

const open = async () => {
  http = await openTestHttp();
};
const close = async () => {
  await http[Symbol.asyncDispose]();
};

const post = (body: unknown, as?: string) => send(http, 'POST', '/api/orders', body, as);
const list = async (query: string, as = 'main') => {
  const response = await http.ask(`/api/orders${query}`, { as });
  expect(response.status, await response.clone().text()).toBe(200);
  const { orders, next } = (await response.json()) as { readonly orders: readonly OrderJson[]; readonly next: string | null };
  return { orders, next, numbers: orders.map(({ accessionNumber }) => accessionNumber) };
};

describe('an order', () => {
  beforeEach(open);
  afterEach(close);

  it('is made as the interface has it: 201, Location, the order as stored', async () => {
    const body = {
      accessionNumber: 'WL001',
      priority: 'ROUTINE',
      facility: 'main',
      patient: { id: 'W001', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M', otherIds: ['001070000001'] },
      studyInstanceUid: '2.25.77026064582789395712865810622138687258',
      requestedProcedureId: 'RP1',
      description: 'CT ngực',
      referringPhysician: 'Trần^Văn Bác',
      requestingService: 'Khoa Nội',
      procedureCode: '18.0068.0028',
      clinicalInfo: 'Ho ra máu\nhai tuần',
      pregnancyStatus: 'unknown',
      weight: 60,
      allergies: 'Iod',
      location: 'Phòng 12',
      ext: { his: { visit: 7 }, list: [1, null, 'x'] },
      steps: [
        {
          id: 'SPS1',
          modality: 'CT',
          stationAeTitle: 'CT01',
          start: '2026-03-01T08:00:00',
          description: 'CT ngực',
          performingPhysician: 'Lê^Thị Cúc',
          room: 'CT-1',
        },
      ],
    };
    const response = await post(body);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/api/orders/WL001');
    expect(response.headers.get('etag')).toBe('"1"');
    const stored = {
      ...body,
      steps: [{ ...body.steps[0], state: 'SCHEDULED' }],
      state: 'SCHEDULED',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      version: 1,
      performed: [],
      study: null,
      studies: [],
    };
    expect(await response.json()).toEqual(stored);
    expect(await (await http.ask('/api/orders/WL001')).json()).toEqual(stored);
    expect((await list('')).orders).toEqual([stored]);
    expect(http.audited).toContainEqual(
      expect.objectContaining({ action: 'order.create', outcome: 'success', facility: 'main', detail: 'WL001: SCHEDULED' }),
    );
  });

  it('gets the ids that are left out', async () => {
    const response = await post({
      patient: { id: 'W001', name: 'Nguyễn Văn An', birthDate: '1970' },
      steps: [{ modality: 'CT' }, { modality: 'US', id: 'SPS1' }, { modality: 'US', id: '', start: null }],
    });
    expect(response.status).toBe(201);
    const order = (await response.json()) as OrderJson;
    expect(order.accessionNumber).toMatch(/^F\d{6}-0001$/);
    expect(order.requestedProcedureId).toBe(order.accessionNumber);
    expect(order.studyInstanceUid).toMatch(/^2\.25\.\d+$/);
    expect(order.patient).toEqual({ id: 'W001', name: 'Nguyễn Văn An', birthDate: '1970' });
    expect(order.facility).toBe('main');
    expect(order.priority).toBe('ROUTINE');
    expect(order.steps.map(({ id }) => id)).toEqual(['SPS2', 'SPS1', 'SPS3']);
    expect(order.steps.every(({ start }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(start))).toBe(true);
    const [second, third] = await Promise.all([post(withoutNumber()), post(withoutNumber())]);
    const numbers = [await second.json(), await third.json()].map((made) => (made as OrderJson).accessionNumber);
    expect(numbers.toSorted().map((number) => number.slice(-4))).toEqual(['0002', '0003']);
  });

  const withoutNumber = () => ({ ...orderBody(), accessionNumber: undefined });

  it('keeps text in NFC and without spaces around it', async () => {
    const order = await (await post(orderBody({ patient: { id: ' P 1 ', name: 'Nguye\u0302\u0303n^Va\u0306n An ' } }))).json();
    expect(order).toMatchObject({ patient: { id: 'P 1', name: 'Nguyễn^Văn An' } });
  });

  it('has an accession number of its own within its facility: 409', async () => {
    expect((await post(orderBody())).status).toBe(201);
    const again = await post(orderBody());
    expect(again.status).toBe(409);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
    expect(await again.json()).toMatchObject({
      title: 'Conflict',
      status: 409,
      detail: expect.stringContaining('accessionNumber'),
    });
    expect((await post(orderBody({ facility: 'branch' }), 'branch')).status).toBe(201);
    const twice = await http.ask('/api/orders/A1', { as: 'admin' });
    expect(twice.status).toBe(409);
    expect((await twice.json()) as object).toMatchObject({ detail: expect.stringContaining('?facility=') });
    expect((await http.ask('/api/orders/A1?facility=branch', { as: 'admin' })).status).toBe(200);
  });

  it('does not give two patients one study', async () => {
    expect((await post(orderBody({ studyInstanceUid: '1.2.3' }))).status).toBe(201);
    const other = orderBody({ accessionNumber: 'A2', studyInstanceUid: '1.2.3', patient: { id: 'P2', name: 'B' } });
    expect((await post(other)).status).toBe(409);
    expect((await post(orderBody({ accessionNumber: 'A2', studyInstanceUid: '1.2.3' }))).status).toBe(201);
    const moved = { ...orderBody({ accessionNumber: 'A2', studyInstanceUid: '1.2.3' }), patient: { id: 'P2', name: 'B' } };
    expect((await send(http, 'PUT', '/api/orders/A2', moved)).status).toBe(409);
  });

  it('is changed as a whole; ids that are left out stay', async () => {
    const before = (await (await post(orderBody({ weight: 60 }))).json()) as OrderJson;
    const changed = await send(http, 'PUT', '/api/orders/A1', {
      patient: { id: 'P1', name: 'Đỗ Thị Dương' },
      priority: 'STAT',
      steps: [{ id: 'SPS1', modality: 'MR', start: '2026-03-02T09:30' }],
    });
    expect(changed.status).toBe(200);
    const after = (await changed.json()) as OrderJson;
    expect(after).toMatchObject({
      studyInstanceUid: before.studyInstanceUid,
      priority: 'STAT',
      version: 2,
      steps: [{ id: 'SPS1', modality: 'MR', start: '2026-03-02T09:30:00', state: 'SCHEDULED' }],
    });
    expect(after).not.toHaveProperty('weight');
    expect((await list('?name=do%20thi')).numbers).toEqual(['A1']);
    expect((await list('?name=nguyen')).numbers).toEqual([]);
    expect((await list('?modality=MR')).numbers).toEqual(['A1']);
  });

  it('may be sent back as it was read, and then only while nobody else has changed it', async () => {
    await post(orderBody());
    const read = (await (await http.ask('/api/orders/A1')).json()) as OrderJson;
    expect((await send(http, 'PUT', '/api/orders/A1', { ...read, description: 'one' })).status).toBe(200);
    expect((await send(http, 'PUT', '/api/orders/A1', { ...read, description: 'two' })).status).toBe(409);
    const current = { ...read, version: undefined, description: 'three' };
    expect((await send(http, 'PUT', '/api/orders/A1', current, 'main', { 'if-match': '"1"' })).status).toBe(412);
    expect((await send(http, 'PUT', '/api/orders/A1', current, 'main', { 'if-match': 'W/"2"' })).status).toBe(412);
    expect((await send(http, 'PUT', '/api/orders/A1', current, 'main', { 'if-match': '"2"' })).status).toBe(200);
    expect(await (await http.ask('/api/orders/A1')).json()).toMatchObject({ description: 'three', version: 3 });
  });

  it('keeps its number and its facility', async () => {
    await post(orderBody());
    expect((await send(http, 'PUT', '/api/orders/A1', orderBody({ accessionNumber: 'A2' }))).status).toBe(400);
    expect((await send(http, 'PUT', '/api/orders/A1', orderBody({ facility: 'branch' }))).status).toBe(400);
    expect((await send(http, 'PUT', '/api/orders/A9', orderBody({ accessionNumber: 'A9' }))).status).toBe(404);
  });

  it('is cancelled and stays on record, and may be restored', async () => {
    await post(orderBody());
    expect((await http.ask('/api/orders/A1', { method: 'DELETE', headers: { 'if-match': '"7"' } })).status).toBe(412);
    const cancelled = await http.ask('/api/orders/A1', { method: 'DELETE' });
    expect(cancelled.status).toBe(200);
    expect(await cancelled.json()).toMatchObject({ state: 'CANCELLED', steps: [{ state: 'CANCELLED' }] });
    expect((await http.ask('/api/orders/A1', { method: 'DELETE' })).status).toBe(200);
    expect((await list('?state=CANCELLED')).numbers).toEqual(['A1']);
    expect((await list('?state=SCHEDULED,IN_PROGRESS')).numbers).toEqual([]);
    expect((await post(orderBody())).status).toBe(409);
    expect((await send(http, 'PUT', '/api/orders/A1', orderBody())).status).toBe(409);
    const restored = await send(http, 'PUT', '/api/orders/A1?restore=true', orderBody());
    expect(await restored.json()).toMatchObject({ state: 'SCHEDULED', steps: [{ state: 'SCHEDULED' }] });
    expect(http.audited.map(({ action }) => action)).toEqual(['order.create', 'order.cancel', 'order.cancel', 'order.change']);
  });

  it('does not exist for another facility', async () => {
    await post(orderBody());
    expect((await http.ask('/api/orders/A1', { as: 'branch' })).status).toBe(404);
    expect((await send(http, 'PUT', '/api/orders/A1', orderBody({ facility: undefined }), 'branch')).status).toBe(404);
    expect((await http.ask('/api/orders/A1', { method: 'DELETE', as: 'branch' })).status).toBe(404);
    for (const query of ['', '?name=nguyen', '?accessionNumber=A1', '?facility=main', '?state=SCHEDULED', '?patientId=P1']) {
      expect((await list(query, 'branch')).orders, query).toEqual([]);
      expect((await list(query, 'nowhere')).orders, query).toEqual([]);
      expect((await list(query, 'admin')).numbers, query).toEqual(['A1']);
    }
  });

  it('is read with the right to view and changed with the right to edit', async () => {
    await post(orderBody());
    expect((await http.ask('/api/orders/A1', { as: 'reader' })).status).toBe(200);
    expect((await list('', 'reader')).numbers).toEqual(['A1']);
    expect((await post(orderBody({ accessionNumber: 'A2' }), 'reader')).status).toBe(403);
    expect((await http.ask('/api/orders/A1', { method: 'DELETE', as: 'reader' })).status).toBe(403);
    expect((await http.ask('/api/orders/A1', { as: 'nobody' })).status).toBe(401);
  });

  it('is found under numbers that need care in a path', async () => {
    for (const accessionNumber of ['A/1', 'số 1', 'a b', '100%', 'a?b#c', "'--"]) {
      const response = await post(orderBody({ accessionNumber }));
      expect(response.status, accessionNumber).toBe(201);
      const read = await http.ask(response.headers.get('location') ?? '');
      expect(await read.json(), accessionNumber).toMatchObject({ accessionNumber });
    }
  });
});

describe('an order that cannot be taken', () => {
  beforeAll(open);
  afterAll(close);

  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['an unknown field of the patient', { patient: { id: 'P', name: 'N', phone: '1' } }, 'patient'],
    ['an unknown field of a step', { steps: [{ modality: 'CT', bodyPart: 'CHEST' }] }, 'bodyPart'],
    ['a long accession number', { accessionNumber: 'x'.repeat(17) }, 'accessionNumber: has 17 characters, at most 16'],
    ['a backslash', { description: 'a\\b' }, 'description'],
    ['no patient', { patient: undefined }, 'patient'],
    ['an empty patient id', { patient: { id: ' ', name: 'N' } }, 'patient.id'],
    ['a long name', { patient: { id: 'P', name: 'ễ'.repeat(65) } }, 'patient.name'],
    ['a birth date that is none', { patient: { id: 'P', name: 'N', birthDate: '1970-02-30' } }, 'patient.birthDate'],
    ['a sex that DICOM does not know', { patient: { id: 'P', name: 'N', sex: 'X' } }, 'patient.sex'],
    ['no steps', { steps: [] }, 'steps'],
    ['too many steps', { steps: Array.from({ length: 21 }, () => ({ modality: 'CT' })) }, 'steps'],
    [
      'two steps of one id',
      {
        steps: [
          { modality: 'CT', id: 'S' },
          { modality: 'CT', id: 'S' },
        ],
      },
      'steps',
    ],
    ['a time with an offset', { steps: [{ modality: 'CT', start: '2026-03-01T08:00:00Z' }] }, 'steps.0.start'],
    ['a modality that is no code', { steps: [{ modality: 'ct' }] }, 'steps.0.modality'],
    ['an AE title with marks', { steps: [{ modality: 'CT', stationAeTitle: 'MÁY' }] }, 'steps.0.stationAeTitle'],
    ['a UID that is none', { studyInstanceUid: '1.02' }, 'studyInstanceUid'],
    ['a weight of nothing', { weight: 0 }, 'weight'],
    ['dots for a number', { accessionNumber: '..' }, 'accessionNumber'],
    ['an ext that is too long', { ext: { text: 'x'.repeat(20_000) } }, 'ext'],
    ['a facility that is not the caller’s', { facility: 'branch' }, 'facility'],
    ['a facility that is not there', { facility: 'nowhere' }, 'facility'],
    ['a state', { state: 'COMPLETED' }, 'state'],
  ])('is refused with %s: 400 that names the field', async (_name, wrong, field) => {
    const response = await post({ ...orderBody(), ...wrong });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const { detail } = (await response.json()) as { readonly detail: string };
    expect(detail).toContain(field);
    expect((await list('')).orders).toEqual([]);
  });
});

describe('a list of orders', () => {
  const step = (modality: string, stationAeTitle: string | undefined, start: string) => ({ modality, stationAeTitle, start });

  beforeAll(async () => {
    await open();
    const orders = [
      orderBody({
        accessionNumber: 'A1',
        patient: { id: 'P1', name: 'Nguyễn^Văn An' },
        steps: [step('CT', 'CT01', '2026-03-01T08:00')],
      }),
      orderBody({
        accessionNumber: 'A2',
        patient: { id: 'P2', name: 'Đỗ^Thị Dương' },
        steps: [step('MR', 'MR01', '2026-03-01T07:00')],
      }),
      orderBody({
        accessionNumber: 'A3',
        patient: { id: 'P2', name: 'Đỗ^Thị Dương' },
        steps: [step('CT', 'CT02', '2026-03-01T10:00'), step('US', undefined, '2026-03-03T10:00')],
      }),
      orderBody({
        accessionNumber: 'A4',
        patient: { id: 'P4', name: 'Trần Thị Ước' },
        steps: [step('CT', undefined, '2026-03-02T08:00')],
      }),
    ];
    for (const order of orders) {
      expect((await post(order)).status).toBe(201);
    }
  });

  afterAll(close);

  it.each([
    ['', ['A3', 'A4', 'A1', 'A2']],
    ['?sort=start', ['A2', 'A1', 'A3', 'A4']],
    ['?from=2026-03-01&to=2026-03-01&sort=start', ['A2', 'A1', 'A3']],
    ['?from=2026-03-01T07:30&to=2026-03-01T09:00', ['A1']],
    ['?from=2026-03-03', ['A3']],
    ['?to=2026-02-28', []],
    ['?modality=CT&sort=start', ['A1', 'A3', 'A4']],
    ['?modality=MR,US&sort=start', ['A2', 'A3']],
    ['?modality=MR&modality=US&sort=start', ['A2', 'A3']],
    ['?station=CT01', ['A1']],
    ['?station=CT01,&modality=CT&sort=start', ['A1', 'A4']],
    ['?modality=CT&station=CT02&from=2026-03-03', []],
    ['?name=do', ['A3', 'A2']],
    ['?name=dương%20đỗ', ['A3', 'A2']],
    ['?name=thi%20u', ['A4']],
    ['?name=%20', ['A3', 'A4', 'A1', 'A2']],
    ['?patientId=P2', ['A3', 'A2']],
    ['?patientId=P', []],
    ['?accessionNumber=A3&modality=US', ['A3']],
    ['?accessionNumber=A3&modality=MR', []],
    ['?state=SCHEDULED&state=CANCELLED&sort=start&limit=2', ['A2', 'A1']],
    ['?state=COMPLETED', []],
    ['?name=do&patientId=P4', []],
    ['?modality=&station=&state=&from=', ['A3', 'A4', 'A1', 'A2']],
  ])('for %s has %j', async (query, numbers) => {
    expect((await list(query)).numbers).toEqual(numbers);
  });

  it.each(['?state=DONE', '?from=yesterday', '?limit=0', '?limit=501', '?sort=name', '?after=x', '?to=2026-02-30'])(
    'is refused for %s',
    async (query) => {
      expect((await http.ask(`/api/orders${query}`)).status).toBe(400);
    },
  );

  it.each(['?', '?sort=start&', '?name=thi&', '?state=SCHEDULED&', '?modality=CT,US&', '?patientId=P2&'])(
    'goes on where the page before ended: %s',
    async (query) => {
      const whole = (await list(`${query}limit=100`)).numbers;
      const paged: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: Awaited<ReturnType<typeof list>> = await list(`${query}limit=1${after === '' ? '' : `&after=${after}`}`);
        paged.push(...page.numbers);
        after = page.next;
      }
      expect(paged).toEqual(whole);
    },
  );
});
