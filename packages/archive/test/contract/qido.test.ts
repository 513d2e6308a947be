import { type DataSet, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, objectFile } from '../support/objects.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
  const named = (Alphabetic: string) => ({ [TAG.PatientName]: attribute('PN', { Alphabetic }) });
  await http.stow([
    objectFile({ study: '1.1', more: { ...named('Đỗ^Thị Dương'), [TAG.StudyDate]: attribute('DA', '20260101') } }),
    objectFile({ study: '1.1', number: 2, more: { ...named('Đỗ^Thị Dương'), [TAG.StudyDate]: attribute('DA', '20260101') } }),
    objectFile({
      study: '1.1',
      series: '1.1.9',
      more: { ...named('Đỗ^Thị Dương'), [TAG.StudyDate]: attribute('DA', '20260101') },
    }),
    objectFile({ study: '1.2', more: { ...named('Nguyễn^Văn An'), [TAG.StudyDate]: attribute('DA', '20260215') } }),
  ]);
  await http.stow([objectFile({ study: '1.3', more: named('Đặng^Văn Bình') })], { as: 'branch' });
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function search(path: string, as = 'main'): Promise<readonly DataSet[]> {
  const response = await http.ask(path, { as });
  expect(response.status, path).toBe(200);
  return (await response.json()) as DataSet[];
}

const uids = (found: readonly DataSet[], tag: string): string[] => found.map((one) => String(one[tag]?.Value?.[0])).toSorted();
const studies = async (query: string, as?: string): Promise<string[]> =>
  uids(await search(`/studies?${query}`, as), TAG.StudyInstanceUID);

