import { type DataSet, TAG, writeDataSet, writeFileMeta } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf } from '../support/objects.ts';
import { fixture, storeFile } from '../support/stored.ts';

const GSPS = '1.2.840.10008.5.1.4.1.1.11.1';

let http: TestHttp;
let image = '';
let cine = '';
let colour = '';
let report = '';
let pdf = '';
let video = '';
let state = '';

const ROWS = 300;

/** A ramp from black to white, with a patient. */
function ramp(study: string, more: DataSet = {}, frames = 1): Uint8Array {
  const bytes = Buffer.from(
    Array.from({ length: ROWS * ROWS * frames }, (_, i) =>
      Math.floor((((i + Math.floor(i / ROWS / ROWS) * 7) % ROWS) * 256) / ROWS),
    ),
  );
  const dataSet = dataSetOf({
    study,
    more: { ...more, ...(frames > 1 ? { [TAG.NumberOfFrames]: attribute('IS', frames) } : {}) },
  });
  return fileOf({
    ...dataSet,
    [TAG.Rows]: attribute('US', ROWS),
    [TAG.Columns]: attribute('US', ROWS),
    [TAG.PixelData]: { vr: 'OB', InlineBinary: bytes.toString('base64') },
  });
}

function withoutPixels(facts: Parameters<typeof dataSetOf>[0], change: DataSet): DataSet {
  const kept = Object.entries(dataSetOf(facts)).filter(([tag]) => !tag.startsWith('0028') && tag !== TAG.PixelData);
  const all = Object.entries({ ...Object.fromEntries(kept), ...change });
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Two fragments of what a player would read. */
const MP4 = [Buffer.from('....ftypmp42 first half '), Buffer.from('and the second half.....')];

function videoFile(study: string): Uint8Array {
  const transferSyntaxUid = '1.2.840.10008.1.2.4.102';
  const item = (bytes: Buffer) => Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, bytes.length, 0, 0, 0]), bytes]);
  const fragments = Buffer.concat([item(Buffer.alloc(0)), ...MP4.map(item)]).toString('base64');
  const dataSet = { ...dataSetOf({ study }), [TAG.PixelData]: { vr: 'OB', InlineBinary: fragments } } as const;
  const meta = writeFileMeta({
    mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.77.1.1.1',
    mediaStorageSopInstanceUid: `${study}.1.1`,
    transferSyntaxUid,
  });
  return Buffer.concat([meta, writeDataSet(dataSet, { explicitVr: true, encapsulatedPixelData: true })]);
}

