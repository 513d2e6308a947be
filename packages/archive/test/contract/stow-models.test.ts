import { readdirSync } from 'node:fs';
import { type DataSet, formatContentType, newBoundary, type OutgoingPart, TAG, writeMultipart } from '@filmless/dicom';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nativeXml } from '../../src/http/native-xml.ts';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf } from '../support/objects.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

/** Each test has a study of its own. */
let study = '';
let count = 0;
beforeEach(() => {
  count += 1;
  study = `1.2.${count}`;
});

const JSON_TYPE = 'application/dicom+json';
const PIXEL_DATA = TAG.PixelData;

interface Given {
  readonly metadata: readonly DataSet[];
  readonly parts?: readonly { readonly location?: string; readonly type?: string; readonly bytes: Uint8Array }[];
  readonly type?: 'application/dicom+json' | 'application/dicom+xml';
}

function send({ metadata, parts = [], type = JSON_TYPE }: Given): Promise<Response> {
  const text = (body: string, contentType: string): OutgoingPart => ({
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
  });
  const models = type === JSON_TYPE ? [text(JSON.stringify(metadata), type)] : metadata.map((one) => text(nativeXml(one), type));
  const bulk = parts.map(({ location, type: of = 'application/octet-stream', bytes }) => ({
    headers: { 'content-type': of, ...(location === undefined ? {} : { 'content-location': location }) },
    body: bytes,
  }));
  const boundary = newBoundary();
  return http.ask('/studies', {
    method: 'POST',
    headers: { 'content-type': formatContentType('multipart/related', { type, boundary }) },
    body: writeMultipart([...models, ...bulk], boundary),
    duplex: 'half',
  } as RequestInit);
}

const json = async (response: Response): Promise<DataSet> => (await response.json()) as DataSet;
const items = (dataSet: DataSet, tag: string): readonly DataSet[] => (dataSet[tag]?.Value ?? []) as readonly DataSet[];
const instance = (series = `${study}.1`, sop = `${series}.1`) => `/studies/${study}/series/${series}/instances/${sop}`;

async function metadataOf(path = instance()): Promise<DataSet> {
  const [found] = (await (await http.ask(`${path}/metadata`)).json()) as DataSet[];
  return found ?? {};
}

/** An image's attributes, without those of the pixels themselves, which a codestream tells. */
function bare(more: DataSet = {}): DataSet {
  const whole = dataSetOf({ study, more });
  const pixel = [TAG.SamplesPerPixel, TAG.PhotometricInterpretation, TAG.Rows, TAG.Columns, TAG.BitsAllocated, TAG.BitsStored];
  const left = new Set<string>([...pixel, TAG.HighBit, TAG.PixelRepresentation]);
  const kept = Object.entries({ ...whole, ...more }).filter(([tag]) => !left.has(tag) || more[tag] !== undefined);
  return { ...Object.fromEntries(kept), [PIXEL_DATA]: { vr: 'OW', BulkDataURI: 'pixels' } };
}

const segment = (marker: number, body: readonly number[]) => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];
const components = (n: number) => Array.from({ length: n }, (_, index) => [index + 1, 0x11, 0]).flat();
/** The markers of a JPEG image, which nobody decodes here. */
function jpeg(marker: number, { bits = 8, colours = 1, parameter = 0 } = {}): Uint8Array {
  const frame = segment(marker, [bits, 0, 30, 0, 40, colours, ...components(colours)]);
  const scan = segment(0xda, [
    colours,
    ...Array.from({ length: colours }, (_, index) => [index + 1, 0]).flat(),
    parameter,
    63,
    0,
  ]);
  return Uint8Array.from([0xff, 0xd8, ...frame, ...scan, 1, 2, 3, 0xff, 0xd9]);
}

function j2k({ reversible = true, capable = false, colours = 1, jp2 = false } = {}): Uint8Array {
  const word = (value: number) => [value >> 8, value & 255];
  const long = (value: number) => [0, 0, ...word(value)];
  const size = segment(0x51, [
    ...word(capable ? 0x4000 : 0),
    ...[40, 30, 0, 0, 40, 30, 0, 0].flatMap(long),
    ...word(colours),
    ...Array.from({ length: colours }, () => [11, 1, 1]).flat(),
  ]);
  const capability = capable ? segment(0x50, [0, 2, 0, 0, 0, 0]) : [];
  const style = segment(0x52, [0, 2, 0, 1, colours > 1 ? 1 : 0, 5, 4, 4, 0, reversible ? 1 : 0]);
  const stream = [0xff, 0x4f, ...size, ...capability, ...style, ...segment(0x90, [0, 0, 0, 0, 0, 0, 0, 1]), 0xff, 0xd9];
  const boxes = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10, 0, 0, 0, 0, 0x6a, 0x70, 0x32, 0x63];
  return Uint8Array.from(jp2 ? [...boxes, ...stream] : stream);
}