describe('searching', () => {
  it('finds studies, series and instances, each with the address to retrieve it from', async () => {
    const expected = [
      ['/studies?StudyInstanceUID=1.1', ['/studies/1.1']],
      ['/studies/1.1/series', ['/studies/1.1/series/1.1.1', '/studies/1.1/series/1.1.9']],
      ['/series?SeriesInstanceUID=1.1.9', ['/studies/1.1/series/1.1.9']],
      ['/studies/1.1/series/1.1.9/instances', ['/studies/1.1/series/1.1.9/instances/1.1.9.1']],
      ['/studies/1.1/instances?InstanceNumber=2', ['/studies/1.1/series/1.1.1/instances/1.1.1.2']],
      ['/instances?SOPInstanceUID=1.1.9.1', ['/studies/1.1/series/1.1.9/instances/1.1.9.1']],
    ] as const;
    for (const [path, urls] of expected) {
      expect(uids(await search(path), TAG.RetrieveURL), path).toEqual(urls.map((url) => `http://pacs.test/dicom-web${url}`));
    }
  });

  it.each([
    ['', ['1.1', '1.2']],
    ['PatientName=do%20thi%20duong', ['1.1']],
    ['PatientName=NGUYEN*', ['1.2']],
    ['PatientName=Nguy%3Fn*', ['1.2']],
    ['fuzzymatching=true&PatientName=duong%20do', ['1.1']],
    ['StudyDate=20260101-20260131', ['1.1']],
    ['StudyDate=-20260131', ['1.1']],
    ['00080020=20260201-', ['1.2']],
    ['StudyInstanceUID=1.1,1.2', ['1.1', '1.2']],
    ['StudyInstanceUID=1.1%5C1.2', ['1.1', '1.2']],
    ['ModalitiesInStudy=CT', ['1.1', '1.2']],
    ['ModalitiesInStudy=MR', []],
    ['PatientID=P1&StudyDate=20260215', ['1.2']],
    ['PatientName=', ['1.1', '1.2']],
    ['AccessionNumber=nothing', []],
    ['StudyDate=20260101-20260215&StudyTime=00-01', []],
    ['StudyDate=20260101-20260215&StudyTime=00-01&combineddatetime=true', ['1.1']],
  ])('for studies with %j finds %j', async (query, expected) => {
    expect(await studies(query)).toEqual(expected);
  });

  it('returns what is asked for beside what the level has', async () => {
    const [plain] = await search('/studies/1.1/series/1.1.9/instances');
    const [more] = await search('/studies/1.1/series/1.1.9/instances?includefield=PatientName,PhotometricInterpretation');
    expect(plain?.[TAG.PhotometricInterpretation]).toBeUndefined();
    expect(more?.[TAG.PhotometricInterpretation]?.Value).toEqual(['MONOCHROME2']);
    expect(more?.[TAG.PatientName]).toBeDefined();
  });

  it('says when there is more than was returned', async () => {
    const first = await http.ask('/studies?limit=1');
    expect(await first.json()).toHaveLength(1);
    expect(first.headers.get('warning')).toMatch(/^299 /);
    const last = await http.ask('/studies?limit=1&offset=1');
    expect(await last.json()).toHaveLength(1);
    expect(last.headers.get('warning')).toBeNull();
    expect(await studies('limit=0')).toEqual([]);
    expect(await studies('offset=9')).toEqual([]);
  });

  it('answers with an empty list when nothing matches', async () => {
    const response = await http.ask('/studies?PatientID=nobody');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/dicom+json',
      '[]',
    ]);
  });

  it.each(['Nonsense=1', 'limit=x', 'StudyDate=yesterday', 'PixelData=1'])('refuses %s in words', async (query) => {
    const response = await http.ask(`/studies?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const { detail } = (await response.json()) as { detail: string };
    expect(detail.length).toBeGreaterThan(10);
  });

  it('is answered as XML, a part for each result, when that is asked for', async () => {
    const parts = await partsOf(await http.ask('/studies', { accept: 'multipart/related; type="application/dicom+xml"' }));
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual(['application/dicom+xml', 'application/dicom+xml']);
    expect(parts.map(({ bytes }) => bytes.toString()).join('')).toContain('<GivenName>Thị Dương</GivenName>');
  });

  it('is answered as JSON, and otherwise not', async () => {
    const plain = await http.ask('/studies', { accept: 'application/json' });
    expect(plain.headers.get('content-type')).toBe('application/json');
    const inQuery = await http.ask('/studies?accept=application/dicom%2Bjson', { accept: 'text/html' });
    expect(inQuery.headers.get('content-type')).toBe('application/dicom+json');
    expect((await http.ask('/studies', { accept: 'text/html' })).status).toBe(406);
  });
});

describe('the total of a search', () => {
  it.each([
    ['/studies', '2'],
    ['/studies?limit=1', '2'],
    ['/studies?limit=1&offset=1', '2'],
    ['/studies?limit=5&offset=9', '2'],
    ['/studies?PatientName=do*&limit=1', '1'],
    ['/studies?ModalitiesInStudy=CT&limit=1', '2'],
    ['/studies?PatientID=nobody', '0'],
    ['/studies/1.1/instances?limit=1', '3'],
    ['/studies/1.1/instances?Rows=4&limit=1', '3'],
    ['/series?StudyDate=20260101-&limit=1', '3'],
    ['/instances?limit=2', '4'],
    ['/patients?limit=1', '1'],
    // Where it would have to be looked for among many others, and where headers decide, it is only told at the end.
    ['/instances?Rows=4&limit=1', null],
    ['/instances?SamplesPerPixel=1&limit=1', null],
    ['/instances?SamplesPerPixel=1', '4'],
  ])('of %s is told as %j', async (path, total) => {
    expect((await http.ask(path)).headers.get('x-total-count')).toBe(total);
  });

  it.each([
    ['count=none', null],
    ['respond-async, COUNT=none', null],
    ['count=noneof', '2'],
  ])('to who prefers %s is told as %j', async (prefer, total) => {
    const answer = await http.ask('/studies?limit=1', { headers: { prefer } });
    expect([answer.headers.get('x-total-count'), answer.headers.has('link')]).toEqual([total, true]);
  });

  it('is of what the caller reaches', async () => {
    expect((await http.ask('/studies?limit=1', { as: 'branch' })).headers.get('x-total-count')).toBe('1');
    expect((await http.ask('/studies?limit=1', { as: 'admin' })).headers.get('x-total-count')).toBe('3');
  });

  it('is the same on each page, and not told beyond what is counted', async () => {
    const first = await http.ask('/studies?limit=1');
    const next = /^<http:\/\/pacs\.test\/dicom-web(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await http.ask(next)).headers.get('x-total-count')).toBe('2');
    await using small = await openTestHttp({ exactTotal: 1 });
    await small.stow([objectFile({ study: '1.1' }), objectFile({ study: '1.2' })]);
    const beyond = await small.ask('/studies?limit=1');
    expect([beyond.headers.get('x-total-count'), beyond.headers.has('warning')]).toEqual([null, true]);
  });
});

describe('a list that the client has already', () => {
  it.each([undefined, 'multipart/related; type="application/dicom+xml"'])('is not sent again (%s)', async (accept) => {
    const asked = accept === undefined ? {} : { accept };
    const first = await http.ask('/studies/1.1/instances?limit=2', asked);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{20,}"$/);
    const again = await http.ask('/studies/1.1/instances?limit=2', { ...asked, headers: { 'if-none-match': `"old", ${tag}` } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    expect((await http.ask('/studies/1.1/instances?limit=3', { ...asked, headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  it('is another one once something came', async () => {
    await using other = await openTestHttp();
    await other.stow([objectFile({ study: '1.1' })]);
    const tag = (await other.ask('/studies')).headers.get('etag') ?? '';
    const ask = async () => (await other.ask('/studies', { headers: { 'if-none-match': tag } })).status;
    expect(await ask()).toBe(304);
    await other.stow([objectFile({ study: '1.1', number: 2 })]);
    expect(await ask()).toBe(200);
  });
});

describe('empty and multiple values', () => {
  it('match unless the client turns that off', async () => {
    expect(await studies('PatientID=P1%5CP2')).toEqual(['1.1', '1.2']);
    expect(await studies('PatientID=P1%5CP2&multiplevaluematching=true')).toEqual(['1.1', '1.2']);
    expect(await studies('PatientID=P1%5CP2&multiplevaluematching=false')).toEqual([]);
    expect(await studies('StudyDescription=%22%22')).toEqual(await studies('StudyDescription=%22%22&emptyvaluematching=true'));
    expect(await studies('StudyDescription=%22%22&emptyvaluematching=false')).toEqual([]);
    expect(await studies('StudyInstanceUID=1.1,1.2&multiplevaluematching=false')).toEqual(['1.1', '1.2']);
    expect((await http.ask('/studies?emptyvaluematching=perhaps')).status).toBe(400);
  });
});

describe('reading all results', () => {
  it.each(['/studies?', '/series?', '/instances?PatientName=%C4%90*&', '/studies/1.1/instances?', '/patients?'])(
    'follows the links of %s to the end',
    async (path) => {
      const whole = await search(path);
      const read: DataSet[] = [];
      let next: string | undefined = `${path}limit=1`;
      while (next !== undefined) {
        const response: Response = await http.ask(next);
        read.push(...((await response.json()) as DataSet[]));
        const link = /^<http:\/\/pacs\.test\/dicom-web(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
        expect(link !== undefined).toBe(response.headers.has('warning'));
        next = link;
      }
      expect(read).toEqual(whole);
    },
  );

  it('keeps what was asked in the link, and refuses an offset beside it', async () => {
    const response = await http.ask('/studies?PatientName=*n*&limit=1&offset=1&as=');
    expect(response.status).toBe(400);
    const link = (await http.ask('/studies?PatientName=*n*&limit=1')).headers.get('link') ?? '';
    expect(link).toMatch(/^<http:\/\/pacs\.test\/dicom-web\/studies\?PatientName=\*n\*&limit=1&after=[\w-]+>; rel="next"$/);
    const both = await http.ask(`${/dicom-web(.*)>/.exec(link)?.[1]}&offset=1`);
    expect(both.status).toBe(400);
    expect(await both.json()).toMatchObject({ detail: expect.stringContaining('offset') });
  });
});

describe('searching for patients', () => {
  it('gives each once, with what a Patient Root asks for, below both roots', async () => {
    const found = await search('/patients?PatientID=P1');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      [TAG.PatientID]: { Value: ['P1'] },
      [TAG.NumberOfPatientRelatedStudies]: { Value: [2] },
      [TAG.NumberOfPatientRelatedInstances]: { Value: [4] },
    });
    expect(found[0]?.[TAG.RetrieveURL]).toBeUndefined();
    const beside = await http.ask('/api/patients?PatientID=P1');
    expect(await beside.json()).toEqual(found);
  });

  it('counts what the asker may see', async () => {
    expect(await search('/patients', 'branch')).toMatchObject([{ [TAG.NumberOfPatientRelatedStudies]: { Value: [1] } }]);
  });
});

describe('searching from another facility', () => {
  it('finds and counts only its own', async () => {
    for (const path of [
      '/studies',
      '/series',
      '/instances',
      '/studies?limit=1',
      '/studies?PatientName=d*',
      '/studies?StudyInstanceUID=1.1,1.3',
    ]) {
      const found = await http.ask(path, { as: 'branch' });
      expect(uids((await found.json()) as DataSet[], TAG.StudyInstanceUID), path).toEqual(['1.3']);
      expect(found.headers.get('warning'), path).toBeNull();
    }
    expect(await search('/studies/1.1/series', 'branch')).toEqual([]);
    expect(await search('/studies/1.1/series/1.1.1/instances', 'branch')).toEqual([]);
    expect(await studies('', 'admin')).toEqual(['1.1', '1.2', '1.3']);
  });

  it('is refused without credentials and without the right', async () => {
    for (const path of [
      '/studies',
      '/series',
      '/instances',
      '/studies/1.1/series',
      '/studies/1.1/instances',
      '/studies/1.1/series/1.1.1/instances',
    ]) {
      expect((await http.ask(path, { as: 'nobody' })).status).toBe(401);
      expect((await http.ask(path, { as: 'relay' })).status).toBe(403);
    }
  });
});
