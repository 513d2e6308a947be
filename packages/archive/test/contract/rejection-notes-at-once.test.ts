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

/** A request whose first part is stored before the others are sent, `short` by so many bytes of being whole. */
async function stowSlowly(files: readonly Uint8Array[], stored: () => Promise<unknown>, short = 0): Promise<Response> {
  const boundary = newBoundary();
  const parts = files.map((body) => ({ headers: { 'content-type': 'application/dicom' }, body }));
  const whole = Buffer.from(await new Response(writeMultipart(parts, boundary)).bytes());
  const behind = whole.indexOf(`--${boundary}`, boundary.length) + boundary.length + 4;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, behind);
    await stored();
    yield whole.subarray(behind, whole.length - short);
  }
  return await http.ask('/studies', {
    method: 'POST',
    headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
    body: ReadableStream.from(pieces()),
    duplex: 'half',
  } as RequestInit);
}

/** It is there, and has hidden nothing yet. */
const noteIsStored = () => expect.poll(() => found('1.1')).toEqual(['1.1.9.1']);

describe('a rejection note that comes in one request before what it names', () => {
  it('is carried out behind all of the request', async () => {
    const images = [1, 2, 3].map((number) => objectFile({ study: '1.1', number }));
    const response = await stowSlowly([note('1.1', ['1.1.1.1', '1.1.1.3']), ...images], noteIsStored);
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
    const images = [1, 2].map((number) => objectFile({ study: '1.1', number }));
    const response = await stowSlowly([note('1.1', ['1.1.1.1']), ...images], noteIsStored, 100);
    expect(response.status).toBe(400);
    expect(await found('1.1')).toEqual([]);
  });
});