const transferSyntaxOf = async (path = instance()): Promise<unknown> => {
  const uid = path.split('/').at(-1);
  const [found] = (await (await http.ask(`/instances?SOPInstanceUID=${uid}`)).json()) as DataSet[];
  return found?.['00083002']?.Value?.[0];
};

describe('metadata with bulk data', () => {
  it('is refused before it is looked at when it is of more instances than one request may have', async () => {
    const body = Buffer.from(`[{"no tag":{}},${'{},'.repeat(10_000)}{}]`);
    const response = await http.ask('/studies', { method: 'POST', headers: { 'content-type': JSON_TYPE }, body });
    expect(response.status).toBe(413);
  });

  it.each([JSON_TYPE, 'application/dicom+xml'] as const)(
    'as %s becomes an object with the same pixels and texts',
    async (type) => {
      const pixels = Buffer.from(Array.from({ length: 16 }, (_, index) => index * 3));
      const header: DataSet = { ...dataSetOf({ study }), [PIXEL_DATA]: { vr: 'OB', BulkDataURI: 'http://camera/bulk/1' } };
      const response = await send({ metadata: [header], parts: [{ location: 'http://camera/bulk/1', bytes: pixels }], type });
      expect(response.status).toBe(200);
      expect(items(await json(response), '00081199')).toHaveLength(1);
      const stored = await metadataOf();
      for (const tag of [TAG.PatientName, TAG.StudyDate, TAG.AccessionNumber, TAG.Rows, TAG.SeriesNumber]) {
        expect(stored[tag], tag).toEqual(header[tag]);
      }
      const frame = await partsOf(await http.ask(`${instance()}/frames/1`));
      expect(frame[0]?.bytes.equals(pixels)).toBe(true);
    },
  );

  it.each([
    ['image/jpeg', jpeg(0xc0), '1.2.840.10008.1.2.4.50', { bits: 8, samples: 1, lossy: true, photometric: 'MONOCHROME2' }],
    [
      'image/jpeg',
      jpeg(0xc1, { bits: 12 }),
      '1.2.840.10008.1.2.4.51',
      { bits: 12, samples: 1, lossy: true, photometric: 'MONOCHROME2' },
    ],
    [
      'image/jpeg',
      jpeg(0xc3, { bits: 16, parameter: 1 }),
      '1.2.840.10008.1.2.4.70',
      { bits: 16, samples: 1, photometric: 'MONOCHROME2' },
    ],
    [
      'image/jpeg',
      jpeg(0xc3, { bits: 16, parameter: 6 }),
      '1.2.840.10008.1.2.4.57',
      { bits: 16, samples: 1, photometric: 'MONOCHROME2' },
    ],
    [
      'image/jpeg',
      jpeg(0xc0, { colours: 3 }),
      '1.2.840.10008.1.2.4.50',
      { bits: 8, samples: 3, lossy: true, photometric: 'YBR_FULL_422' },
    ],
    ['image/jls', jpeg(0xf7, { bits: 12 }), '1.2.840.10008.1.2.4.80', { bits: 12, samples: 1, photometric: 'MONOCHROME2' }],
    [
      'image/jls',
      jpeg(0xf7, { bits: 12, parameter: 3 }),
      '1.2.840.10008.1.2.4.81',
      { bits: 12, samples: 1, lossy: true, photometric: 'MONOCHROME2' },
    ],
    ['image/jp2', j2k(), '1.2.840.10008.1.2.4.90', { bits: 12, samples: 1, photometric: 'MONOCHROME2' }],
    [
      'image/jp2',
      j2k({ reversible: false, colours: 3 }),
      '1.2.840.10008.1.2.4.91',
      { bits: 12, samples: 3, lossy: true, photometric: 'YBR_ICT' },
    ],
    ['image/jp2', j2k({ jp2: true, colours: 3 }), '1.2.840.10008.1.2.4.90', { bits: 12, samples: 3, photometric: 'YBR_RCT' }],
    ['image/jphc', j2k({ capable: true }), '1.2.840.10008.1.2.4.201', { bits: 12, samples: 1, photometric: 'MONOCHROME2' }],
    [
      'image/jphc',
      j2k({ capable: true, reversible: false }),
      '1.2.840.10008.1.2.4.203',
      { bits: 12, samples: 1, lossy: true, photometric: 'MONOCHROME2' },
    ],
  ] as const)('of %s is described by its codestream (%#)', async (type, bytes, syntax, expected) => {
    const response = await send({ metadata: [bare()], parts: [{ location: 'pixels', type, bytes }] });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('00081199')]);
    expect(await transferSyntaxOf()).toBe(syntax);
    const stored = await metadataOf();
    expect(
      [TAG.Rows, TAG.Columns, TAG.SamplesPerPixel, TAG.BitsStored, TAG.PhotometricInterpretation].map(
        (tag) => stored[tag]?.Value?.[0],
      ),
    ).toEqual([30, 40, expected.samples, expected.bits, expected.photometric]);
    expect(stored['00282110']?.Value?.[0]).toBe('lossy' in expected ? '01' : undefined);
  });

  it('keeps the coded bytes as they came, behind the boxes of a JP2 file', async () => {
    await send({ metadata: [bare()], parts: [{ location: 'pixels', type: 'image/jp2', bytes: j2k({ jp2: true }) }] });
    const accept = 'multipart/related; type="image/jp2"; transfer-syntax=*';
    const [frame] = await partsOf(await http.ask(`${instance()}/frames/1`, { accept }));
    const plain = Buffer.from(j2k());
    expect(frame?.bytes.subarray(0, plain.length).equals(plain)).toBe(true);
  });

  it('with several parts at one address has a frame of each', async () => {
    const frames = [1, 2, 3].map((n) => Uint8Array.from([...jpeg(0xc0).subarray(0, -3), n, 0xff, 0xd9]));
    const parts = frames.map((bytes) => ({ location: 'pixels', type: 'image/jpeg', bytes }));
    expect((await send({ metadata: [bare()], parts })).status).toBe(200);
    expect((await metadataOf())[TAG.NumberOfFrames]?.Value).toEqual([3]);
    const accept = 'multipart/related; type="image/jpeg"';
    const [second] = await partsOf(await http.ask(`${instance()}/frames/2`, { accept }));
    expect(second?.bytes.subarray(0, frames[1]?.length).equals(Buffer.from(frames[1] ?? []))).toBe(true);
  });

  it('with several parts at one address is looked at part by part', async () => {
    const { reception } = http.archive;
    const open = reception.open.bind(reception);
    let reading = 0;
    let most = 0;
    const opening = vi.spyOn(reception, 'open').mockImplementation(async (object) => {
      const source = await open(object);
      const read = async (offset: number, length: number) => {
        reading += 1;
        most = Math.max(most, reading);
        await new Promise((resolve) => setTimeout(resolve, 1));
        reading -= 1;
        return await source.read(offset, length);
      };
      return { size: source.size, read, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
    });
    const parts = [1, 2, 3, 4, 5].map(() => ({ location: 'pixels', type: 'image/jpeg', bytes: jpeg(0xc0) }));
    expect((await send({ metadata: [bare()], parts })).status).toBe(200);
    expect(most).toBe(1);
    opening.mockRestore();
  });

  it('of a PDF is an encapsulated document that comes back byte for byte', async () => {
    const pdf = Buffer.from('%PDF-1.7 Bệnh án');
    const { [PIXEL_DATA]: _pixels, ...header } = dataSetOf({ study, more: { [TAG.Modality]: attribute('CS', 'DOC') } });
    const metadata = {
      ...header,
      [TAG.SOPClassUID]: attribute('UI', '1.2.840.10008.5.1.4.1.1.104.1'),
      '00420011': { vr: 'OB', BulkDataURI: 'doc' } as const,
    };
    expect((await send({ metadata: [metadata], parts: [{ location: 'doc', type: 'application/pdf', bytes: pdf }] })).status).toBe(
      200,
    );
    const stored = await metadataOf();
    expect([stored['00420012']?.Value, stored['00420015']?.Value]).toEqual([['application/pdf'], [pdf.length]]);
    const inline = stored['00420011']?.InlineBinary;
    const bytes =
      inline === undefined
        ? Buffer.from(await (await http.ask(new URL(stored['00420011']?.BulkDataURI ?? '').pathname)).arrayBuffer())
        : Buffer.from(inline, 'base64');
    expect(bytes.subarray(0, pdf.length).equals(pdf)).toBe(true);
  });

  it('takes values within sequences, and objects that have none at all', async () => {
    const table = Buffer.from([1, 0, 2, 0]);
    const lut = { '00283006': { vr: 'OW', BulkDataURI: 'lut' } } as const;
    const { [PIXEL_DATA]: _pixels, ...header } = dataSetOf({ study, more: { '00283000': attribute('SQ', lut) } });
    expect((await send({ metadata: [header], parts: [{ location: 'lut', bytes: table }] })).status).toBe(200);
    expect(items(await metadataOf(), '00283000')[0]?.['00283006']?.InlineBinary).toBe(table.toString('base64'));
    const alone = await http.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify([{ ...header, [TAG.SOPInstanceUID]: attribute('UI', `${study}.1.7`), '00283000': { vr: 'SQ' } }]),
    });
    expect(alone.status).toBe(200);
  });

  it('tells of each instance what became of it', async () => {
    const good: DataSet = { ...dataSetOf({ study }), [PIXEL_DATA]: { vr: 'OB', BulkDataURI: 'a' } };
    const lost = { ...dataSetOf({ study, number: 2 }), [PIXEL_DATA]: { vr: 'OB', BulkDataURI: 'b' } as const };
    const { [TAG.SOPInstanceUID]: _uid, ...nameless } = good;
    const response = await send({ metadata: [good, lost, nameless], parts: [{ location: 'a', bytes: Buffer.alloc(16) }] });
    expect(response.status).toBe(202);
    const answer = await json(response);
    expect(items(answer, '00081199').map((item) => item['00081155']?.Value)).toEqual([[`${study}.1.1`]]);
    expect(items(answer, '00081198').map((item) => [item['00081155']?.Value, item['00081197']?.Value])).toEqual([
      [[`${study}.1.2`], [0xa900]],
    ]);
    expect(items(answer, '0008119A')).toHaveLength(1);
  });

  it.each([
    ['an image of another size than it says', bare, { [TAG.Rows]: attribute('US', 31) }, jpeg(0xc0), 'image/jpeg'],
    ['fewer frames than it says', bare, { [TAG.NumberOfFrames]: attribute('IS', 2) }, jpeg(0xc0), 'image/jpeg'],
    ['a progressive image', bare, {}, jpeg(0xc2), 'image/jpeg'],
    ['bytes that are no image', bare, {}, Buffer.from('GIF89a'), 'image/jpeg'],
    ['an image that ends within its header', bare, {}, jpeg(0xc0).subarray(0, 12), 'image/jpeg'],
    ['a JPEG image that is called JPEG 2000', bare, {}, jpeg(0xc0), 'image/jp2'],
    ['a film that is none', bare, {}, Buffer.from('00000018667479706d703432', 'hex'), 'video/mp4'],
    ['another transfer syntax than its bytes', bare, {}, jpeg(0xc0), 'image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.80'],
  ] as const)('of %s is refused, and nothing of it stays', async (_, header, more, bytes, type) => {
    const response = await send({ metadata: [header(more)], parts: [{ location: 'pixels', type, bytes }] });
    expect(response.status).toBe(409);
    expect((await http.ask(`/studies/${study}`)).status).toBe(404);
    await vi.waitFor(() => expect(readdirSync(`${http.folder}/incoming`)).toEqual([]));
  });
});

