import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { lengthMark, uuid } from '../support/marks.ts';
import { objectFile } from '../support/objects.ts';

const PATH = '/api/studies/1.2.3/marks';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
  expect((await http.stow([objectFile()])).status).toBe(200);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

const put = (marks: unknown, as = 'main') =>
  http.ask(PATH, { method: 'PUT', as, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ marks }) });

describe('marks over HTTP', () => {
  it('are put, audited, and read by another', async () => {
    const response = await put([lengthMark(1)]);
    expect(response.status).toBe(200);
    expect(http.audited.at(-1)).toMatchObject({
      action: 'study.mark',
      facility: 'main',
      studyInstanceUid: '1.2.3',
      detail: 'marks: 1',
    });
    const audited = http.audited.length;
    expect((await put([lengthMark(1)])).status).toBe(200);
    expect(http.audited.length).toBe(audited);
    const read = await http.ask(`${PATH}?since=0`, { as: 'reader' });
    expect(read.headers.get('cache-control')).toBe('no-store');
    expect(await read.json()).toMatchObject({
      marks: [{ id: uuid(1), author: { id: 'main' } }],
      next: 1,
      more: false,
      mayWrite: false,
    });
    expect(http.viewed).toContain('reader 1.2.3');
  });

  it.each([
    ['404 to another facility', 'branch', 404],
    ['403 to who only looks', 'reader', 403],
  ])('answer %s', async (_what, as, status) => {
    expect((await put([lengthMark(2)], as)).status).toBe(status);
  });

  it.each([
    ['no list', lengthMark(3)],
    ['an id that is no UUID', [{ ...lengthMark(3), id: '1' }]],
    ['another schema', [{ ...lengthMark(3), schema: 2 }]],
    ['three numbers on an image', [{ ...lengthMark(3), points: [[1, 2, 3]] }]],
    ['a number that is none', [{ ...lengthMark(3), points: [[1, null]] }]],
    ['revision 0', [lengthMark(3, { revision: 0 })]],
    ['an author of its own choice', [{ ...lengthMark(3), author: { id: 'minh', name: 'Minh' } }]],
    ['a tool that is no name', [lengthMark(3, { tool: '<b>' })]],
    ['more than at once', Array.from({ length: 51 }, (_, number) => lengthMark(number))],
  ])('refuse %s', async (_what, marks) => {
    expect((await put(marks)).status).toBe(400);
  });

  it('take a mark in the patient', async () => {
    const place = { kind: 'patient', seriesInstanceUid: '1.2.3.1', frameOfReferenceUid: '1.9' } as const;
    const points = [[-12.5, 3, 140]];
    expect((await put([lengthMark(4, { place, points, tool: 'probe' })])).status).toBe(200);
  });
});
