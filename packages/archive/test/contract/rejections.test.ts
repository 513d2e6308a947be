import { readdir, rm, stat } from 'node:fs/promises';
import type { AuditEvent } from '@filmless/access';
import { type DataSet, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL, from, openTestArchive, replacing } from '../support/archive.ts';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { note } from '../support/rejection-note.ts';

let http: TestHttp;
beforeEach(async () => {
  http = await openTestHttp();
});
afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

interface Rejection {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly code: string | null;
  readonly instances: number;
  readonly by: string;
  readonly patientName: string;
  readonly removeAfter: string;
  readonly endedBy: string | null;
  readonly noteUid: string | null;
}

const asJson = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function reject(study: string, body: object, as = 'main'): Promise<Rejection> {
  const response = await http.ask(`/api/studies/${study}/reject`, { ...asJson(body), as });
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toMatch(/^\/api\/rejections\/[\w-]{36}$/);
  return (await response.json()) as Rejection;
}

async function listed(as = 'main', query = ''): Promise<readonly Rejection[]> {
  const response = await http.ask(`/api/rejections${query}`, { as });
  expect(response.status).toBe(200);
  return ((await response.json()) as { rejections: readonly Rejection[] }).rejections;
}

/** SOP Instance UIDs that a search finds. */
async function found(study: string, as = 'main'): Promise<string[]> {
  const response = await http.ask(`/studies/${study}/instances`, { as });
  return ((await response.json()) as DataSet[]).map((one) => String(one[TAG.SOPInstanceUID]?.Value?.[0])).toSorted();
}

const end = async (id: string, what: 'restore' | 'remove', as = 'admin'): Promise<Response> =>
  await http.ask(`/api/rejections/${id}/${what}`, { method: 'POST', as });

describe('rejecting', () => {
  it('takes instances out of every answer, and leaves the others with right counts', async () => {
    await http.stow([
      objectFile({ study: '1.1' }),
      objectFile({ study: '1.1', number: 2 }),
      objectFile({ study: '1.1', series: '1.1.5' }),
    ]);
    const rejection = await reject('1.1', { code: '113001', reason: 'bewegt', instances: ['1.1.1.1'] });
    expect(rejection).toMatchObject({ kind: 'rejected', state: 'hidden', code: '113001', instances: 1, by: 'main' });
    expect(rejection.patientName).toContain('Dương');
    expect(await found('1.1')).toEqual(['1.1.1.2', '1.1.5.1']);
    for (const path of ['', '/metadata', '/frames/1', '/rendered']) {
      expect((await http.ask(`/studies/1.1/series/1.1.1/instances/1.1.1.1${path}`)).status, path).toBe(404);
    }
    expect(await partsOf(await http.ask('/studies/1.1'))).toHaveLength(2);
    const [study] = (await (await http.ask('/studies?StudyInstanceUID=1.1')).json()) as DataSet[];
    expect([study?.['00201208']?.Value, study?.['00201206']?.Value]).toEqual([[2], [2]]);
    // What described study and series was the instance that is hidden.
    const [whole] = (await (await http.ask('/studies/1.1/series?SeriesInstanceUID=1.1.1&includefield=all')).json()) as DataSet[];
    expect(whole?.[TAG.Modality]?.Value).toEqual(['CT']);
  });

  it('takes a whole study, a series, and what is named of both', async () => {
    const files = [1, 2].flatMap((number) => ['1.1.1', '1.1.5'].map((series) => objectFile({ study: '1.1', series, number })));
    await http.stow(files);
    await reject('1.1', { code: '113038', series: ['1.1.5'] });
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.1.2']);
    await reject('1.1', { code: '113037' });
    expect((await http.ask('/studies/1.1')).status).toBe(404);
    expect((await listed()).map(({ instances }) => instances)).toEqual([2, 2]);
  });

  it('can be undone, byte for byte', async () => {
    const file = objectFile({ study: '1.1' });
    await http.stow([file]);
    const { id } = await reject('1.1', { code: '113001' });
    const restored = await end(id, 'restore', 'main');
    expect([restored.status, ((await restored.json()) as Rejection).state]).toEqual([200, 'restored']);
    const [part] = await partsOf(await http.ask('/studies/1.1'));
    expect(part?.bytes.equals(file)).toBe(true);
    expect((await end(id, 'restore')).status).toBe(409);
    expect((await end(id, 'remove')).status).toBe(409);
  });

  it('shows what is hidden to who may edit, and to nobody else', async () => {
    const file = objectFile({ study: '1.1' });
    await http.stow([file]);
    const { id } = await reject('1.1', { code: '113001' });
    const path = `/api/rejections/${id}/instances/1.1.1.1`;
    expect(Buffer.from(await (await http.ask(path)).arrayBuffer()).equals(file)).toBe(true);
    expect(http.viewed).toEqual(['main 1.1']);
    const list = (await (await http.ask(`/api/rejections/${id}/instances`)).json()) as { instances: unknown[]; next: unknown };
    expect([list.instances.length, list.next]).toEqual([1, null]);
    for (const [as, status] of [
      ['reader', 403],
      ['branch', 404],
      ['nobody', 401],
    ] as const) {
      expect((await http.ask(path, { as })).status, as).toBe(status);
      expect((await http.ask(`/api/rejections/${id}`, { as })).status, as).toBe(status);
    }
    expect(await listed('branch')).toEqual([]);
    expect((await http.ask(`/api/rejections/${id}/restore`, { method: 'POST', as: 'branch' })).status).toBe(404);
    expect((await http.ask('/api/studies/1.1/reject', { ...asJson({ code: '113001' }), as: 'reader' })).status).toBe(403);
  });

  it('is refused for what is not there, is another facility’s, or has no reason of the standard', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    const ask = async (study: string, body: object, as = 'main') =>
      (await http.ask(`/api/studies/${study}/reject`, { ...asJson(body), as })).status;
    expect(await ask('1.2', { code: '113001' })).toBe(404);
    expect(await ask('1.1', { code: '113001' }, 'branch')).toBe(404);
    expect(await ask('1.1', { code: '113001', instances: ['1.1.1.1', '1.7'] })).toBe(404);
    expect(await ask('1.1', { code: '113000' })).toBe(400);
    // That its time is over is for who may delete.
    expect(await ask('1.1', { code: '113039' })).toBe(403);
    expect(await ask('1.1', { code: '113039' }, 'admin')).toBe(201);
    expect(http.audited.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'study.store success',
      'study.delete refused',
      'study.reject success',
    ]);
  });
});

