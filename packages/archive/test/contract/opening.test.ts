import { type DataSet, TAG } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf, type ObjectFacts, objectFile } from '../support/objects.ts';
import { fixture, storeFile } from '../support/stored.ts';

/** What an opening may take: 64 kB. */
const MOST_BYTES = 64_000;
const EDGE = 600;

interface Opening {
  readonly study: {
    readonly studyInstanceUid: string;
    readonly patient: { readonly name: string };
    readonly series: readonly { readonly seriesInstanceUid: string }[];
  };
  readonly more: number;
  readonly preview: {
    readonly seriesInstanceUid: string;
    readonly sopInstanceUid: string;
    readonly frame: number;
    readonly mediaType: string;
    readonly data: string;
  } | null;
}

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function opened(study: string, as = 'main'): Promise<Opening> {
  const response = await http.ask(`/api/studies/${study}/opening`, { as });
  const body = Buffer.from(await response.arrayBuffer());
  expect(response.status, body.toString().slice(0, 300)).toBe(200);
  expect(body.length).toBeLessThanOrEqual(MOST_BYTES);
  return JSON.parse(body.toString()) as Opening;
}

async function pictureOf({ preview }: Opening) {
  const jpeg = Buffer.from(preview?.data ?? '', 'base64');
  const { data, info } = await sharp(jpeg).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** What no coding makes small: the size of a picture of it is a question of quality. */
function noise(facts: ObjectFacts, edge = EDGE): Uint8Array {
  let seed = 1;
  const pixels = Buffer.from(
    Array.from({ length: edge * edge }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (seed >> 16) & 255;
    }),
  );
  return withPixels(facts, edge, pixels);
}

function withPixels(facts: ObjectFacts, edge: number, pixels: Buffer): Uint8Array {
  return fileOf({
    ...dataSetOf(facts),
    [TAG.Rows]: attribute('US', edge),
    [TAG.Columns]: attribute('US', edge),
    [TAG.PixelData]: { vr: 'OB', InlineBinary: pixels.toString('base64') },
  });
}

const modality = (value: string): DataSet => ({ [TAG.Modality]: attribute('CS', value) });

