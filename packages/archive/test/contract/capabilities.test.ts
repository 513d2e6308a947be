import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

interface Described {
  readonly '@path'?: string;
  readonly '@base'?: string;
  readonly resource?: readonly Described[];
  readonly method?: readonly { readonly '@name': string; readonly '@id': string }[];
}

async function described(path: string): Promise<Described> {
  const response = await http.ask(path, { method: 'OPTIONS', accept: 'application/json' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  const { application } = (await response.json()) as { application: { resources: readonly Described[] } };
  expect(application.resources).toHaveLength(1);
  return application.resources[0] ?? {};
}

/** Method and whole path of all that is described. */
function flat(resource: Described, above = ''): readonly string[] {
  const path = `${above}/${resource['@path'] ?? ''}`.replace(/^\/+/, '');
  return [
    ...(resource.method ?? []).map((method) => `${method['@name']} ${path}`),
    ...(resource.resource ?? []).flatMap((child) => flat(child, path)),
  ];
}

describe('the description of what is served', () => {
  it('has the services of table H-1 with their resources and methods', async () => {
    const all = flat(await described('/dicom-web'));
    expect(all).toEqual(
      expect.arrayContaining([
        'GET studies',
        'POST studies',
        'GET studies/{StudyInstanceUID}',
        'POST studies/{StudyInstanceUID}',
        'GET studies/{StudyInstanceUID}/metadata',
        'GET studies/{StudyInstanceUID}/rendered',
        'GET studies/{StudyInstanceUID}/thumbnail',
        'GET studies/{StudyInstanceUID}/series',
        'GET studies/{StudyInstanceUID}/series/{SeriesInstanceUID}/instances/{SOPInstanceUID}/frames/{FrameList}',
        'GET studies/{StudyInstanceUID}/series/{SeriesInstanceUID}/instances/{SOPInstanceUID}/bulkdata/{BulkdataPath}',
        'GET series',
        'GET instances',
      ]),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('names nothing that is not served', async () => {
    for (const line of flat(await described('/dicom-web'))) {
      const [method = '', path = ''] = line.split(' ');
      const asked = await http.ask(`/dicom-web/${path.replace('{FrameList}', '1').replace(/\{\w+\}/g, '1.2.3')}`, { method });
      const isProblem = asked.headers.get('content-type')?.startsWith('application/problem+json') === true;
      const detail = isProblem ? ((await asked.json()) as { detail?: string }).detail : '';
      expect([asked.status, detail], line).not.toEqual([404, 'There is nothing at this address.']);
    }
  });

  it('is given of one resource, with all below it, and with what may be done to it', async () => {
    const response = await http.ask('/dicom-web/studies/1.2.3/series', { method: 'OPTIONS' });
    expect(response.headers.get('allow')).toBe('OPTIONS, GET, HEAD');
    const found = await described('/dicom-web/studies/1.2.3/series');
    expect(found['@base']).toBe('http://pacs.test/dicom-web/');
    const paths = flat(found);
    expect(paths).toContain('GET studies/{StudyInstanceUID}/series');
    expect(paths.every((line) => line.includes('studies/{StudyInstanceUID}/series'))).toBe(true);
    expect((await http.ask('/dicom-web/nothing', { method: 'OPTIONS' })).status).toBe(404);
    expect((await http.ask('/dicom-web/studies/1/2', { method: 'OPTIONS' })).status).toBe(404);
  });

  it('is XML unless JSON is wanted, also by GET at the root', async () => {
    for (const [method, path] of [
      ['GET', '/dicom-web'],
      ['GET', '/dicom-web/'],
      ['OPTIONS', '/dicom-web/'],
    ] as const) {
      const response = await http.ask(path, { method });
      const text = await response.text();
      expect(response.headers.get('content-type'), path).toBe('application/vnd.sun.wadl+xml');
      expect(text).toContain(
        '<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="http://pacs.test/dicom-web/">',
      );
      expect(text).toContain('<param name="fuzzymatching" style="query"/>');
      expect(text).toContain('<option value="multipart/related; type=&quot;application/dicom+xml&quot;"/>');
    }
    expect((await http.ask('/dicom-web', { accept: 'image/png' })).status).toBe(406);
  });

  it('gives each method an id of its own, which is a name', async () => {
    const ids = [...(await (await http.ask('/dicom-web')).text()).matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
    expect(ids.length).toBeGreaterThan(15);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[A-Za-z][\w.-]*$/.test(id))).toBe(true);
  });

  it('is not sent again to who has it, and not at all to who may not look', async () => {
    const tag = (await http.ask('/dicom-web')).headers.get('etag') ?? '';
    expect((await http.ask('/dicom-web', { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect((await http.ask('/dicom-web', { as: 'nobody' })).status).toBe(401);
    expect((await http.ask('/dicom-web/studies', { method: 'OPTIONS', as: 'nobody' })).status).toBe(401);
  });
});
