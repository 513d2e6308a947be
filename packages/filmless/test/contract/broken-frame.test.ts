import { writeFileMeta } from '@filmless/dicom';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encapsulated, identity, imageAttributes, namesOf } from '../faults/hostile/elements.ts';
import { SECONDARY_CAPTURE } from '../faults/hostile/pdus.ts';
import { stow } from '../support/facilities.ts';
import { type Product, startProduct } from '../support/product.ts';

/* An image of three frames, of which the second cannot be decoded. */

const RLE = '1.2.840.10008.1.2.5';
const names = namesOf('a broken second frame');
const url = `/dicom-web/studies/${names.study}/series/${names.series}/instances/${names.sop}`;
const WORDS = 'RLE: 7 segments where 1 segments are needed';

/** 64 literal values in one segment. PS3.5 G.3. */
function rle(segments: number, value: number): Buffer {
  const head = Buffer.alloc(64);
  head.writeUInt32LE(segments, 0);
  head.writeUInt32LE(64, 4);
  return Buffer.concat([head, Buffer.from([63]), Buffer.alloc(64, value), Buffer.alloc(1)]);
}

function file(): Buffer {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: SECONDARY_CAPTURE,
    mediaStorageSopInstanceUid: names.sop,
    transferSyntaxUid: RLE,
  });
  const image = imageAttributes({ rows: 8, columns: 8, frames: '3' });
  return Buffer.concat([meta, identity(names, SECONDARY_CAPTURE), image, encapsulated(rle(1, 11), rle(7, 12), rle(1, 13))]);
}

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file()) })).status).toBe(200);
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
});

const OCTETS = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1';
const EXPLICIT = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1';

it.each([
  ['/frames/2', OCTETS],
  ['/frames/2,1', OCTETS],
  ['/frames/2/rendered', 'image/png'],
  // A whole object in another transfer syntax: the next frame is decoded before the one ahead of it goes out.
  ['', EXPLICIT],
])('%j has nothing to send before it, and is refused with a status and in words', async (path, accept) => {
  const answer = await product.fetch(url + path, { headers: { accept } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([406, 'application/problem+json']);
  expect(await answer.json()).toMatchObject({ detail: WORDS });
});

it.each([
  ['/frames/1,2', OCTETS],
  ['/bulkdata/7FE00010', OCTETS],
])('%j has a head and the first frame, and breaks off behind them', async (path, accept) => {
  const before = product.log().split('an answer broke off').length;
  const answer = await product.fetch(url + path, { headers: { accept } });
  expect(answer.status).toBe(200);
  const heard: Uint8Array[] = [];
  const read = async () => {
    for await (const chunk of answer.body ?? []) {
      heard.push(chunk);
    }
  };
  await expect(read()).rejects.toThrow('terminated');
  const bytes = Buffer.concat(heard);
  expect([bytes.includes(Buffer.alloc(64, 11)), bytes.includes(Buffer.alloc(64, 13))]).toEqual([true, false]);
  await expect.poll(() => product.log().split('an answer broke off').length).toBe(before + 1);
});

it('is no failure of the server: its log says which, and holds no error', async () => {
  const lines = product
    .log()
    .split('\n')
    .filter((line) => line !== '');
  const told = lines.map(
    (line) => JSON.parse(line) as { readonly level: string; readonly msg: string; readonly reason?: string },
  );
  expect(told.filter(({ level }) => level === 'error')).toEqual([]);
  const broken = told.filter(({ msg }) => msg === 'an answer broke off');
  expect(broken.map(({ level, reason }) => [level, reason])).toEqual(Array.from({ length: 2 }, () => ['warn', WORDS]));
  expect((await product.fetch('/healthz')).status).toBe(200);
});