describe('what was rejected and is sent again', () => {
  it('is acknowledged and stays out of sight; other bytes are another object', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    await reject('1.1', { code: '113001' });
    expect((await http.stow([objectFile({ study: '1.1' })])).status).toBe(200);
    expect(await found('1.1')).toEqual([]);
    expect((await http.stow([objectFile({ study: '1.1', pixel: 9 })])).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.1']);
  });

  it('is there again after a deletion; restoring the first then makes no second', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    expect((await http.ask('/studies/1.1', { method: 'DELETE', as: 'admin' })).status).toBe(204);
    await http.stow([objectFile({ study: '1.1' })]);
    expect(await found('1.1')).toEqual(['1.1.1.1']);
    const [deleted] = await listed('admin');
    expect((await end(deleted?.id ?? '', 'restore')).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.1']);
  });

  it('is a conflict for a person when another object has its place at restoring', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    const { id } = await reject('1.1', { code: '113038' });
    await http.stow([objectFile({ study: '1.1', pixel: 9 })]);
    expect((await end(id, 'restore')).status).toBe(200);
    const { conflicts } = (await (await http.ask('/api/conflicts')).json()) as { conflicts: { sopInstanceUid: string }[] };
    expect(conflicts.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.1.1.1']);
  });
});

describe('deleting', () => {
  it.each([
    ['/studies/1.1', []],
    ['/studies/1.1/series/1.1.5', ['1.1.1.1', '1.1.1.2']],
    ['/studies/1.1/series/1.1.1/instances/1.1.1.2', ['1.1.1.1', '1.1.5.1']],
  ] as const)('%s leaves %j', async (path, left) => {
    await http.stow([
      objectFile({ study: '1.1' }),
      objectFile({ study: '1.1', number: 2 }),
      objectFile({ study: '1.1', series: '1.1.5' }),
    ]);
    expect((await http.ask(path, { method: 'DELETE' })).status).toBe(403);
    expect((await http.ask(path, { method: 'DELETE', as: 'reader' })).status).toBe(403);
    const response = await http.ask(`${path}?reason=wrong%20patient`, { method: 'DELETE', as: 'admin' });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(await found('1.1')).toEqual(left);
    expect((await http.ask(path, { method: 'DELETE', as: 'admin' })).status).toBe(404);
    expect(await listed()).toMatchObject([{ kind: 'deleted', reason: 'wrong patient', by: 'admin' }]);
    expect(http.audited.at(-1)).toMatchObject({ action: 'study.delete', outcome: 'success', studyInstanceUid: '1.1' });
  });

  it('is restored and removed by who may delete alone', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    await http.ask('/studies/1.1', { method: 'DELETE', as: 'admin' });
    const [{ id } = { id: '' }] = await listed();
    expect((await end(id, 'restore', 'main')).status).toBe(403);
    expect((await end(id, 'remove', 'main')).status).toBe(403);
    expect((await end(id, 'remove', 'admin')).status).toBe(200);
    expect(await listed()).toMatchObject([{ state: 'removed', endedBy: 'admin', instances: 1 }]);
    expect((await http.ask(`/api/rejections/${id}/instances/1.1.1.1`, { as: 'admin' })).status).toBe(404);
    expect((await objectsIn(http.folder)).length).toBe(0);
  });
});

