import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type DataSet, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, objectFile } from '../support/objects.ts';

const LIMITS = { seriesQuietMs: 1, seriesLookMs: 10, seriesRestMs: 1, seriesTextInstances: 3 };
const SERIES = '/studies/1.2.3/series/1.2.3.1/metadata';
const STUDY = '/studies/1.2.3/metadata';
/** A value that looks like what stands before bulk data, and must not be touched. */
const TRAP = { '00104000': attribute('LT', '"BulkDataURI":"bulkdata/x" http://pacs.test/dicom-web/studies/1.2.3') };

let http: TestHttp;

beforeEach(async () => {
  http = await openTestHttp(LIMITS);
});
afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

async function ask(path: string, encoding?: string, more: Readonly<Record<string, string>> = {}) {
  const headers = { ...(encoding === undefined ? {} : { 'accept-encoding': encoding }), ...more };
  const response = await http.ask(path, { accept: 'application/dicom+json', headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  const coding = response.headers.get('content-encoding');
  const text = coding === 'gzip' ? gunzipSync(bytes) : coding === 'zstd' ? zstdDecompressSync(bytes) : bytes;
  return { response, coding, text: text.toString(), status: response.status };
}

/** Waits until the text of the series is kept, of so many instances. */
async function kept(instances: number, path = SERIES): Promise<void> {
  await vi.waitFor(
    async () => {
      const { coding, text } = await ask(path, 'zstd');
      expect(coding).toBe('zstd');
      expect(JSON.parse(text)).toHaveLength(instances);
    },
    { timeout: 10_000, interval: 20 },
  );
}

const uidsIn = (text: string) => (JSON.parse(text) as DataSet[]).map((one) => String(one[TAG.SOPInstanceUID]?.Value?.[0]));

const files = (count: number, series = '1.2.3.1') =>
  Array.from({ length: count }, (_, index) => objectFile({ series, number: index + 1, more: TRAP }));

describe('metadata of a series at rest', () => {
  it('is the same text as before, however it is asked for, and goes out compressed to who takes it so', async () => {
    await http.stow(files(6));
    const before = await ask(SERIES);
    expect([before.status, before.coding, uidsIn(before.text)]).toEqual([
      200,
      null,
      ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.1.3', '1.2.3.1.4', '1.2.3.1.5', '1.2.3.1.6'],
    ]);
    await kept(6);
    const asked = await Promise.all([undefined, 'gzip, deflate', 'gzip, deflate, br, zstd', 'br'].map((one) => ask(SERIES, one)));
    expect(asked.map(({ coding }) => coding)).toEqual([null, 'gzip', 'zstd', null]);
    expect(new Set(asked.map(({ text }) => text))).toEqual(new Set([before.text]));
    expect(asked.every(({ response }) => response.headers.get('vary') === 'accept, accept-encoding')).toBe(true);
    expect(before.text).toContain(
      '"BulkDataURI":"http://pacs.test/dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1/bulkdata/',
    );
  });

  it('has an entity tag of each form, by which it is not sent twice', async () => {
    await http.stow(files(4));
    await kept(4);
    const tags = await Promise.all(
      [undefined, 'gzip', 'zstd'].map(async (encoding) => {
        const etag = (await ask(SERIES, encoding)).response.headers.get('etag') ?? '';
        const again = await ask(SERIES, encoding, { 'if-none-match': etag });
        expect([again.status, again.text]).toEqual([304, '']);
        return etag;
      }),
    );
    expect(new Set(tags).size).toBe(3);
    await http.stow([objectFile({ number: 9 })]);
    expect((await ask(SERIES, 'gzip', { 'if-none-match': tags[1] ?? '' })).status).toBe(200);
    await kept(5);
    expect((await ask(SERIES, 'gzip', { 'if-none-match': tags[1] ?? '' })).status).toBe(200);
  });

  it('shows at once what comes, what takes the place of another, and what is removed', async () => {
    await http.stow(files(4));
    await kept(4);
    await http.stow([objectFile({ number: 5, more: TRAP })]);
    expect(uidsIn((await ask(SERIES, 'zstd')).text)).toContain('1.2.3.1.5');
    await kept(5);
    await http.stow([objectFile({ number: 2, more: { '00104000': attribute('LT', 'the other') } })]);
    expect((await ask(SERIES, 'zstd')).text).not.toContain('the other');
    const { conflicts } = (await (await http.ask('/api/conflicts')).json()) as { conflicts: { id: string }[] };
    const decided = await http.ask(`/api/conflicts/${conflicts[0]?.id}/resolve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ keep: 'new' }),
    });
    expect(decided.status).toBe(200);
    expect((await ask(SERIES, 'zstd')).text).toContain('the other');
    await kept(5);
    expect((await ask(SERIES, 'gzip')).text).toContain('the other');
    const instances = await Array.fromAsync(http.archive.copies.instances('1.2.3'));
    expect(await http.archive.copies.remove('1.2.3', instances)).toBe(true);
    expect((await ask(SERIES, 'zstd')).status).toBe(404);
    expect((await ask(STUDY, 'gzip')).status).toBe(404);
  });

  it('is that of the name a client knows the server by, whatever it was made for', async () => {
    await http.stow(files(4));
    await kept(4);
    const here = (await ask(SERIES)).text;
    for (const [path, encoding] of [
      [SERIES, ''],
      [SERIES, 'gzip'],
      [SERIES, 'zstd'],
      [STUDY, 'gzip'],
      [STUDY, ''],
    ] as const) {
      const headers = { 'x-subject': 'main', 'accept-encoding': encoding };
      const response = await http.archive.app.request(
        `https://other.test:8443/dicom-web${path}`,
        { headers },
        { remoteAddress: '10.0.0.5', secure: true },
      );
      const bytes = Buffer.from(await response.arrayBuffer());
      const text = (response.headers.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      expect(text).toBe(here.replaceAll('"BulkDataURI":"http://pacs.test/', '"BulkDataURI":"https://other.test:8443/'));
      expect(text).toContain('http://pacs.test/dicom-web/studies/1.2.3');
    }
  });

  it('is made anew for another name once that is what most ask for', async () => {
    await http.stow(files(4));
    await kept(4);
    const elsewhere = async () => {
      const headers = { 'x-subject': 'main', 'accept-encoding': 'zstd' };
      const url = `http://elsewhere.test/dicom-web${SERIES}`;
      const response = await http.archive.app.request(url, { headers }, { remoteAddress: '10.0.0.5', secure: false });
      await response.body?.cancel();
      return response.headers.get('content-encoding');
    };
    expect(await elsewhere()).toBe(null);
    await vi.waitFor(async () => expect(await elsewhere()).toBe('zstd'), { timeout: 10_000, interval: 5 });
  });

  it('is nobody’s who may not see the study', async () => {
    await http.stow(files(4));
    await kept(4);
    for (const path of [SERIES, STUDY]) {
      const response = await http.ask(path, { as: 'branch', headers: { 'accept-encoding': 'gzip' } });
      expect(response.status).toBe(404);
    }
    expect(http.viewed).toContain('main 1.2.3');
    expect(http.viewed).not.toContain('branch 1.2.3');
  });

  it('tells its head without its body', async () => {
    await http.stow(files(4));
    await kept(4);
    const response = await http.ask(SERIES, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    expect([response.status, response.headers.get('content-encoding'), await response.text()]).toEqual([200, 'gzip', '']);
  });

  it('is kept over a restart', async () => {
    await http.stow(files(4));
    await kept(4);
    await http.reopen();
    expect((await ask(SERIES, 'zstd')).coding).toBe('zstd');
  });
});

describe('metadata of a study', () => {
  it('is joined from what is kept of its series and the headers of those of which nothing is', async () => {
    await http.stow([...files(5, '1.2.3.1'), ...files(4, '1.2.3.2'), ...files(2, '1.2.3.3')]);
    const before = await ask(STUDY);
    expect(uidsIn(before.text)).toHaveLength(11);
    await kept(5);
    await kept(4, '/studies/1.2.3/series/1.2.3.2/metadata');
    const [plain, gzip, zstd] = await Promise.all([ask(STUDY), ask(STUDY, 'gzip'), ask(STUDY, 'zstd, gzip;q=0.5')]);
    expect([plain.coding, gzip.coding, zstd.coding]).toEqual([null, 'gzip', 'gzip']);
    expect([plain.text, gzip.text, zstd.text]).toEqual([before.text, before.text, before.text]);
  });
});
