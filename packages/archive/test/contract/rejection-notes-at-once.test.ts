import { type DataSet, newBoundary, TAG, writeMultipart } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { dataSetOf, objectFile } from '../support/objects.ts';
import { note, noteDataSet } from '../support/rejection-note.ts';

let http: TestHttp;
beforeEach(async () => {
  http = await openTestHttp();
});
afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

async function found(study: string): Promise<string[]> {
  const response = await http.ask(`/studies/${study}/instances`);
  return ((await response.json()) as DataSet[]).map((one) => String(one[TAG.SOPInstanceUID]?.Value?.[0])).toSorted();
}

describe('a rejection note that comes in one request before what it names', () => {
  it('is carried out behind all of the request', async () => {
    const images = [1, 2, 3].map((number) => objectFile({ study: '1.1', number }));
    const response = await http.stow([note('1.1', ['1.1.1.1', '1.1.1.3']), ...images]);
    expect(response.status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.2']);
  });

  it('is so among many others, more than are stored at a time', async () => {
    const notes = Array.from({ length: 70 }, (_, at) => note('1.1', [`1.1.1.${at + 1}`], '113001', `1.1.9.${at + 1}`));
    const images = Array.from({ length: 71 }, (_, at) => objectFile({ study: '1.1', number: at + 1 }));
    expect((await http.stow([...notes, ...images])).status).toBe(200);
    expect(await found('1.1')).toEqual(['1.1.1.71']);
  });

  it('is so when they come as metadata', async () => {
    const { [TAG.PixelData]: _pixels, ...report } = dataSetOf({ study: '1.1' });
    const response = await http.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': 'application/dicom+json' },
      body: JSON.stringify([noteDataSet('1.1', ['1.1.1.1']), report]),
    });
    expect(response.status).toBe(200);
    expect(await found('1.1')).toEqual([]);
  });

  it('is so where the request breaks off: of what had come', async () => {
    const boundary = newBoundary();
    const parts = [note('1.1', ['1.1.1.1']), objectFile({ study: '1.1' }), objectFile({ study: '1.1', number: 2 })];
    const whole = await new Response(
      writeMultipart(
        parts.map((body) => ({ headers: { 'content-type': 'application/dicom' }, body })),
        boundary,
      ),
    ).bytes();
    const response = await http.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
      body: whole.slice(0, -100),
    });
    expect(response.status).toBe(400);
    expect(await found('1.1')).toEqual([]);
  });
});