/** Files that hold an object: what is made ahead is empty. */
async function objectsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(`${folder}/objects`, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'));
  const sizes = await Promise.all(files.map(async (entry) => (await stat(`${entry.parentPath}/${entry.name}`)).size));
  return files.filter((_, index) => (sizes[index] ?? 0) > 1_000).map(({ name }) => name);
}

describe('a rejection note', () => {
  it('hides what it names, and itself, before its sender hears of it', async () => {
    await http.stow([objectFile({ study: '1.1' }), objectFile({ study: '1.1', number: 2 })]);
    expect((await http.stow([note('1.1', ['1.1.1.2'])])).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.1']);
    const [rejection] = await listed();
    expect(rejection).toMatchObject({ code: '113001', noteUid: '1.1.9.1', instances: 2, by: 'main' });
    const carriedOut = { action: 'study.reject', outcome: 'success', facility: 'main', studyInstanceUid: '1.1' };
    const line = { ...carriedOut, detail: `2 instances, 113001: ${rejection?.id} by note 1.1.9.1`, address: '10.0.0.5' };
    expect(http.audited.slice(-2)).toMatchObject([{ ...line, subject: { kind: 'user', id: 'main' } }, { action: 'study.store' }]);
    await end(rejection?.id ?? '', 'restore');
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.1.2', '1.1.9.1']);
    // The same note once more: what was restored stays.
    await http.stow([note('1.1', ['1.1.1.2'])]);
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.1.2', '1.1.9.1']);
  });

  it('has no effect on another facility’s study, without the right, or with another title', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    await http.stow([note('1.1', ['1.1.1.1'])], { as: 'branch' });
    await http.stow([note('1.1', ['1.1.1.1'], '113001', '1.1.9.2')], { as: 'nowhere' });
    await http.stow([note('1.1', ['1.1.1.1'], '113000', '1.1.9.3')]);
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.9.3']);
    expect(await listed('admin')).toEqual([]);
  });

  it('that says that the time of images is over needs the right to delete', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    expect((await http.stow([note('1.1', ['1.1.1.1'], '113039')])).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.9.1']);
    expect(http.audited.filter(({ outcome }) => outcome === 'refused')).toMatchObject([
      { action: 'study.delete', subject: { id: 'main' }, studyInstanceUid: '1.1', detail: 'note 1.1.9.1: 113039' },
    ]);
    await http.stow([note('1.1', ['1.1.1.1'], '113039', '1.1.9.2')], { as: 'admin' });
    expect(await found('1.1')).toEqual(['1.1.9.1']);
  });

  it('over another facility’s study is refused in the audit trail', async () => {
    await http.stow([objectFile({ study: '1.1' })]);
    await http.stow([objectFile({ study: '1.2' }), note('1.2', ['1.2.1.1'], '113001', '1.2.9.1', { '1.1': ['1.1.1.1'] })], {
      as: 'branch',
    });
    expect(await found('1.1')).toEqual(['1.1.1.1']);
    expect(await found('1.2', 'branch')).toEqual([]);
    const [refused] = http.audited.filter(({ outcome }) => outcome === 'refused');
    expect(refused).toMatchObject({ action: 'study.reject', subject: { id: 'branch' }, facility: 'branch' });
    expect(refused?.detail).toBe('note 1.2.9.1: 1 studies that are not of branch, or too long');
  });
});

