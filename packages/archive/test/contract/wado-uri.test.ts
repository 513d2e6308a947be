import { bytesSource, firstText, readObject, TAG } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { fixture, storeFile } from '../support/stored.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';

let http: TestHttp;
let ct = '';
let frames = '';
let report = '';

beforeAll(async () => {
  http = await openTestHttp();
  ct = await storeFile(http, fixture('modality/ct/CT_small.dcm'));
  frames = await storeFile(http, fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
  report = await storeFile(http, fixture('objects/sr/test-SR.dcm'));
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

/** The query that names an instance by its path. */
function wado(path: string, more = ''): string {
  const [, , , study, , series, , instance] = path.split('/');
  return `/dicom-web/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${instance}${more === '' ? '' : `&${more}`}`;
}

const ask = (path: string, more?: string, accept?: string): Promise<Response> =>
  http.ask(wado(path, more), accept === undefined ? {} : { accept });

const statusOf = async (path: string, more?: string): Promise<number> => {
  const response = await ask(path, more);
  await response.body?.cancel();
  return response.status;
};

async function pictureOf(
  path: string,
  more: string,
): Promise<{ readonly type: string | null; readonly width: number; readonly height: number }> {
  const response = await ask(path, more);
  const { width = 0, height = 0 } = await sharp(await response.arrayBuffer()).metadata();
  return { type: response.headers.get('content-type'), width, height };
}

async function objectOf(path: string, more: string) {
  const response = await ask(path, more);
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { type: response.headers.get('content-type'), bytes, object: await readObject(bytesSource(bytes)) };
}

describe('an object named in a query', () => {
  it('is an image as JPEG, of one frame, and an object of several, where nothing else is asked for', async () => {
    expect((await ask(ct)).headers.get('content-type')).toBe('image/jpeg');
    expect((await ask(frames)).headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${EXPLICIT}`);
    expect((await ask(report)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await ask(frames, 'frameNumber=2')).headers.get('content-type')).toBe('image/jpeg');
  });

  it('is what contentType says, the first that can be had', async () => {
    expect((await ask(ct, 'contentType=image/png')).headers.get('content-type')).toBe('image/png');
    expect((await ask(ct, 'contentType=image/jp2,image/webp')).headers.get('content-type')).toBe('image/webp');
    expect((await ask(ct, 'contentType=text/html')).status).toBe(406);
    expect((await ask(report, 'contentType=text/plain&charset=UTF-8')).headers.get('content-type')).toBe(
      'text/plain; charset=utf-8',
    );
    expect(await statusOf(report, 'contentType=text/plain&charset=ISO-8859-1')).toBe(406);
  });

  it('is as large as rows and columns say, and the part of it that region says', async () => {
    expect(await pictureOf(ct, 'columns=64')).toEqual({ type: 'image/jpeg', width: 64, height: 64 });
    expect(await pictureOf(ct, 'rows=32&columns=500')).toMatchObject({ width: 32, height: 32 });
    expect(await pictureOf(ct, 'region=0.0,0.0,0.5,0.25')).toMatchObject({ width: 64, height: 32 });
    expect(await pictureOf(ct, 'region=0.5,0,1,1&rows=64')).toMatchObject({ width: 32, height: 64 });
  });

  it('is windowed, annotated, and compressed as asked', async () => {
    const bytes = async (more: string) => Buffer.from(await (await ask(ct, more)).arrayBuffer());
    const plain = await bytes('windowCenter=40&windowWidth=400');
    expect(plain.equals(await bytes('windowCenter=0&windowWidth=100'))).toBe(false);
    expect(plain.equals(await bytes('windowCenter=40&windowWidth=400&annotation=patient,technique'))).toBe(false);
    expect((await bytes('imageQuality=10')).length).toBeLessThan((await bytes('imageQuality=95')).length);
  });

  it('is the whole object in the transfer syntax asked for, else in Explicit VR Little Endian', async () => {
    const dicom = 'contentType=application/dicom';
    expect((await objectOf(frames, `${dicom}&transferSyntax=${RLE}`)).bytes).toEqual(fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
    expect((await objectOf(frames, dicom)).object.transferSyntax.uid).toBe(EXPLICIT);
    expect((await objectOf(frames, `${dicom}&transferSyntax=1.2.840.10008.1.2.4.110`)).object.transferSyntax.uid).toBe(EXPLICIT);
    expect((await objectOf(ct, `${dicom}&transferSyntax=1.2.840.10008.1.2.4.80`)).object.transferSyntax.uid).toBe(
      '1.2.840.10008.1.2.4.80',
    );
  });

  it('is made anonymous, under UIDs of its own that belong together', async () => {
    const dicom = 'contentType=application/dicom&anonymize=yes';
    const [one, again] = [await objectOf(ct, dicom), await objectOf(ct, dicom)];
    const { object: stored } = { object: await readObject(bytesSource(fixture('modality/ct/CT_small.dcm'))) };
    const { header } = one.object;
    expect(firstText(header, '00120062')).toBe('YES');
    for (const tag of [TAG.PatientName, TAG.PatientID, TAG.StudyInstanceUID, TAG.SOPInstanceUID]) {
      expect(firstText(header, tag)).not.toBe(firstText(stored.header, tag));
    }
    expect(one.bytes.includes(firstText(stored.header, TAG.PatientID) ?? '-')).toBe(false);
    expect(firstText(header, TAG.StudyInstanceUID)).toBe(firstText(again.object.header, TAG.StudyInstanceUID));
    expect(one.object.frames).toMatchObject({ count: 1, length: 128 * 128 * 2 });
    expect(one.object.warnings).toEqual([]);
    expect(await statusOf(ct, 'anonymize=yes&contentType=image/jpeg')).toBe(400);
    expect(await statusOf(ct, 'anonymize=no')).toBe(400);
  });

  it.each([
    ['requestType', '/dicom-web/wado?studyUID=1&seriesUID=1&objectUID=1'],
    ['seriesUID', '/dicom-web/wado?requestType=WADO&studyUID=1&objectUID=1'],
    ['a UID', '/dicom-web/wado?requestType=WADO&studyUID=1&seriesUID=1&objectUID=a'],
  ])('is not found without %s: 400', async (_, path) => {
    expect((await http.ask(path)).status).toBe(400);
  });

  it.each([
    'rows=0',
    'columns=9000',
    'region=0,0,1',
    'region=0.5,0,0.2,1',
    'region=0,0,2,1',
    'windowCenter=1',
    'windowCenter=1&windowWidth=0',
    'frameNumber=0',
    'imageQuality=101',
    'annotation=all',
    'contentType=application/dicom&frameNumber=1',
    'presentationUID=1.2&windowCenter=1&windowWidth=2',
  ])('is refused with 400 for %s', async (more) => {
    expect(await statusOf(ct, more)).toBe(400);
  });

  it('is not there for who may not know of it', async () => {
    await http.stow([objectFile({ study: '1.2.70' })]);
    const path = '/dicom-web/studies/1.2.70/series/1.2.70.1/instances/1.2.70.1.1';
    expect((await http.ask(wado(path))).status).toBe(200);
    expect((await http.ask(wado(path), { as: 'branch' })).status).toBe(404);
    expect((await http.ask(wado(path), { as: 'relay' })).status).toBe(403);
    expect(await statusOf(ct, 'frameNumber=2')).toBe(404);
    expect(http.viewed).toContain('main 1.2.70');
  });
});
