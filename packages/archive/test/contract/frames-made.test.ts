import { bytesSource, readObject } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { fixture, storeFile } from '../support/stored.ts';

const syntax = (suffix: string): string => `1.2.840.10008.1.2${suffix}`;

let http: TestHttp;
let ct = '';
let colour = '';
beforeAll(async () => {
  http = await openTestHttp();
  ct = await storeFile(http, fixture('modality/ct/CT_small.dcm'));
  colour = await storeFile(http, fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

/** Media type, transfer syntax named or not, and the one that comes. */
const FORMS: readonly (readonly [mediaType: string, named: string | undefined, comes: string])[] = [
  ['image/jpeg', undefined, '.4.70'],
  ['image/jpeg', '.4.57', '.4.57'],
  ['image/jls', undefined, '.4.80'],
  ['image/jls', '.4.81', '.4.81'],
  ['image/jp2', undefined, '.4.90'],
  ['image/jp2', '.4.91', '.4.91'],
  ['image/jphc', undefined, '.4.201'],
  ['image/jph', undefined, '.4.201'],
  ['image/jphc', '.4.202', '.4.202'],
  ['image/jphc', '.4.203', '.4.203'],
  ['image/dicom-rle', undefined, '.5'],
  ['application/octet-stream', '.8.1', '.8.1'],
];

describe.each(FORMS)('a frame asked for as %s (%s)', (mediaType, named, comes) => {
  it('comes in that coding, as a part and as the body, and decodes to what is stored', async () => {
    const type = named === undefined ? '' : `; transfer-syntax=${syntax(named)}`;
    const single = await http.ask(`${ct}/frames/1`, { accept: `${mediaType}${type}` });
    expect(single.headers.get('content-type')).toBe(`${mediaType}; transfer-syntax=${syntax(comes)}`);
    const bytes = Buffer.from(await single.arrayBuffer());
    const parts = await partsOf(await http.ask(`${ct}/frames/1`, { accept: `multipart/related; type="${mediaType}"${type}` }));
    expect(parts.map((part) => part.bytes.equals(bytes))).toEqual([true]);
    const { header } = await readObject(bytesSource(fixture('modality/ct/CT_small.dcm')));
    await using pixels = await createPixels({ workers: 1 });
    const read = () => Promise.resolve(new Uint8Array(bytes));
    const frame = { header, transferSyntaxUid: syntax(comes), length: bytes.length, read, frameIndex: 0, firstBit: 0 };
    const decoded = await pixels.decode(frame);
    const plain = await http.ask(`${ct}/frames/1`, { accept: 'application/octet-stream' });
    const stored = new Int16Array(await plain.arrayBuffer());
    const values = new Int16Array(decoded.bytes.buffer, decoded.bytes.byteOffset, stored.length);
    const most = ['.4.81', '.4.91', '.4.203'].includes(comes) ? 200 : 0;
    expect(stored.every((value, at) => Math.abs(value - (values[at] ?? 0)) <= most)).toBe(true);
  });
});

describe('frames', () => {
  it('of 8 bits come as JPEG with loss where that is named, and not of more', async () => {
    const accept = `image/jpeg; transfer-syntax=${syntax('.4.50')}`;
    const made = await http.ask(`${colour}/frames/2`, { accept });
    expect(made.headers.get('content-type')).toBe(`image/jpeg; transfer-syntax=${syntax('.4.50')}`);
    expect(Buffer.from(await made.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect((await http.ask(`${ct}/frames/1`, { accept })).status).toBe(406);
  });

  it('that cannot be had so come in the next form that is taken', async () => {
    const accept = `image/jpeg; transfer-syntax=${syntax('.4.50')}, image/jls;q=0.5`;
    const next = await http.ask(`${ct}/frames/1`, { accept });
    await next.body?.cancel();
    expect(next.headers.get('content-type')).toBe(`image/jls; transfer-syntax=${syntax('.4.80')}`);
  });

  it('that nobody can make are 406, with what there is', async () => {
    const refused = await http.ask(`${ct}/frames/1`, { accept: 'image/jxl' });
    expect(refused.status).toBe(406);
    const { detail } = (await refused.json()) as { readonly detail: string };
    for (const type of ['application/octet-stream', 'image/jpeg', 'image/jls', 'image/jp2', 'image/jphc', 'image/dicom-rle']) {
      expect(detail).toContain(type);
    }
  });
});
