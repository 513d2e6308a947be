import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataSet, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf } from '../support/objects.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/files');
const STORED = 'application/octet-stream; transfer-syntax=*';

let http: TestHttp;
let fragmented = '';
let native = '';
let bits = '';
let bulk = '';

async function store(bytes: Uint8Array): Promise<string> {
  const answer = (await (await http.stow([bytes])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  return new URL(String(item?.['00081190']?.Value?.[0])).pathname;
}

beforeAll(async () => {
  http = await openTestHttp();
  fragmented = `${await store(readFileSync(join(FIXTURES, 'codec/rle/SC_rgb_rle_2frame.dcm')))}/frames/2`;
  const ct = await store(readFileSync(join(FIXTURES, 'modality/ct/CT_small.dcm')));
  native = `${ct}/frames/1`;
  bulk = `${ct}/bulkdata/7FE00010`;
  // Three frames of 5 x 5 bits: none but the first begins at a byte.
  const five = { [TAG.Rows]: attribute('US', 5), [TAG.Columns]: attribute('US', 5), [TAG.BitsAllocated]: attribute('US', 1) };
  const one = { [TAG.BitsStored]: attribute('US', 1), [TAG.HighBit]: attribute('US', 0) };
  bits = `${await store(
    fileOf({
      ...dataSetOf({ study: '1.2.88', more: { [TAG.NumberOfFrames]: attribute('IS', 3) } }),
      ...five,
      ...one,
      [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toString('base64') },
    }),
  )}/frames/2`;
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const response = await http.ask(path, { accept: STORED, headers, method });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe.each([
  ['a frame in fragments', () => fragmented],
  ['a native frame', () => native],
  ['a frame that begins within a byte', () => bits],
  ['a bulk value', () => bulk],
])('of %s', (_, path) => {
  it('says that and how long it is, and gives any part of it', async () => {
    const { response, bytes } = await ask(path());
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    const half = Math.floor(bytes.length / 2);
    for (const [range, from, to] of [
      [`bytes=0-0`, 0, 1],
      [`bytes=1-${half}`, 1, half + 1],
      [`bytes=${half}-`, half, bytes.length],
      ['bytes=-2', bytes.length - 2, bytes.length],
      [`bytes=0-${bytes.length * 3}`, 0, bytes.length],
    ] as const) {
      const part = await ask(path(), { range });
      expect(part.response.status).toBe(206);
      expect(part.response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
      expect(part.response.headers.get('content-length')).toBe(String(to - from));
      expect(part.response.headers.get('etag')).toBe(response.headers.get('etag'));
      expect(part.bytes.equals(bytes.subarray(from, to))).toBe(true);
    }
  });

  it('refuses a part behind its end, and says how long it is', async () => {
    const { bytes } = await ask(path());
    const { response } = await ask(path(), { range: `bytes=${bytes.length}-` });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
  });

  it('gives all of it for several ranges, for what is no range, and where the client has another version', async () => {
    const { response, bytes } = await ask(path());
    const etag = response.headers.get('etag') ?? '';
    for (const headers of [
      { range: 'bytes=0-1,3-4' },
      { range: 'bytes=x' },
      { range: 'bytes=0-1', 'if-range': '"another"' },
      { range: 'bytes=0-1', 'if-range': 'Sun, 22 Nov 2026 10:00:00 GMT' },
    ]) {
      const whole = await ask(path(), headers);
      expect([whole.response.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
    }
    expect((await ask(path(), { range: 'bytes=0-1', 'if-range': etag })).response.status).toBe(206);
    expect((await ask(path(), { range: 'bytes=0-1', 'if-none-match': etag })).response.status).toBe(304);
  });

  it('tells its length without giving it', async () => {
    const { bytes } = await ask(path());
    const { response, bytes: none } = await ask(path(), { range: 'bytes=0-1' }, 'HEAD');
    expect([response.status, response.headers.get('content-length'), none.length]).toEqual([200, String(bytes.length), 0]);
  });
});

it('parts of a multipart answer are whole, whatever range is asked for', async () => {
  const accept = `multipart/related; type="application/octet-stream"; transfer-syntax=*`;
  const response = await http.ask(native, { accept, headers: { range: 'bytes=0-9' } });
  expect([response.status, response.headers.get('accept-ranges')]).toEqual([200, null]);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(128 * 128 * 2);
});
