import { TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, objectFile } from '../support/objects.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
  const named = (Alphabetic: string) => ({ [TAG.PatientName]: attribute('PN', { Alphabetic }) });
  await http.stow([objectFile({ study: '1.1' }), objectFile({ study: '1.1', number: 2 })]);
  await http.stow([
    objectFile({ study: '1.2', more: { ...named('Nguyễn^Văn An'), [TAG.StudyDate]: attribute('DA', '20260301') } }),
  ]);
  await http.stow([objectFile({ study: '1.3' })], { as: 'branch' });
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

interface Page {
  readonly studies: readonly { readonly studyInstanceUid: string }[];
  readonly total: object;
  readonly next: string | null;
}

async function page(query: string, as = 'main'): Promise<Page> {
  const response = await http.ask(`/api/studies?${query}`, { as });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

const uids = ({ studies }: Page): string[] => studies.map(({ studyInstanceUid }) => studyInstanceUid);

const post = (path: string, body: object, as = 'main'): Promise<Response> =>
  http.ask(path, { method: 'POST', as, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('the list of studies', () => {
  it('is in the caller’s scope, newest study first, in pages', async () => {
    expect(uids(await page(''))).toEqual(['1.2', '1.1']);
    expect(uids(await page('', 'branch'))).toEqual(['1.3']);
    const first = await page('limit=1');
    expect(uids(first)).toEqual(['1.2']);
    expect(first.total).toEqual({ count: 2, exact: true });
    const second = await page(`limit=1&after=${encodeURIComponent(first.next ?? '')}`);
    expect(uids(second)).toEqual(['1.1']);
    expect(second.next).toBeNull();
  });

  it.each([
    ['q=do%20thi%20duong', ['1.1']],
    ['q=ng%20v%20a', ['1.2']],
    ['q=P1', ['1.2', '1.1']],
    ['q=A-100', ['1.2', '1.1']],
    ['q=&modality=', ['1.2', '1.1']],
    ['modality=MR', []],
    ['modality=MR,CT', ['1.2', '1.1']],
    ['facility=main', ['1.2', '1.1']],
    ['facility=branch', []],
    ['from=2026-03-01', ['1.2']],
    ['to=2026-02-28', ['1.1']],
    ['patientId=P2', []],
  ])('for %s holds %j', async (query, expected) => {
    expect(uids(await page(query))).toEqual(expected);
  });

  it.each(['limit=0', 'limit=x', 'limit=100000', 'from=yesterday', 'after=%7B'])('refuses %s in words', async (query) => {
    const response = await http.ask(`/api/studies?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('one study', () => {
  it('comes with its series, and looking at it is noted', async () => {
    http.viewed.length = 0;
    const response = await http.ask('/api/studies/1.1');
    const study = (await response.json()) as { patient: { name: string }; series: unknown[] };
    expect(study.patient.name).toBe('Đỗ Thị Dương');
    expect(study.series).toEqual([
      expect.objectContaining({ seriesInstanceUid: '1.1.1', modality: 'CT', instanceCount: 2, firstInstanceUid: '1.1.1.1' }),
    ]);
    expect(http.viewed).toEqual(['main 1.1']);
  });

  it('of another facility is not there, like one that is not there', async () => {
    const foreign = await http.ask('/api/studies/1.1', { as: 'branch' });
    const missing = await http.ask('/api/studies/1.99', { as: 'branch' });
    expect([foreign.status, await foreign.text()]).toEqual([404, await missing.text()]);
    expect((await http.ask('/api/studies/x')).status).toBe(400);
  });
});

describe('sharing', () => {
  const share = { facility: 'branch', basis: 'consultation', evidence: 'Biên bản hội chẩn 12/2026' };

  it('opens a study to another facility until it is taken back', async () => {
    const created = await post('/api/studies/1.1/shares', share);
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/api/studies/1.1/shares/branch');
    expect(uids(await page('', 'branch'))).toEqual(['1.3', '1.1'].toSorted().toReversed());
    expect((await http.ask('/studies/1.1/metadata', { as: 'branch' })).status).toBe(200);
    const list = (await (await http.ask('/api/studies/1.1/shares')).json()) as { shares: unknown[] };
    expect(list.shares).toEqual([expect.objectContaining({ ...share, by: 'main', studyInstanceUid: '1.1' })]);
    expect((await http.ask('/api/studies/1.1/shares/branch', { method: 'DELETE' })).status).toBe(204);
    expect((await http.ask('/studies/1.1/metadata', { as: 'branch' })).status).toBe(404);
    expect((await http.ask('/api/studies/1.1/shares/branch', { method: 'DELETE' })).status).toBe(404);
    expect(http.audited.filter(({ action }) => action.includes('share')).map(({ action }) => action)).toEqual([
      'study.share',
      'study.unshare',
    ]);
  });

  it('is for who owns the study, not for whom it was shared with', async () => {
    await post('/api/studies/1.2/shares', share);
    expect((await http.ask('/api/studies/1.2', { as: 'branch' })).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/api/studies/1.2/shares'],
      ['DELETE', '/api/studies/1.2/shares/branch'],
    ] as const) {
      expect((await http.ask(path, { method, as: 'branch' })).status).toBe(404);
    }
    expect((await post('/api/studies/1.2/shares', { ...share, facility: 'main' }, 'branch')).status).toBe(404);
    expect((await post('/api/studies/1.2/shares', share, 'reader')).status).toBe(403);
  });

  it.each([
    ['a facility that is not there', { ...share, facility: 'elsewhere' }],
    ['the study’s own facility', { ...share, facility: 'main' }],
    ['an unknown basis', { ...share, basis: 'curiosity' }],
    ['no evidence', { ...share, evidence: '  ' }],
    ['an end in the past', { ...share, expiresAt: '2020-01-01T00:00:00Z' }],
    ['nothing', {}],
  ])('refuses %s', async (_, wish) => {
    expect((await post('/api/studies/1.1/shares', wish)).status).toBe(400);
  });
});

describe('conflicts', () => {
  it('are listed, shown and decided by who owns the study', async () => {
    await http.stow([objectFile({ study: '1.4', pixel: 1 })]);
    await http.stow([objectFile({ study: '1.4', pixel: 2, more: { [TAG.PatientID]: attribute('LO', 'P9') } })]);
    const list = async (as: string) =>
      ((await (await http.ask('/api/conflicts', { as })).json()) as { conflicts: { id: string }[] }).conflicts;
    const [conflict] = await list('main');
    expect(conflict).toMatchObject({ kind: 'different', studyInstanceUid: '1.4', resolved: null });
    expect(await list('branch')).toEqual([]);
    const path = `/api/conflicts/${conflict?.id}`;
    const detail = (await (await http.ask(path)).json()) as { differences: unknown[] };
    expect(detail.differences).toContainEqual(expect.objectContaining({ tag: TAG.PatientID, keyword: 'PatientID' }));
    expect((await http.ask(path, { as: 'branch' })).status).toBe(404);
    expect((await post(`${path}/resolve`, { keep: 'new' }, 'branch')).status).toBe(404);
    expect((await post(`${path}/resolve`, { keep: 'both' })).status).toBe(400);
    const decided = await post(`${path}/resolve`, { keep: 'new' });
    expect(await decided.json()).toMatchObject({ resolved: 'new', resolvedBy: 'main' });
    expect((await post(`${path}/resolve`, { keep: 'existing' })).status).toBe(409);
    const [metadata] = (await (await http.ask('/studies/1.4/metadata')).json()) as Record<string, { Value?: unknown[] }>[];
    expect(metadata?.[TAG.PatientID]?.Value).toEqual(['P9']);
    expect(await list('main')).toEqual([]);
    expect(http.audited.at(-1)).toMatchObject({ action: 'conflict.resolve', studyInstanceUid: '1.4' });
  });

  it('are nobody’s business who may only view', async () => {
    expect((await http.ask('/api/conflicts', { as: 'reader' })).status).toBe(403);
    expect((await http.ask('/api/conflicts/nothing')).status).toBe(404);
  });
});

describe('events', () => {
  /** Reads until a text turned up, for at most some time. */
  async function until(reader: ReadableStreamDefaultReader<Uint8Array>, text: string, ms: number): Promise<string> {
    const end = Date.now() + ms;
    let read = '';
    while (!read.includes(text) && Date.now() < end) {
      const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), Math.max(1, end - Date.now())));
      const result = await Promise.race([reader.read(), timeout]);
      read += result === undefined ? '' : new TextDecoder().decode(result.value);
    }
    return read;
  }

  it('tell of a new study those who may see it, and nobody else', async () => {
    const open = async (as: string) => (await http.ask('/api/events', { as })).body?.getReader();
    const mine = await open('main');
    const theirs = await open('branch');
    if (mine === undefined || theirs === undefined) {
      throw new Error('no stream');
    }
    await http.stow([objectFile({ study: '1.5' })]);
    expect(await until(mine, '1.5', 5000)).toContain('event: study\ndata: {"studyInstanceUid":"1.5","change":"new"}\n\n');
    expect(await until(theirs, '1.5', 300)).not.toContain('1.5');
    await mine.cancel();
    await theirs.cancel();
  });

  it('are a stream that no proxy keeps back, for those who may view', async () => {
    const response = await http.ask('/api/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await response.body?.cancel();
    expect((await http.ask('/api/events', { as: 'nobody' })).status).toBe(401);
    expect((await http.ask('/api/events', { as: 'relay' })).status).toBe(403);
  });
});
