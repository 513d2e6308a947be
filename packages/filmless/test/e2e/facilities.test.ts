import { createHash } from 'node:crypto';
import { ALL_RIGHTS, type Right, type RouteGuard, routeGuards } from '@filmless/access';
import { type DataSet, firstText, readDataSet, readFileMeta, TAG, transferSyntax } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Facilities, json, type Sample, sampleFile, stow } from '../support/facilities.ts';

/** Whatever may be done without administering, which is never bound to a facility. */
const RIGHTS = ALL_RIGHTS.filter((right) => right !== 'administer' && right !== 'relay');

/** All that answers without credentials; a route added here is a decision. */
const OPEN = [
  'POST /api/session',
  'POST /api/setup',
  'GET /healthz',
  'GET /readyz',
  'GET /ca.crt',
  'GET /',
  'GET /setup',
  'GET /view',
  'GET /login',
  'GET /orders',
  'GET /orders/*',
  'GET /import',
  'GET /admin',
  'GET /admin/*',
  'GET /*',
];

const SIGNED_IN = [
  'GET /api/session',
  'DELETE /api/session',
  'PUT /api/session/password',
  'GET /metrics',
  'GET /api/openapi.json',
  // One's own settings, and what the hospital declared of its displays, which every screen says.
  'GET /api/settings/viewer',
  'PUT /api/settings/viewer',
  'GET /api/settings/hospital',
];

/** PS3.18 10.6: a search without a match is 200 and an empty list, also below a study that is not there. */
const SEARCHES = [
  'GET /dicom-web/studies/:study/series',
  'GET /dicom-web/studies/:study/instances',
  'GET /dicom-web/studies/:study/series/:series/instances',
];

const name = ({ method, path }: RouteGuard) => `${method} ${path}`;

const rightOf = ({ guard }: RouteGuard): Right | undefined => (guard?.kind === 'right' ? guard.right : undefined);

/** Names a study in its query. */
const BY_QUERY = '/dicom-web/wado';

/** A conflict about a study, what was rejected of it, what is on its way to it; an order, what a machine reported, a step of work. */
const OWNED = [
  '/api/conflicts/:',
  '/api/rejections/:',
  '/api/uploads/:',
  '/api/imports/:',
  '/api/orders/:',
  '/api/performed-steps/:',
  '/dicom-web/workitems/:workitem',
] as const;

/** Of a study that somebody owns, or of what belongs to one. */
const namesStudy = ({ path }: RouteGuard) =>
  path.includes(':study') || path === BY_QUERY || OWNED.some((begin) => path.startsWith(begin));

/** What these make is the sender's own, whatever the path names. */
const MAKING = ['POST /dicom-web/studies/:study', 'POST /api/performed-steps/:uid'];