describe('a rejection note of a machine', () => {
  it('is carried out when the machine is listed, and counts are right before, between and after', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile({ study: '1.1' }));
    await archive.store(objectFile({ study: '1.1', number: 2 }));
    const before = await archive.core.statistics();
    await archive.store(note('1.1', ['1.1.1.1'], '113001', '1.1.9.1'), from('main', { verified: false }));
    expect((await archive.core.rejections.list({ limit: 10 }, ALL)).rejections).toEqual([]);
    await archive.store(note('1.1', ['1.1.1.1', '1.1.9.1'], '113037', '1.1.9.2'));
    const [rejection] = (await archive.core.rejections.list({ limit: 10 }, ALL)).rejections;
    expect(rejection).toMatchObject({ by: 'CT01', code: '113037', instances: 3, state: 'hidden' });
    expect((await archive.core.statistics()).instances).toBe(before.instances - 1);
    await archive.core.rejections.restore(rejection?.id ?? '', 'admin', ALL);
    expect((await archive.core.statistics()).instances).toBe(before.instances + 2);
  });

  it('stands in the audit trail under its AE title, and may not say that the time of images is over', async () => {
    const audit: AuditEvent[] = [];
    await using archive = await openTestArchive({
      wrap: (ports) => ({ ...ports, audit: async (event) => void audit.push(event) }),
    });
    await archive.store(objectFile({ study: '1.1' }));
    await archive.store(note('1.1', ['1.1.1.1'], '113039', '1.1.9.1'));
    expect((await archive.core.statistics()).instances).toBe(2);
    await archive.store(note('1.1', ['1.1.1.1'], '113001', '1.1.9.2'));
    const by = { subject: { kind: 'ae', id: 'CT01', name: 'CT01' }, address: '10.0.0.11', studyInstanceUid: '1.1' };
    expect(audit).toMatchObject([
      { ...by, action: 'study.delete', outcome: 'refused' },
      { ...by, action: 'study.reject', outcome: 'success', facility: 'main' },
    ]);
  });

  it('that could not be carried out at once stands there when it is', async () => {
    const audit: AuditEvent[] = [];
    let isAway = true;
    await using archive = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        audit: async (event) => void audit.push(event),
        index: replacing(ports.index, {
          takeOut: async (...asked) => {
            if (isAway) {
              throw new Error('the database is away');
            }
            await ports.index.takeOut(...asked);
          },
        }),
      }),
    });
    await archive.store(objectFile({ study: '1.1' }));
    expect((await archive.store(note('1.1', ['1.1.1.1']))).status).toBe('refused');
    expect(audit).toEqual([]);
    isAway = false;
    await archive.core.rejections.look();
    expect(audit).toMatchObject([{ action: 'study.reject', subject: { id: 'archive' } }]);
    expect(audit[0]?.detail).toMatch(/asked for by CT01$/);
  });
});

describe('a rejection note of several studies', () => {
  it('that fails in one of them is carried out there when it is sent again', async () => {
    let isAway = true;
    await using archive = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        records: replacing(ports.records, {
          rejections: replacing(ports.records.rejections, {
            add: async (rejection, instances) => {
              if (isAway && rejection.studyInstanceUid === '1.2') {
                throw new Error('the database is away');
              }
              return await ports.records.rejections.add(rejection, instances);
            },
          }),
        }),
      }),
    });
    await archive.store(objectFile({ study: '1.1' }));
    await archive.store(objectFile({ study: '1.2' }));
    const bytes = note('1.1', ['1.1.1.1'], '113001', '1.1.9.1', { '1.2': ['1.2.1.1'] });
    expect((await archive.store(bytes)).status).toBe('refused');
    isAway = false;
    expect((await archive.store(bytes)).status).toBe('identical');
    const { rejections } = await archive.core.rejections.list({ limit: 10 }, ALL);
    expect(rejections.map(({ studyInstanceUid }) => studyInstanceUid).toSorted()).toEqual(['1.1', '1.2']);
    expect((await archive.core.statistics()).instances).toBe(0);
  });
});

describe('what is hidden', () => {
  it('stays hidden after a start, and after the index is made again', async () => {
    await http.stow([objectFile({ study: '1.1' }), objectFile({ study: '1.1', number: 2 })]);
    await reject('1.1', { code: '113001', instances: ['1.1.1.1'] });
    await http.reopen();
    expect(await found('1.1')).toEqual(['1.1.1.2']);
    await rm(`${http.folder}/index/index.db`);
    await http.reopen();
    expect(await found('1.1')).toEqual(['1.1.1.2']);
    const [{ id } = { id: '' }] = await listed();
    expect((await end(id, 'restore')).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.1', '1.1.1.2']);
  });

  it('is removed for good when its time is over, and stays in the journal', async () => {
    await http[Symbol.asyncDispose]();
    http = await openTestHttp({ rejectedKeptMs: 0, rejectionLookMs: 20 });
    await http.stow([objectFile({ study: '1.1' })]);
    await reject('1.1', { code: '113001' });
    await expect.poll(async () => (await listed()).map(({ state, endedBy }) => [state, endedBy])).toEqual([['removed', null]]);
    const [removed] = http.audited.filter(({ action }) => action === 'study.remove');
    expect(removed).toMatchObject({ outcome: 'success', subject: { kind: 'service', id: 'archive' }, facility: 'main' });
    expect(removed?.detail).toMatch(/^1 instances, 113001: [\w-]{36}, its time was over$/);
    expect(await objectsIn(http.folder)).toEqual([]);
    await http.stow([objectFile({ study: '1.1' })]);
    expect(await found('1.1')).toEqual(['1.1.1.1']);
  });
});