describe('opening a study', () => {
  it('gives the study as it is given alone, with a picture of its first image', async () => {
    const half = Buffer.alloc(EDGE * EDGE, 0).fill(255, (EDGE * EDGE) / 2);
    await storeFile(http, withPixels({ study: '1.4.1', number: 1 }, EDGE, half));
    await storeFile(http, noise({ study: '1.4.1', number: 2 }));
    const { study, more, preview } = await opened('1.4.1');
    expect(study).toEqual(await (await http.ask('/api/studies/1.4.1')).json());
    expect(more).toBe(0);
    expect(preview).toMatchObject({
      seriesInstanceUid: '1.4.1.1',
      sopInstanceUid: '1.4.1.1.1',
      frame: 1,
      mediaType: 'image/jpeg',
    });
    const { data, width, height } = await pictureOf(await opened('1.4.1'));
    expect([width, height]).toEqual([EDGE, EDGE]);
    expect(data[EDGE * 10 + 300]).toBeLessThan(10);
    expect(data[EDGE * 590 + 300]).toBeGreaterThan(245);
  });

  it('makes the picture of less quality, then smaller, until it fits', async () => {
    await storeFile(http, noise({ study: '1.4.2' }));
    const { width } = await pictureOf(await opened('1.4.2'));
    expect(width).toBeGreaterThanOrEqual(150);
    expect(width).toBeLessThanOrEqual(EDGE);
  });

  it('is in the audit trail as a view', async () => {
    http.viewed.length = 0;
    await opened('1.4.1');
    expect(http.viewed).toEqual(['main 1.4.1']);
  });

  it('of another facility is not there, like one that is not there', async () => {
    const foreign = await http.ask('/api/studies/1.4.1/opening', { as: 'branch' });
    const missing = await http.ask('/api/studies/1.4.99/opening', { as: 'branch' });
    expect([foreign.status, await foreign.text()]).toEqual([404, await missing.text()]);
    expect((await http.ask('/api/studies/1.4.1/opening', { as: 'relay' })).status).toBe(403);
    expect((await http.ask('/api/studies/x/opening')).status).toBe(400);
  });

  it('is asked for again by its entity tag, which another image changes', async () => {
    const ask = (tag?: string) =>
      http.ask('/api/studies/1.4.3/opening', { headers: tag === undefined ? {} : { 'if-none-match': tag } });
    await storeFile(http, objectFile({ study: '1.4.3' }));
    const first = await ask();
    const tag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect((await ask(tag)).status).toBe(304);
    await storeFile(http, objectFile({ study: '1.4.3', number: 2 }));
    const again = await ask(tag);
    expect([again.status, again.headers.get('etag') === tag]).toEqual([200, false]);
  });

  it('shows what a machine made before what was made of it', async () => {
    await storeFile(http, noise({ study: '1.4.4', series: '1.4.4.1', more: modality('SEG') }, 16));
    await storeFile(
      http,
      noise({ study: '1.4.4', series: '1.4.4.2', more: { ...modality('MR'), [TAG.SeriesNumber]: attribute('IS', 2) } }, 16),
    );
    expect((await opened('1.4.4')).preview?.seriesInstanceUid).toBe('1.4.4.2');
  });

  it('names how many series it leaves out, and keeps the one it shows', async () => {
    const series = (number: number, more: DataSet = {}): Uint8Array => {
      const named = { [TAG.SeriesNumber]: attribute('IS', number), [TAG.SeriesDescription]: attribute('LO', 'd'.repeat(60)) };
      return objectFile({ study: '1.4.5', series: `1.4.5.${number}`, more: { ...named, ...more } });
    };
    await http.stow(Array.from({ length: 300 }, (_, index) => series(index + 1, modality('PR'))));
    await http.stow([noise({ study: '1.4.5', series: '1.4.5.301', more: { [TAG.SeriesNumber]: attribute('IS', 301) } })]);
    const { study, more, preview } = await opened('1.4.5');
    expect(study.series.length + more).toBe(301);
    expect(more).toBeGreaterThan(100);
    expect(study.series.slice(0, 3).map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.4.5.1', '1.4.5.2', '1.4.5.3']);
    expect(study.series.at(-1)?.seriesInstanceUid).toBe('1.4.5.301');
    expect(preview?.seriesInstanceUid).toBe('1.4.5.301');
  });

  it('of a study without pictures has none', async () => {
    const report = await storeFile(http, fixture('objects/sr/test-SR.dcm'));
    const study = report.split('/')[3] ?? '';
    const opening = await opened(study);
    expect(opening.preview).toBeNull();
    expect(opening.study.series).toHaveLength(1);
  });

  it('of an image that cannot be decoded has none, and is not kept without it', async () => {
    const broken = { [TAG.PhotometricInterpretation]: attribute('CS', 'PALETTE COLOR') };
    await storeFile(http, objectFile({ study: '1.4.6', more: broken }));
    const response = await http.ask('/api/studies/1.4.6/opening');
    expect([response.status, response.headers.get('etag'), response.headers.get('cache-control')]).toEqual([
      200,
      null,
      'no-store',
    ]);
    expect(((await response.json()) as Opening).preview).toBeNull();
  });

  it('is refused in words where what is said of the study alone is too long', async () => {
    const shared = { [TAG.StudyDescription]: attribute('LO', 'x'.repeat(65_000)) };
    await storeFile(http, objectFile({ study: '1.4.7', more: shared }));
    const response = await http.ask('/api/studies/1.4.7/opening');
    expect([response.status, response.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
    expect((await http.ask('/api/studies/1.4.7')).status).toBe(200);
  });
});
