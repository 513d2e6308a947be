import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, type DataSet, frameRanges, type ReadObject, readObject, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf, objectFile } from '../support/objects.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/files');
const fixture = (path: string): Buffer => readFileSync(join(FIXTURES, path));

const EXPLICIT = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';
const JPEG = '1.2.840.10008.1.2.4.50';
const OCTETS = 'multipart/related; type="application/octet-stream"';
const DICOM = 'multipart/related; type="application/dicom"';

let http: TestHttp;
let rle = '';
let jpeg = '';
let report = '';
let deflated = '';
let bits = '';
let ct = '';

/** Stores a file and tells the path of its instance. */
async function store(bytes: Uint8Array, into = http): Promise<string> {
  const answer = (await (await into.stow([bytes])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  return new URL(String(item?.['00081190']?.Value?.[0])).pathname;
}

beforeAll(async () => {
  http = await openTestHttp();
  rle = await store(fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
  jpeg = await store(fixture('codec/jpeg/SC_rgb_dcmtk_eb_cr.dcm'));
  report = await store(fixture('objects/sr/test-SR.dcm'));
  deflated = await store(fixture('codec/native/image_dfl.dcm'));
  ct = await store(fixture('modality/ct/CT_small.dcm'));
  // Two frames of 3 x 3 bits: the second begins within a byte.
  const binary = dataSetOf({ study: '1.2.77', more: { [TAG.NumberOfFrames]: attribute('IS', 2) } });
  const three = { [TAG.Rows]: attribute('US', 3), [TAG.Columns]: attribute('US', 3), [TAG.BitsAllocated]: attribute('US', 1) };
  const one = { [TAG.BitsStored]: attribute('US', 1), [TAG.HighBit]: attribute('US', 0) };
  bits = await store(
    fileOf({
      ...binary,
      ...three,
      ...one,
      [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.from([0xff, 0x55, 0x01, 0]).toString('base64') },
    }),
  );
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function framesOf(bytes: Uint8Array): Promise<Buffer[]> {
  const { frames } = await readObject(bytesSource(bytes));
  return Array.from({ length: frames.count }, (_, index) =>
    Buffer.concat(frameRanges(frames, index).ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length))),
  );
}

const status = async (path: string, accept?: string): Promise<number> => {
  const response = await http.ask(path, accept === undefined ? {} : { accept });
  await response.body?.cancel();
  return response.status;
};

describe('retrieving instances', () => {
  it.each(['', `${DICOM}; transfer-syntax=*`, `${DICOM}; transfer-syntax=${RLE}`, DICOM, '*/*'])(
    'gives the bytes that were stored when asked for %j',
    async (accept) => {
      const [part] = await partsOf(await http.ask(rle, { accept }));
      expect(part?.bytes.equals(fixture('codec/rle/SC_rgb_rle_2frame.dcm'))).toBe(true);
      expect(part?.headers['content-type']).toBe(`application/dicom; transfer-syntax=${RLE}`);
      expect(part?.headers['content-location']).toBe(`http://pacs.test${rle}`);
    },
  );

  it('gives one instance as the body itself', async () => {
    const response = await http.ask(rle, { accept: 'application/dicom' });
    expect(response.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${RLE}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(fixture('codec/rle/SC_rgb_rle_2frame.dcm'))).toBe(true);
  });

  it('takes the wish for a form from the query', async () => {
    expect(await status(`${rle}?accept=application/dicom`, 'text/html')).toBe(200);
  });

  it('gives all instances of a series and of a study', async () => {
    await http.stow([
      objectFile({ study: '1.2.50' }),
      objectFile({ study: '1.2.50', number: 2 }),
      objectFile({ study: '1.2.50', series: '1.2.50.9' }),
    ]);
    expect(await partsOf(await http.ask('/studies/1.2.50'))).toHaveLength(3);
    expect(await partsOf(await http.ask('/studies/1.2.50/series/1.2.50.1'))).toHaveLength(2);
  });

  it.each(['RLE', 'implicit', 'bigendian', 'jpeg_ls_lossless', 'jp2klossless'])(
    'of MR_small in %s gives the same pixels in Explicit VR Little Endian',
    async (coding) => {
      await using own = await openTestHttp();
      const path = await store(fixture(`codec/mr_small/MR_small_${coding}.dcm`), own);
      const response = await own.ask(path, { accept: `application/dicom; transfer-syntax=${EXPLICIT}` });
      expect(response.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${EXPLICIT}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect((await readObject(bytesSource(bytes))).transferSyntax.uid).toBe(EXPLICIT);
      expect(await framesOf(bytes)).toEqual(await framesOf(fixture('codec/mr_small/MR_small.dcm')));
    },
  );

  it('that are decoded keeps every attribute, and tells what the pixels are now', async () => {
    const response = await http.ask(rle, { accept: `application/dicom; transfer-syntax=${EXPLICIT}` });
    const decoded: ReadObject = await readObject(bytesSource(Buffer.from(await response.arrayBuffer())));
    const stored = await readObject(bytesSource(fixture('codec/rle/SC_rgb_rle_2frame.dcm')));
    expect(Object.keys(decoded.header)).toEqual(Object.keys(stored.header));
    expect(decoded.header[TAG.PlanarConfiguration]?.Value).toEqual([0]);
    expect(decoded.frames.count).toBe(2);
  });

  it('gives a deflated one inflated', async () => {
    const response = await http.ask(deflated, { accept: `application/dicom; transfer-syntax=${EXPLICIT}` });
    const object = await readObject(bytesSource(Buffer.from(await response.arrayBuffer())));
    expect(object).toMatchObject({ transferSyntax: { uid: EXPLICIT }, frames: { count: 1 }, warnings: [] });
  });

  it.each([
    ['a syntax that nobody makes', `${DICOM}; transfer-syntax=1.2.840.10008.1.2.4.110`],
    ['another type', 'multipart/related; type="image/jpeg"'],
    ['text', 'text/html'],
  ])('does not pretend to have %s', async (_, accept) => {
    expect(await status(rle, accept)).toBe(406);
  });

  it('does not give a whole study as one body', async () => {
    expect(await status('/studies/1.2.77', 'application/dicom')).toBe(406);
  });

  it('of what is not there is answered with 404, and of what is no UID with 400', async () => {
    for (const path of ['/studies/9.9', '/studies/1.2.77/series/9.9', '/studies/1.2.77/series/1.2.77.1/instances/9.9']) {
      expect(await status(path)).toBe(404);
      expect(await status(`${path}/metadata`)).toBe(404);
      expect(await status(`${path}/rendered`)).toBe(404);
    }
    for (const path of ['/studies/abc', '/studies/1.2.77/series/%00', `/studies/${'1'.repeat(65)}`]) {
      expect(await status(path)).toBe(400);
    }
  });

  it('sends nothing again that the client has', async () => {
    const first = await http.ask(rle, { accept: 'application/dicom' });
    const etag = first.headers.get('etag') ?? '';
    await first.body?.cancel();
    const again = await http.ask(rle, { accept: 'application/dicom', headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const otherForm = { accept: `application/dicom; transfer-syntax=${EXPLICIT}`, headers: { 'if-none-match': etag } };
    const other = await http.ask(rle, otherForm);
    await other.body?.cancel();
    expect(other.status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const response = await http.ask(rle, { method: 'HEAD', accept: 'application/dicom' });
    expect([response.status, response.body]).toEqual([200, null]);
  });
});

describe('metadata', () => {
  it('is the header of each instance, with bulk data by absolute address', async () => {
    const response = await http.ask(`${ct}/metadata`);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const [metadata] = (await response.json()) as DataSet[];
    expect(metadata?.[TAG.PixelData]).toEqual({ vr: 'OW', BulkDataURI: `http://pacs.test${ct}/bulkdata/7FE00010` });
    expect(metadata?.['00020010']).toBeUndefined();
  });

  it('of a series is one answer', async () => {
    await http.stow([1, 2, 3].map((number) => objectFile({ study: '1.2.51', number })));
    const all = (await (await http.ask('/studies/1.2.51/metadata')).json()) as DataSet[];
    expect(all.map((one) => one[TAG.InstanceNumber]?.Value?.[0])).toEqual([1, 2, 3]);
  });

  it('is available as XML too, a part for each instance', async () => {
    const accept = 'multipart/related; type="application/dicom+xml"';
    const [part] = await partsOf(await http.ask(`${ct}/metadata`, { accept }));
    expect(part?.bytes.toString()).toContain(`<BulkData uri="http://pacs.test${ct}/bulkdata/7FE00010"/>`);
    expect(await partsOf(await http.ask('/studies/1.2.51/metadata', { accept }))).toHaveLength(3);
  });

  it('is available as nothing else', async () => {
    expect(await status(`${ct}/metadata`, 'application/json')).toBe(200);
    expect(await status(`${ct}/metadata`, 'text/html')).toBe(406);
  });
});

describe('bulk data', () => {
  it('is found at the address metadata gives', async () => {
    const bytes = Buffer.from(await (await http.ask(`${ct}/bulkdata/7FE00010`)).arrayBuffer());
    expect([bytes]).toEqual(await framesOf(fixture('modality/ct/CT_small.dcm')));
    const [part] = await partsOf(await http.ask(`${ct}/bulkdata/7FE00010`, { accept: OCTETS }));
    expect(part?.bytes.equals(bytes)).toBe(true);
    expect(part?.headers['content-location']).toBe(`http://pacs.test${ct}/bulkdata/7FE00010`);
  });

  it('inside sequences is found by its item', async () => {
    const long = Buffer.alloc(3000, 5);
    const item: DataSet = { '00420011': { vr: 'OB', InlineBinary: long.toString('base64') } };
    const path = await store(objectFile({ study: '1.2.52', more: { '00081140': { vr: 'SQ', Value: [{}, item] } } }));
    const response = await http.ask(`${path}/bulkdata/00081140/1/00420011`);
    expect(Buffer.from(await response.arrayBuffer()).equals(long)).toBe(true);
  });

  it('of compressed pixels comes frame by frame', async () => {
    const stored = await partsOf(
      await http.ask(`${rle}/bulkdata/7FE00010`, { accept: 'multipart/related; type="image/dicom-rle"' }),
    );
    expect(stored.map(({ bytes }) => bytes)).toEqual(await framesOf(fixture('codec/rle/SC_rgb_rle_2frame.dcm')));
    expect(
      (await partsOf(await http.ask(`${rle}/bulkdata/7FE00010`, { accept: OCTETS }))).map(({ bytes }) => bytes.length),
    ).toEqual([30_000, 30_000]);
  });

  it.each(['00280010', '7FE00011', '../../../x', '00081140/1', 'nonsense'])('is not found at %s', async (path) => {
    expect(await status(`${ct}/bulkdata/${path}`)).toBe(404);
  });
});

describe('frames', () => {
  it('are given decoded where nothing else is asked for', async () => {
    const [part] = await partsOf(await http.ask(`${rle}/frames/2`, { accept: OCTETS }));
    expect(part?.headers).toEqual({
      'content-type': `application/octet-stream; transfer-syntax=${EXPLICIT}`,
      'content-location': `http://pacs.test${rle}/frames/2`,
    });
    expect(part?.bytes).toHaveLength(30_000);
  });

  it('are given as stored where any syntax will do, or the stored one', async () => {
    const stored = await framesOf(fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
    for (const syntax of ['*', RLE]) {
      const parts = await partsOf(await http.ask(`${rle}/frames/1,2`, { accept: `${OCTETS}; transfer-syntax=${syntax}` }));
      expect(parts.map(({ bytes }) => bytes)).toEqual(stored);
      expect(parts[0]?.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${RLE}`);
    }
  });

  it('are given in the order asked for', async () => {
    const parts = await partsOf(await http.ask(`${rle}/frames/2,1,2`));
    expect(parts.map(({ headers }) => headers['content-location']?.split('/').at(-1))).toEqual(['2', '1', '2']);
  });

  it('are given as the image they are, also as the body itself', async () => {
    const [stored] = await framesOf(fixture('codec/jpeg/SC_rgb_dcmtk_eb_cr.dcm'));
    const [part] = await partsOf(await http.ask(`${jpeg}/frames/1`, { accept: 'multipart/related; type="image/jpeg"' }));
    expect(part?.bytes).toEqual(stored);
    const single = await http.ask(`${jpeg}/frames/1`, { accept: 'image/jpeg' });
    expect(single.headers.get('content-type')).toBe(`image/jpeg; transfer-syntax=${JPEG}`);
    expect(Buffer.from(await single.arrayBuffer())).toEqual(stored);
  });

  it('that share a byte each begin at a byte of their own', async () => {
    const parts = await partsOf(await http.ask(`${bits}/frames/1,2`, { accept: `${OCTETS}; transfer-syntax=*` }));
    // 9 bits each of ff 55 01: 1 1111 1111 and 0 1010 1010.
    expect(parts.map(({ bytes }) => [...bytes])).toEqual([
      [0xff, 0x01],
      [0xaa, 0x00],
    ]);
  });

  it('too large to be held whole are streamed', async () => {
    const pixels = Buffer.alloc(3000 * 3000, 'streamed');
    const size = { [TAG.Rows]: attribute('US', 3000), [TAG.Columns]: attribute('US', 3000) };
    const large = {
      ...dataSetOf({ study: '1.2.78' }),
      ...size,
      [TAG.PixelData]: { vr: 'OB', InlineBinary: pixels.toString('base64') },
    } as const;
    const path = await store(fileOf(large));
    const [part] = await partsOf(await http.ask(`${path}/frames/1`, { accept: OCTETS }));
    expect(part?.bytes.equals(pixels)).toBe(true);
    const left = await http.ask(`${path}/frames/1`, { accept: OCTETS });
    await left.body?.cancel();
  });

  it('lie in the inflated form of a deflated instance', async () => {
    const [part] = await partsOf(await http.ask(`${deflated}/frames/1`, { accept: `${OCTETS}; transfer-syntax=*` }));
    expect(part?.bytes).toHaveLength(512 * 512);
    expect(part?.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
  });

  it.each([
    ['frames/3', 404],
    ['frames/1,3', 404],
    ['frames/0', 400],
    ['frames/-1', 400],
    ['frames/1,', 400],
    ['frames/x', 400],
    ['frames/1%2C2', 200],
    ['frames/99999999999', 400],
    [`frames/${Array(10_001).fill('1').join(',')}`, 400],
  ])('%s is answered with %i', async (path, expected) => {
    expect(await status(`${rle}/${path}`)).toBe(expected);
  });

  it('of an object without pixels are not found', async () => {
    expect(await status(`${report}/frames/1`)).toBe(404);
  });

  it('are not made into what they are not', async () => {
    expect(await status(`${rle}/frames/1`, 'multipart/related; type="image/jxl"')).toBe(406);
    expect(await status(`${bits}/frames/1`, 'image/jls')).toBe(406);
    expect(await status(`${rle}/frames/1,2`, 'image/dicom-rle')).toBe(406);
  });
});

describe('rendered images', () => {
  const signature = async (path: string, accept?: string): Promise<[string | null, string]> => {
    const response = await http.ask(path, accept === undefined ? {} : { accept });
    return [
      response.headers.get('content-type'),
      Buffer.from(await response.arrayBuffer())
        .subarray(0, 4)
        .toString('latin1'),
    ];
  };

  it.each([
    [undefined, 'image/jpeg', '\xff\xd8\xff'],
    ['image/png', 'image/png', '\x89PNG'],
    ['image/webp', 'image/webp', 'RIFF'],
    ['image/gif', 'image/gif', 'GIF8'],
    ['image/apng, image/*;q=0.8', 'image/jpeg', '\xff\xd8\xff'],
  ])('for %s are %s', async (accept, type, start) => {
    for (const path of [rle, `${rle}/frames/2`, rle.replace(/\/instances.*/, ''), rle.replace(/\/series.*/, '')]) {
      const [contentType, bytes] = await signature(`${path}/rendered`, accept);
      expect(contentType).toBe(type);
      expect(bytes.startsWith(start)).toBe(true);
      expect((await signature(`${path}/thumbnail`, accept))[0]).toBe(type);
    }
  });

  it('of several frames are a multipart answer', async () => {
    const parts = await partsOf(await http.ask(`${rle}/frames/1,2/rendered`, { accept: 'multipart/related; type="image/png"' }));
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual(['image/png', 'image/png']);
  });

  it('of a study are all its images, when that is asked for', async () => {
    await http.stow([1, 2].map((number) => objectFile({ study: '1.2.53', number })));
    expect(
      await partsOf(await http.ask('/studies/1.2.53/rendered', { accept: 'multipart/related; type="image/jpeg"' })),
    ).toHaveLength(2);
  });

  it.each(['quality=0', 'window=1', 'viewport=0,0'])('are refused with 400 for %s', async (query) => {
    expect(await status(`${ct}/rendered?${query}`)).toBe(400);
  });

  it('differ by window, and are known again by their entity tag', async () => {
    const narrow = await http.ask(`${ct}/rendered?window=0,100,LINEAR`);
    const wide = await http.ask(`${ct}/rendered?window=0,4000,LINEAR`);
    const etag = narrow.headers.get('etag') ?? '';
    expect(etag).not.toBe(wide.headers.get('etag'));
    expect(Buffer.from(await narrow.arrayBuffer()).equals(Buffer.from(await wide.arrayBuffer()))).toBe(false);
    expect((await http.ask(`${ct}/rendered?window=0,100,LINEAR`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('are not made of what is no image', async () => {
    expect(await status(`${report}/rendered`, 'image/jpeg')).toBe(406);
    expect(await status(`${report}/frames/1/rendered`, 'image/jpeg')).toBe(406);
    expect(await status(`${ct}/rendered`, 'text/html')).toBe(406);
    expect(await status(`${ct}/frames/2/rendered`)).toBe(404);
  });
});