describe('every route of the product', () => {
  let product: Facilities;
  let routes: readonly RouteGuard[];
  let file: Uint8Array<ArrayBuffer>;
  let sample: Sample;
  /** Of what the path begins with. */
  const ids = new Map<string, string>();
  let rejected: string;
  let ours: string;
  let theirs: string;

  beforeAll(async () => {
    product = await Facilities.start();
    routes = routeGuards(product.filmless.app);
    file = await sampleFile();
    sample = describeFile(file);
    ours = await product.token('ours', RIGHTS, ['main']);
    theirs = await product.token('theirs', RIGHTS, ['clinic']);
    expect((await product.call('POST', '/dicom-web/studies', ours, stow(file))).status).toBe(200);
    const other = file.slice();
    other[other.length - 2] = 1 ^ (other[other.length - 2] ?? 0);
    await product.call('POST', '/dicom-web/studies', ours, stow(other));
    const conflicts = await product.call('GET', '/api/conflicts', ours);
    const listed = (await conflicts.json()) as { readonly conflicts: readonly { readonly id: string }[] };
    ids.set('conflicts', listed.conflicts[0]?.id ?? '');
    expect((await product.call('POST', '/api/orders', ours, json(walkOrder()))).status).toBe(201);
    expect((await product.call('POST', '/api/performed-steps/1.9.1', ours, performedStep('IN PROGRESS'))).status).toBe(201);
    expect((await product.call('POST', '/dicom-web/workitems?workitem=1.9.2', ours, dicomJson(WORKITEM))).status).toBe(201);
    rejected = await rejectAnother();
    const sha256 = createHash('sha256').update(file).digest('hex');
    await make('uploads', '/api/uploads', { sopInstanceUid: sample.instance, length: file.length, sha256 });
    const original = { id: 'OUT1', name: 'Walk' };
    const under = { kind: 'order', accessionNumber: 'WALK1' };
    await make('imports', '/api/imports', { studyInstanceUid: '1.9.3', original, under, confirm: true });
    expect([...ids.values()]).toEqual(
      ids
        .values()
        .map(() => expect.stringMatching(/^[0-9a-f-]{32,36}$/))
        .toArray(),
    );
  });

  /** Of ours, to be named by its id. */
  const make = async (kind: string, path: string, body: object) => {
    const response = await product.call('POST', path, ours, json(body));
    expect(response.status, path).toBe(201);
    ids.set(kind, ((await response.json()) as { readonly id: string }).id);
  };

  /** Gives the UID of an instance of the study that was taken out of sight. */
  const rejectAnother = async () => {
    const another = file.slice();
    const uid = rename(another, sample.instance, '3');
    expect((await product.call('POST', '/dicom-web/studies', ours, stow(another))).status).toBe(200);
    await make('rejections', `/api/studies/${sample.study}/reject`, { code: '113001', instances: [uid] });
    return uid;
  };

  const walkOrder = () => ({
    accessionNumber: 'WALK1',
    patient: { id: sample.patientId, name: 'Walk' },
    steps: [{ modality: 'CT' }],
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  const values = (path: string): Readonly<Record<string, string>> => ({
    study: sample.study,
    series: sample.series,
    instance: path.startsWith('/api/rejections/') ? rejected : sample.instance,
    frames: '1',
    path: '7FE00010',
    facility: 'third',
    id: ids.get(path.split('/')[2] ?? '') ?? 'none',
    title: 'CT01',
    destination: 'none',
    accessionNumber: 'WALK1',
    uid: '1.9.1',
    workitem: '1.9.2',
  });

  const fill = (path: string) =>
    path === BY_QUERY
      ? `${path}?requestType=WADO&studyUID=${sample.study}&seriesUID=${sample.series}&objectUID=${sample.instance}`
      : path.replace(/:(\w+)(\{[^}]*\})?/g, (_, parameter: string) => values(path)[parameter] ?? 'unknown');

  /** What a change is sent with, so that it is refused for its facility and not for its form. */
  const bodies = (): Readonly<Record<string, RequestInit>> => ({
    'POST /api/studies/:study/shares': json({ facility: 'third', basis: 'consultation', evidence: 'Biên bản hội chẩn 12' }),
    'POST /api/conflicts/:id/resolve': json({ keep: 'existing' }),
    'POST /dicom-web/studies/:study': stow(file),
    'PATCH /api/uploads/:id': { headers: { 'upload-offset': '0' }, body: 'a piece' },
    'POST /api/imports/:id/instances': stow(file),
    'POST /api/studies/:study/held': json({ instances: [] }),
    'PUT /api/studies/:study/marks': json({ marks: [] }),
    'POST /api/studies/:study/publications': json({
      kind: 'key-images',
      images: [{ seriesInstanceUid: '1.2', sopInstanceUid: '1.3' }],
    }),
    'POST /api/studies/:study/reject': json({ code: '113001' }),
    'PUT /api/orders/:accessionNumber': json(walkOrder()),
    'POST /api/studies/:study/order': json({ accessionNumber: 'WALK1' }),
    'PUT /api/performed-steps/:uid': performedStep('COMPLETED'),
    'POST /dicom-web/workitems/:workitem': dicomJson({ '00741204': { vr: 'LO', Value: ['Walk'] } }),
    'PUT /dicom-web/workitems/:workitem/state': dicomJson(CLAIM),
  });

  const send = (route: RouteGuard, token?: string) => product.call(route.method, fill(route.path), token, bodies()[name(route)]);

  it('asks whether it may, but for a short list', () => {
    expect(routes.filter(({ guard }) => guard === undefined)).toEqual([]);
    expect(routes.filter(({ guard }) => guard?.kind === 'open').map(name)).toEqual(OPEN);
    expect(
      routes
        .filter(({ guard }) => guard?.kind === 'signed-in')
        .map(name)
        .toSorted(),
    ).toEqual(SIGNED_IN.toSorted());
    expect(routes.filter(({ guard }) => guard?.kind === 'right').length).toBeGreaterThan(50);
  });

  it('is described where it is the product’s own', async () => {
    const response = await product.call('GET', '/api/openapi.json', ours);
    const { paths } = (await response.json()) as { readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>> };
    const described = (path: string) => Object.keys(paths[path] ?? {}).toSorted();
    expect(described('/api/orders')).toEqual(['get', 'post']);
    expect(described('/api/orders/{accessionNumber}')).toEqual(['delete', 'get', 'put']);
    expect(described('/api/performed-steps/{uid}')).toEqual(['get', 'post', 'put']);
    expect(described('/api/studies/{study}/order')).toEqual(['delete', 'post']);
    expect(described('/api/unmatched')).toEqual(['get']);
    expect(JSON.stringify(paths['/api/orders'])).toContain('#/components/schemas/NewOrder');
  });

  it('answers 401 without credentials', async () => {
    for (const route of routes.filter(({ guard }) => guard?.kind !== 'open')) {
      const response = await send(route);
      expect(response.status, name(route)).toBe(401);
      expect(response.headers.get('content-type'), name(route)).toBe('application/problem+json');
      expect(response.headers.get('www-authenticate'), name(route)).toContain('Basic');
    }
  });

  it('answers 403 to every right but its own', async () => {
    const tokens = new Map<Right, string>();
    for (const right of ALL_RIGHTS) {
      const others = ALL_RIGHTS.filter((other) => other !== right);
      tokens.set(right, await product.token(`all but ${right}`, others, 'all'));
    }
    for (const route of routes) {
      const right = rightOf(route);
      if (right !== undefined) {
        expect((await send(route, tokens.get(right))).status, name(route)).toBe(403);
      }
    }
  });

  it('finds the study for its own facility, so that the next test means something', async () => {
    const reads = routes.filter((route) => namesStudy(route) && route.method === 'GET');
    expect(reads.length).toBeGreaterThan(20);
    expect(OWNED.filter((begin) => !routes.some(({ path }) => path.startsWith(begin)))).toEqual([]);
    for (const route of reads) {
      expect((await send(route, ours)).status, name(route)).toBe(200);
    }
  });

  it('answers 404 to another facility, and a search finds nothing', async () => {
    for (const route of routes.filter((candidate) => namesStudy(candidate) && !MAKING.includes(name(candidate)))) {
      const response = await send(route, theirs);
      const text = await response.text();
      if (SEARCHES.includes(name(route))) {
        expect([response.status, text], name(route)).toEqual([200, '[]']);
      } else {
        expect(response.status, name(route)).toBe(404);
      }
      expect(text, name(route)).not.toContain(sample.patientId);
    }
  });

  it('lists and counts nothing of another facility, whatever is asked for', async () => {
    const queries = [
      '',
      `?StudyInstanceUID=${sample.study}`,
      `?PatientID=${sample.patientId}`,
      '?PatientName=*',
      '?q=comp',
      '?limit=1000',
    ];
    const lists = routes.filter((route) => route.method === 'GET' && rightOf(route) !== undefined && !route.path.includes(':'));
    const seen: string[] = [];
    for (const route of lists.filter(
      ({ path, ...rest }) => path !== '/api/events' && rightOf({ path, ...rest }) !== 'administer',
    )) {
      for (const query of queries) {
        const text = await (await product.call('GET', `${route.path}${query}`, theirs)).text();
        for (const secret of [sample.study, sample.series, sample.instance, sample.patientId]) {
          expect(text, `${name(route)}${query}`).not.toContain(secret);
        }
        const own = await (await product.call('GET', `${route.path}${query}`, ours)).text();
        if (own.includes(sample.study) || (route.path === '/api/orders' && own.includes(sample.patientId))) {
          seen.push(route.path);
        }
      }
    }
    expect([...new Set(seen)].toSorted()).toEqual(
      expect.arrayContaining([
        '/api/conflicts',
        '/api/studies',
        '/api/orders',
        '/api/unmatched',
        '/dicom-web/instances',
        '/dicom-web/series',
        '/dicom-web/studies',
      ]),
    );
    const page = await product.call('GET', '/api/studies', theirs);
    expect(await page.json()).toMatchObject({ studies: [], total: { count: 0, exact: true }, next: null });
  });

  it('gives nothing away for an image that another facility sends for the study', async () => {
    await product.call('POST', `/dicom-web/studies/${sample.study}`, theirs, stow(file));
    expect((await product.call('GET', `/api/studies/${sample.study}`, theirs)).status).toBe(404);
    expect((await product.call('GET', `/dicom-web/studies/${sample.study}/metadata`, theirs)).status).toBe(404);
  });

  it('tells of a new study those only who may see it', async () => {
    const listen = async (token: string) => {
      const response = await product.call('GET', '/api/events', token);
      const reader = response.body?.getReader();
      let text = '';
      const pump = async () => {
        for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
          text += Buffer.from(part.value).toString();
        }
      };
      const done = pump().catch(() => undefined);
      return { text: () => text, stop: () => reader?.cancel().then(() => done) };
    };
    const [us, them] = [await listen(ours), await listen(theirs)];
    const twin = file.slice();
    rename(twin, sample.instance);
    await product.call('POST', '/dicom-web/studies', ours, stow(twin));
    await expect.poll(us.text, { timeout: 5000 }).toContain(sample.study);
    expect(them.text()).not.toContain(sample.study);
    await Promise.all([us.stop(), them.stop()]);
  });

  it('shows a shared study to the other facility, to view and no more, until it is withdrawn', async () => {
    const share = json({ facility: 'clinic', basis: 'transfer', evidence: 'Giấy chuyển tuyến 7' });
    expect((await product.call('POST', `/api/studies/${sample.study}/shares`, ours, share)).status).toBe(201);
    expect((await product.call('GET', `/dicom-web/studies/${sample.study}/metadata`, theirs)).status).toBe(200);
    expect((await product.call('GET', `/api/studies/${sample.study}/shares`, theirs)).status).toBe(404);
    expect((await product.call('POST', `/api/studies/${sample.study}/shares`, theirs, share)).status).toBe(404);
    await product.call('DELETE', `/api/studies/${sample.study}/shares/clinic`, ours);
    expect((await product.call('GET', `/dicom-web/studies/${sample.study}/metadata`, theirs)).status).toBe(404);
  });
});