describe('a body of metadata that cannot be read', () => {
  const post = (body: string, type: string) => http.ask('/studies', { method: 'POST', headers: { 'content-type': type }, body });

  it.each([
    ['{"00100010":', JSON_TYPE],
    ['[{"00100010":{"vr":"PN","Value":"x"}}]', JSON_TYPE],
    ['[{"patient":{"vr":"PN"}}]', JSON_TYPE],
    [`[${'{"00081140":{"vr":"SQ","Value":['.repeat(200)}${']}}'.repeat(200)}]`, JSON_TYPE],
    ['<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>', 'application/dicom+xml'],
    ['<NativeDicomModel><DicomAttribute tag="00100010" vr="PN">', 'application/dicom+xml'],
    ['<NativeDicomModel><DicomAttribute tag="0010" vr="LO"/></NativeDicomModel>', 'application/dicom+xml'],
    ['<html/>', 'application/dicom+xml'],
    [`<NativeDicomModel>${'<Item>'.repeat(10_000)}`, 'application/dicom+xml'],
    [`<NativeDicomModel>${'<a/>'.repeat(200_000)}</NativeDicomModel>`, 'application/dicom+xml'],
  ])('is refused in words (%#)', async (body, type) => {
    const response = await post(body, type);
    expect([400, 413]).toContain(response.status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is refused when the disk has become nearly full before its object is written', async () => {
    const room = vi.spyOn(http.archive.reception, 'hasRoom').mockResolvedValueOnce(true).mockResolvedValue(false);
    const parts = [{ location: 'pixels', type: 'image/jpeg', bytes: Buffer.alloc(4) }];
    expect((await send({ metadata: [bare()], parts })).status).toBe(503);
    expect(room).toHaveBeenCalledTimes(2);
    room.mockRestore();
  });

  it('is refused when it is too long, and when a part cannot be referred to', async () => {
    const long = await post(`[${' '.repeat(9 * 1024 * 1024)}]`, JSON_TYPE);
    expect(long.status).toBe(413);
    const response = await send({ metadata: [bare()], parts: [{ bytes: Buffer.alloc(4) }] });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
      400,
      expect.stringContaining('Content-Location'),
    ]);
    await vi.waitFor(() => expect(readdirSync(`${http.folder}/incoming`)).toEqual([]));
  });
});
