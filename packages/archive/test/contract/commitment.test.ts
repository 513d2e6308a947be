import { type DataSet, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nativeXml } from '../../src/http/native-xml.ts';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, objectFile } from '../support/objects.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
  await http.stow([objectFile({ study: '1.1' }), objectFile({ study: '1.1', number: 2 })]);
  await http.stow([objectFile({ study: '1.3' })], { as: 'branch' });
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

const reference = (uid: string, sopClass = CT): DataSet => ({
  '00081150': attribute('UI', sopClass),
  '00081155': attribute('UI', uid),
});
const plain = (...references: readonly DataSet[]): DataSet => ({ '00081199': attribute('SQ', ...references) });
const below = (study: string, series: string, uid: string): DataSet => ({
  '00081110': attribute('SQ', {
    '00081115': attribute('SQ', {
      '00081112': attribute('SQ', {
        '0008114A': attribute('SQ', { '00081155': attribute('UI', uid) }),
        '00081150': attribute('UI', CT),
      }),
      [TAG.SeriesInstanceUID]: attribute('UI', series),
    }),
    [TAG.StudyInstanceUID]: attribute('UI', study),
  }),
});

const ask = (body: string, type = 'application/dicom+json', as = 'main', transaction = '2.25.7') =>
  http.ask(`/dicom-web/commitment-requests/${transaction}`, { method: 'POST', as, headers: { 'content-type': type }, body });
const items = (dataSet: DataSet, tag: string): readonly DataSet[] => (dataSet[tag]?.Value ?? []) as readonly DataSet[];

describe('a request to commit to storage', () => {
  it.each(['application/dicom+json', 'application/dicom+xml'])('is answered at once, for each instance (%s)', async (type) => {
    const request = plain(reference('1.1.1.1'), reference('1.1.1.9'), reference('1.1.1.2', '1.2.3'), reference('1.3.1.1'));
    const response = await ask(type.endsWith('xml') ? nativeXml(request) : JSON.stringify([request]), type);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom+json']);
    const answer = (await response.json()) as DataSet;
    expect(items(answer, '00081199').map((item) => item['00081155']?.Value)).toEqual([['1.1.1.1']]);
    expect(items(answer, '00081198').map((item) => [item['00081155']?.Value?.[0], item['00081197']?.Value?.[0]])).toEqual([
      ['1.1.1.9', 0x0112],
      ['1.1.1.2', 0x0119],
      // Another facility's is not there.
      ['1.3.1.1', 0x0112],
    ]);
    expect(http.audited.at(-1)).toMatchObject({ action: 'study.commit', detail: '1 of 4 instances: 2.25.7' });
  });

  it('that names studies is answered by study', async () => {
    const good = (await (await ask(JSON.stringify(below('1.1', '1.1.1', '1.1.1.1')))).json()) as DataSet;
    expect(good).toEqual(below('1.1', '1.1.1', '1.1.1.1'));
    const bad = (await (await ask(JSON.stringify(below('1.1', '1.1.7', '1.1.1.1')))).json()) as DataSet;
    expect(bad['00081110']).toBeUndefined();
    expect(JSON.stringify(bad['0008119B'])).toContain('"00081197":{"vr":"US","Value":[274]}');
  });

  it('is not committed to what was rejected since', async () => {
    await http.stow([objectFile({ study: '1.5' })]);
    const failures = async () =>
      items((await (await ask(JSON.stringify([plain(reference('1.5.1.1'))]))).json()) as DataSet, '00081198');
    expect(await failures()).toEqual([]);
    await http.ask('/studies/1.5', { method: 'DELETE', as: 'admin' });
    expect(await failures()).toHaveLength(1);
  });

  it('may be longer than a page', async () => {
    const many = Array.from({ length: 450 }, (_, index) => reference(`1.1.1.${index + 1}`));
    const answer = (await (await ask(JSON.stringify([plain(...many)]))).json()) as DataSet;
    expect([items(answer, '00081199').length, items(answer, '00081198').length]).toEqual([2, 448]);
  });

  it.each([
    ['[{}]', 'application/dicom+json', '2.25.7', 400],
    ['[{},{}]', 'application/dicom+json', '2.25.7', 400],
    ['[{"00081199":{"vr":"SQ","Value":[{}]}}]', 'application/dicom+json', '2.25.7', 400],
    ['{', 'application/dicom+json', '2.25.7', 400],
    ['x', 'text/plain', '2.25.7', 400],
    [JSON.stringify([plain(reference('1.1.1.1'))]), 'application/dicom+json', 'first', 400],
    [`[${' '.repeat(9 * 1024 * 1024)}]`, 'application/dicom+json', '2.25.7', 413],
  ])('is refused in words (%#)', async (body, type, transaction, status) => {
    const response = await ask(body, type, 'main', transaction);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('needs the right to send, and nothing is left to be asked for later', async () => {
    expect((await ask('[{}]', 'application/dicom+json', 'reader')).status).toBe(403);
    expect((await ask('[{}]', 'application/dicom+json', 'nobody')).status).toBe(401);
    expect((await http.ask('/dicom-web/commitment-requests/2.25.7')).status).toBe(404);
  });
});
