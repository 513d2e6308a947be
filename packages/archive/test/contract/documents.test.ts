import { bytesSource, inspectObject, readJpegFacts, TAG } from '@filmless/dicom';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { orderBody, send } from '../support/orders.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF');

interface Made {
  readonly kind: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly detail?: string;
}

/** A picture whose every corner has another colour, 48 x 32. */
function corners() {
  const dot = (color: string) => ({ create: { width: 24, height: 16, channels: 3, background: color } }) as const;
  const parts = (['#f00', '#0f0', '#00f', '#fff'] as const).map(async (color, index) => ({
    input: await sharp(dot(color)).png().toBuffer(),
    left: 24 * (index % 2),
    top: 16 * Math.floor(index / 2),
  }));
  return Promise.all(parts).then((composite) =>
    sharp({ create: { width: 48, height: 32, channels: 3, background: '#000' } }).composite(composite),
  );
}

describe('a document or a photo that is added', () => {
  let http: TestHttp;

  beforeEach(async () => {
    http = await openTestHttp();
    await http.stow([objectFile()]);
  });

  afterEach(async () => {
    await http[Symbol.asyncDispose]();
  });

  const add = async (
    body: Uint8Array,
    { path = '/api/studies/1.2.3', query = 'title=Gi%E1%BA%A5y%20ra%20vi%E1%BB%87n', as = 'main', length = body.byteLength } = {},
  ) => {
    const headers = { 'content-length': String(length) };
    const response = await http.ask(`${path}/documents?${query}`, { method: 'POST', as, headers, body: new Uint8Array(body) });
    return { status: response.status, made: (await response.json().catch(() => ({}))) as Made };
  };
  const read = async ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: Made) => {
    const path = `/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
    const [part] = await partsOf(
      await http.ask(path, { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' }),
    );
    const file = new Uint8Array(part?.bytes ?? []);
    const object = await inspectObject(bytesSource(file), { bulkThreshold: 0 });
    const value = object.bulk.find(({ path: tag }) => tag === '00420011' || tag === '7FE00010');
    return { ...object, value: file.subarray(value?.offset, (value?.offset ?? 0) + (value?.length ?? 0)), path };
  };

  it('as PDF is an Encapsulated PDF of the study, byte for byte', async () => {
    const { status, made } = await add(PDF, { query: 'title=Gi%E1%BA%A5y%20ra%20vi%E1%BB%87n&date=2026-02-20' });
    expect([status, made.kind, made.studyInstanceUid]).toEqual([201, 'pdf', '1.2.3']);
    const { header, value, warnings } = await read(made);
    expect(warnings).toEqual([]);
    expect(Buffer.from(value.subarray(0, PDF.length)).equals(PDF)).toBe(true);
    expect(header).toMatchObject({
      [TAG.SOPClassUID]: { Value: ['1.2.840.10008.5.1.4.1.1.104.1'] },
      [TAG.PatientName]: { Value: [{ Alphabetic: 'Đỗ^Thị Dương' }] },
      [TAG.PatientID]: { Value: ['P1'] },
      [TAG.AccessionNumber]: { Value: ['A-100'] },
      [TAG.Modality]: { Value: ['DOC'] },
      [TAG.ContentDate]: { Value: ['20260220'] },
      [TAG.OperatorsName]: { Value: [{ Alphabetic: 'main' }] },
      '00420010': { Value: ['Giấy ra viện'] },
      '00420012': { Value: ['application/pdf'] },
      '00420015': { Value: [PDF.length] },
    });
    expect(http.audited.at(-1)).toMatchObject({ action: 'study.store', studyInstanceUid: '1.2.3' });
  });

  it('as a JPEG photo keeps its compressed data and loses where it was taken', async () => {
    const jpeg = await (await corners())
      .jpeg({ quality: 90 })
      .withExif({ IFD3: { GPSLatitude: '10/1 17/1 0/1' } })
      .toBuffer();
    const { made } = await add(jpeg);
    const { header, value, meta, frames } = await read(made);
    expect([made.kind, meta.transferSyntaxUid, frames.count]).toEqual(['photo', '1.2.840.10008.1.2.4.50', 1]);
    expect(Buffer.from(value).includes('Exif')).toBe(false);
    const scan = jpeg.subarray(readJpegFacts(jpeg).scan);
    expect(Buffer.from(value).includes(scan.subarray(0, scan.length - (scan.length % 2)))).toBe(true);
    expect(header).toMatchObject({
      [TAG.SOPClassUID]: { Value: ['1.2.840.10008.5.1.4.1.1.77.1.4'] },
      [TAG.Rows]: { Value: [32] },
      [TAG.Columns]: { Value: [48] },
      [TAG.PhotometricInterpretation]: { Value: ['YBR_FULL_422'] },
      [TAG.LossyImageCompression]: { Value: ['01'] },
      '00282114': { Value: ['ISO_10918_1'] },
    });
    const rendered = await http.ask(`${(await read(made)).path}/rendered`, { accept: 'image/png' });
    expect(await colours(await rendered.arrayBuffer())).toEqual(['red', 'green', 'blue', 'white']);
  });

  it.each([
    ['turned by a quarter', 6, { progressive: false }, ['blue', 'red', 'white', 'green'], [48, 32]],
    ['turned by a half', 3, { progressive: false }, ['white', 'blue', 'green', 'red'], [32, 48]],
    ['mirrored', 2, { progressive: false }, ['green', 'red', 'white', 'blue'], [32, 48]],
    ['coded progressively', 1, { progressive: true }, ['red', 'green', 'blue', 'white'], [32, 48]],
  ] as const)(
    'stands upright where the camera was %s, still compressed once only',
    async (_, orientation, options, wanted, size) => {
      const jpeg = await (await corners())
        .jpeg({ quality: 90, ...options })
        .withMetadata({ orientation })
        .toBuffer();
      const { made } = await add(jpeg);
      const { header, meta, path } = await read(made);
      expect(meta.transferSyntaxUid).toBe('1.2.840.10008.1.2.4.50');
      expect([header[TAG.Rows]?.Value?.[0], header[TAG.Columns]?.Value?.[0]]).toEqual(size);
      const rendered = await http.ask(`${path}/rendered`, { accept: 'image/png' });
      expect(await colours(await rendered.arrayBuffer())).toEqual(wanted);
    },
  );

  it('stands upright without being compressed again where its edge lies within a block', async () => {
    const odd = await (await corners()).png().toBuffer();
    const jpeg = await sharp(odd)
      .resize(45, 31, { fit: 'fill' })
      .jpeg({ quality: 90 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { made } = await add(jpeg);
    const { header, meta } = await read(made);
    expect(meta.transferSyntaxUid).toBe('1.2.840.10008.1.2.1');
    expect([header[TAG.Rows]?.Value, header[TAG.Columns]?.Value, header[TAG.LossyImageCompression]?.Value]).toEqual([
      [45],
      [31],
      ['01'],
    ]);
  });

  it('as PNG is a Secondary Capture without loss', async () => {
    const { made } = await add(await (await corners()).png().toBuffer());
    const { header, value } = await read(made);
    expect(header[TAG.SOPClassUID]?.Value).toEqual(['1.2.840.10008.5.1.4.1.1.7']);
    expect([...value.subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it('begins the study of an order that has no image, and joins it where it has', async () => {
    await send(http, 'POST', '/api/orders', orderBody({ accessionNumber: 'A2' }));
    const first = await add(PDF, { path: '/api/orders/A2' });
    expect(first.status).toBe(201);
    const { header } = await read(first.made);
    expect(header).toMatchObject({
      [TAG.PatientName]: { Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
      [TAG.PatientBirthDate]: { Value: ['19700101'] },
      [TAG.IssuerOfPatientID]: { Value: ['SADEC'] },
      [TAG.AccessionNumber]: { Value: ['A2'] },
      [TAG.StudyDate]: { Value: ['20260301'] },
      [TAG.StudyDescription]: { Value: ['CT ngực'] },
    });
    const second = await add(PDF, { path: '/api/orders/A2' });
    expect(second.made.studyInstanceUid).toBe(first.made.studyInstanceUid);
    const order = (await (await http.ask('/api/orders/A2')).json()) as { readonly study: unknown };
    expect(order.study).toMatchObject({ instances: 2 });
  });

  it.each([
    ['an iPhone photo', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'), 415, 'HEIC and AVIF photos'],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0'), 415, 'Videos cannot be added'],
    ['a text', Buffer.from('hello'), 415, 'Only PDF, JPEG and PNG'],
    ['a broken photo', Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 4, 1, 2]), 400, ''],
    ['a broken PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]), 400, 'cannot be read'],
  ])('is refused as %s, with what to do', async (_, body, status, detail) => {
    const { status: answered, made } = await add(body);
    expect(answered).toBe(status);
    expect(made.detail).toContain(detail);
  });

  it('is refused without a title, with another length than was said, too large, and into what is not there', async () => {
    expect((await add(PDF, { query: 'title=' })).status).toBe(400);
    expect((await add(PDF, { query: 'title=a&date=2026-13-01' })).status).toBe(400);
    expect((await add(PDF, { length: PDF.length + 1 })).status).toBe(400);
    expect((await add(PDF, { length: PDF.length - 1 })).status).toBe(400);
    expect((await add(PDF, { length: 2 ** 40 })).status).toBe(413);
    expect((await add(PDF, { path: '/api/studies/9.9.9' })).status).toBe(404);
    expect((await add(PDF, { path: '/api/orders/none' })).status).toBe(404);
    expect((await add(PDF, { as: 'branch' })).status).toBe(404);
    expect((await add(PDF, { as: 'reader' })).status).toBe(403);
  });

  it('is refused as a picture of too many pixels before memory is taken for it', async () => {
    const bomb = await sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect((await add(bomb)).status).toBe(413);
  });
});

/** The colours of the corners: above left and right, below left and right. */
async function colours(png: ArrayBuffer): Promise<readonly string[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (row: number, column: number): string => {
    const from = (row * info.width + column) * info.channels;
    const [red, green, blue] = [...data.subarray(from, from + 3)].map((value) => value > 128);
    return red && green && blue ? 'white' : red ? 'red' : green ? 'green' : blue ? 'blue' : 'black';
  };
  const [bottom, right] = [info.height - 4, info.width - 4];
  return [at(3, 3), at(3, right), at(bottom, 3), at(bottom, right)];
}