beforeAll(async () => {
  http = await openTestHttp();
  image = await storeFile(http, ramp('1.2.60'));
  cine = await storeFile(http, ramp('1.2.61', { '00181063': attribute('DS', 50) }, 4));
  colour = await storeFile(http, fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
  report = await storeFile(http, fixture('objects/sr/test-SR.dcm'));
  const document = { vr: 'OB', InlineBinary: Buffer.from('%PDF-1.4 not really one').toString('base64') } as const;
  pdf = await storeFile(
    http,
    fileOf(
      withoutPixels(
        { study: '1.2.62' },
        {
          [TAG.SOPClassUID]: attribute('UI', '1.2.840.10008.5.1.4.1.1.104.1'),
          [TAG.Modality]: attribute('CS', 'DOC'),
          [TAG.EncapsulatedDocument]: document,
          '00420015': attribute('UL', 23),
          [TAG.MIMETypeOfEncapsulatedDocument]: attribute('LO', 'application/pdf'),
        },
      ),
    ),
  );
  video = await storeFile(http, videoFile('1.2.63'));
  const reference = {
    [TAG.ReferencedSOPClassUID]: attribute('UI', '1.2.840.10008.5.1.4.1.1.2'),
    [TAG.ReferencedSOPInstanceUID]: attribute('UI', '1.2.60.1.1'),
  };
  state = await storeFile(
    http,
    fileOf(
      withoutPixels(
        { study: '1.2.60', series: '1.2.60.9' },
        {
          [TAG.SOPClassUID]: attribute('UI', GSPS),
          [TAG.Modality]: attribute('CS', 'PR'),
          '00081115': attribute('SQ', {
            '00081140': attribute('SQ', reference),
            [TAG.SeriesInstanceUID]: attribute('UI', '1.2.60.1'),
          }),
          '20500020': attribute('CS', 'INVERSE'),
        },
      ),
    ),
  );
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function grayOf(path: string): Promise<Buffer> {
  const response = await http.ask(path, { accept: 'image/png' });
  expect(response.status, path).toBe(200);
  return sharp(await response.arrayBuffer())
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

const status = async (path: string, accept?: string): Promise<number> => {
  const response = await http.ask(path, accept === undefined ? {} : { accept });
  await response.body?.cancel();
  return response.status;
};

describe('annotations', () => {
  it('are burnt into the corners: patient above, technique below', async () => {
    const plain = await grayOf(`${image}/rendered`);
    const changed = (other: Buffer): number[] =>
      [...other].flatMap((value, at) => (value === plain[at] ? [] : [Math.floor(at / ROWS)]));
    const patient = changed(await grayOf(`${image}/rendered?annotation=patient`));
    const technique = changed(await grayOf(`${image}/rendered?annotation=technique`));
    expect(patient.length).toBeGreaterThan(50);
    expect(Math.max(...patient)).toBeLessThan(ROWS / 2);
    expect(Math.max(...technique)).toBeGreaterThan(ROWS / 2);
    expect(await status(`${image}/rendered?annotation=weather`)).toBe(400);
  });
});

describe('a presentation state', () => {
  it('is rendered as the image it is for, and applied to an image that is asked for with it', async () => {
    const plain = await grayOf(`${image}/rendered`);
    const inverted = Buffer.from(plain.map((value) => 255 - value));
    expect(await grayOf(`${state}/rendered`)).toEqual(inverted);
    const uid = state.split('/').at(-1);
    expect(await grayOf(`${image}/rendered?presentationUID=${uid}`)).toEqual(inverted);
    expect(await grayOf(`${image}/rendered?presentationUID=${uid}&presentationSeriesUID=1.2.60.9`)).toEqual(inverted);
    expect(await grayOf(`${image}/frames/1/rendered?presentationUID=${uid}`)).toEqual(inverted);
  });

  it('comes as several parts, one for each image, when that is asked for', async () => {
    const parts = await partsOf(await http.ask(`${state}/rendered`, { accept: 'multipart/related; type="image/png"' }));
    expect(parts.map(({ headers }) => headers['content-location'])).toEqual([`http://pacs.test${image}/frames/1/rendered`]);
  });

  it('that is not there, is none, is of another image, or comes with a window is refused', async () => {
    expect(await status(`${image}/rendered?presentationUID=9.9`)).toBe(404);
    expect(await status(`${image}/rendered?presentationUID=1.2.60.1.1`)).toBe(400);
    expect(await status(`${cine}/rendered?presentationUID=${state.split('/').at(-1)}`)).toBe(404);
    expect(await status(`${image}/rendered?window=1,2&presentationUID=${state.split('/').at(-1)}`)).toBe(400);
  });

  it('is not shown to who may not see its study', async () => {
    expect((await http.ask(`${state}/rendered`, { as: 'branch' })).status).toBe(404);
  });
});

describe('several frames', () => {
  it('are one moving GIF, at their own pace', async () => {
    const response = await http.ask(`${cine}/rendered`, { accept: 'image/gif' });
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(await sharp(await response.arrayBuffer(), { animated: true }).metadata()).toMatchObject({
      pages: 4,
      delay: [50, 50, 50, 50],
      pageHeight: ROWS,
    });
    const some = await http.ask(`${cine}/frames/2,3/rendered?viewport=100,100`, { accept: 'image/gif' });
    expect(await sharp(await some.arrayBuffer(), { animated: true }).metadata()).toMatchObject({ pages: 2, pageHeight: 100 });
    expect(await status(`${cine}/frames/2,9/rendered`, 'image/gif')).toBe(404);
  });

  it('are a part each, of an instance and of a series', async () => {
    const accept = 'multipart/related; type="image/jpeg"';
    expect(await partsOf(await http.ask(`${cine}/rendered`, { accept }))).toHaveLength(4);
    expect(await partsOf(await http.ask(cine.replace(/\/instances.*/, '/rendered'), { accept }))).toHaveLength(4);
  });

  it('of a study with things that are no images are its images', async () => {
    const parts = await partsOf(await http.ask('/studies/1.2.60/rendered', { accept: 'multipart/related; type="image/jpeg"' }));
    expect(parts).toHaveLength(1);
    expect(await status('/studies/1.2.62/rendered', 'multipart/related; type="image/jpeg"')).toBe(406);
  });
});

describe('what is no image', () => {
  it('is a PDF as it was put in', async () => {
    const response = await http.ask(`${pdf}/rendered`, { accept: 'application/pdf, */*;q=0.1' });
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(await response.text()).toBe('%PDF-1.4 not really one');
    expect(await status(`${pdf}/rendered`, 'image/jpeg')).toBe(406);
  });

  it('is saved and never shown where the sender says that a document is a page or a script', async () => {
    const path = await storeFile(
      http,
      fileOf(
        withoutPixels(
          { study: '1.2.67' },
          {
            [TAG.SOPClassUID]: attribute('UI', '1.2.840.10008.5.1.4.1.1.104.2'),
            [TAG.EncapsulatedDocument]: {
              vr: 'OB',
              InlineBinary: Buffer.from('<script>fetch("/api")</script>').toString('base64'),
            },
            [TAG.MIMETypeOfEncapsulatedDocument]: attribute('LO', 'text/html'),
          },
        ),
      ),
    );
    for (const accept of ['text/html, */*;q=0.1', '*/*']) {
      const { headers, status: answered } = await http.ask(`${path}/rendered`, { accept });
      expect([answered, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
        200,
        'application/octet-stream',
        'attachment',
      ]);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none';.*; sandbox$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      // A browser keeps what it has under the headers of the last answer.
      const again = await http.ask(`${path}/rendered`, { accept, headers: { 'if-none-match': headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
      expect(again.headers.get('content-security-policy')).toBe(headers.get('content-security-policy'));
    }
  });

  it('is a report as text, and as a page that runs nothing', async () => {
    const page = await http.ask(`${report}/rendered`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<!doctype html>');
    const text = await (await http.ask(`${report}/rendered`, { accept: 'text/plain' })).text();
    expect(text.split('\n').length).toBeGreaterThan(3);
    expect(text).not.toContain('<p');
  });

  it('is a video as it is stored, whole and in parts', async () => {
    const response = await http.ask(`${video}/rendered`, { accept: 'video/mp4' });
    expect(response.headers.get('content-type')).toBe('video/mp4');
    const whole = Buffer.concat(MP4);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(whole);
    const part = await http.ask(`${video}/rendered`, { accept: 'video/*', headers: { range: 'bytes=20-29' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 20-29/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(20, 30));
    expect(await status(`${video}/rendered`, 'image/jpeg')).toBe(406);
  });

  it('has a thumbnail that says what it is', async () => {
    const seen = new Set<string>();
    for (const path of [pdf, report, video, state]) {
      const response = await http.ask(`${path}/thumbnail?viewport=64,64`, { accept: 'image/png' });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 });
      seen.add(bytes.toString('base64'));
    }
    expect(seen.size).toBe(4);
    expect(await status('/studies/1.2.62/thumbnail')).toBe(200);
  });
});

it('a window that means nothing for colours is told, and the picture given', async () => {
  const response = await http.ask(`${colour}/rendered?window=1,2`);
  await response.body?.cancel();
  expect([response.status, response.headers.get('warning')?.slice(0, 12)]).toEqual([200, '299 filmless']);
});

it('a picture names its colours where it is asked to', async () => {
  const response = await http.ask(`${colour}/rendered?iccprofile=srgb`, { accept: 'image/png' });
  expect((await sharp(await response.arrayBuffer()).metadata()).icc).toBeDefined();
  expect(await status(`${colour}/rendered?iccprofile=rommrgb`)).toBe(400);
});