function describeFile(file: Uint8Array): Sample {
  const { meta, dataSetOffset } = readFileMeta(file);
  const syntax = transferSyntax(meta.transferSyntaxUid);
  const { dataSet } = readDataSet(file.subarray(dataSetOffset), { transferSyntax: syntax, bulkData: { threshold: 256 } });
  return {
    study: firstText(dataSet, TAG.StudyInstanceUID) ?? '',
    series: firstText(dataSet, TAG.SeriesInstanceUID) ?? '',
    instance: firstText(dataSet, TAG.SOPInstanceUID) ?? '',
    patientId: firstText(dataSet, TAG.PatientID) ?? '',
  };
}

/** What a machine reports, in a body for the archive. */
function performedStep(state: string): RequestInit {
  return dicomJson({ [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: [state] } });
}

function dicomJson(dataSet: DataSet): RequestInit {
  return { headers: { 'content-type': 'application/dicom+json' }, body: JSON.stringify(dataSet) };
}

/** What a new step of work cannot do without. PS3.4 table CC.2.5-3. */
const WORKITEM: DataSet = {
  '00404005': { vr: 'DT', Value: ['20260301080000'] },
  '00404041': { vr: 'CS', Value: ['READY'] },
  '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
  '00741200': { vr: 'CS', Value: ['MEDIUM'] },
  '00741204': { vr: 'LO', Value: ['Walk'] },
};

const CLAIM: DataSet = {
  [TAG.TransactionUID]: { vr: 'UI', Value: ['2.25.1'] },
  '00741000': { vr: 'CS', Value: ['IN PROGRESS'] },
};

/** Gives the file another SOP Instance UID of the same length, in meta information and data set. */
function rename(file: Uint8Array, uid: string, digit = uid.endsWith('1') ? '2' : '1'): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let at = bytes.indexOf(uid); at >= 0; at = bytes.indexOf(uid, at + 1)) {
    bytes.write(digit, at + uid.length - 1, 'latin1');
  }
  return `${uid.slice(0, -1)}${digit}`;
}
