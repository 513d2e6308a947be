import { TAG } from '@filmless/dicom';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf, objectFile } from '../support/objects.ts';
import { fixture, storeFile } from '../support/stored.ts';

const ROWS = 5000;
const COLUMNS = 4000;
/** Pictures that are asked for at once: more than there are threads. */
const PICTURES = 6;

let http: TestHttp;
let large = '';
let compressed = '';
beforeAll(async () => {
  http = await openTestHttp();
  const pixels = Buffer.alloc(2 * ROWS * COLUMNS);
  for (let i = 0; i < ROWS * COLUMNS; i += 1) {
    pixels.writeUInt16LE((i * 7 + (i >> 9)) & 0xfff, 2 * i);
  }
  const words = {
    [TAG.BitsAllocated]: attribute('US', 16),
    [TAG.BitsStored]: attribute('US', 12),
    [TAG.HighBit]: attribute('US', 11),
  };
  const size = { [TAG.Rows]: attribute('US', ROWS), [TAG.Columns]: attribute('US', COLUMNS) };
  const value = { [TAG.PixelData]: { vr: 'OW', InlineBinary: pixels.toString('base64') } } as const;
  large = await storeFile(http, fileOf({ ...dataSetOf({ study: '1.2.90' }), ...words, ...size, ...value }));
  compressed = await storeFile(http, fixture('codec/rle/SC_rgb_rle_2frame.dcm'));
  await http.stow([objectFile({ study: '1.2.91' })]);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

async function whole(path: string, accept?: string): Promise<number> {
  const began = performance.now();
  const response = await http.ask(path, accept === undefined ? {} : { accept });
  expect(response.status, path).toBe(200);
  await response.arrayBuffer();
  return performance.now() - began;
}

it('large X-rays that are rendered, many at once, keep no query, no frame and no small picture waiting', async () => {
  let rendered = 0;
  const pictures = Array.from({ length: PICTURES }, (_, index) =>
    whole(`${large}/rendered?window=2048,${4000 + index}`, 'image/png').then(() => {
      rendered += 1;
    }),
  );
  const asked: readonly (readonly [what: string, path: string, accept?: string])[] = [
    ['query', '/studies?PatientID=P1'],
    ['frame that is decoded', `${compressed}/frames/1`, 'application/octet-stream'],
    ['frame as stored', '/studies/1.2.91/series/1.2.91.1/instances/1.2.91.1.1/frames/1', 'application/octet-stream'],
    ['small picture', `${compressed}/rendered?window=1,2`, 'image/jpeg'],
  ];
  const taken = new Map<string, number[]>();
  for (let round = 0; round < 10; round += 1) {
    for (const [what, path, accept] of asked) {
      taken.set(what, [...(taken.get(what) ?? []), await whole(path, accept)]);
    }
  }
  // Forty requests one after the other were answered before so many pictures were made.
  expect(rendered).toBeLessThan(PICTURES);
  await Promise.all(pictures);
  expect(rendered).toBe(PICTURES);
  const figures = [...taken].map(([what, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return `${what} ${sorted[sorted.length >> 1]?.toFixed(1)} (at most ${sorted.at(-1)?.toFixed(1)}) ms`;
  });
  console.log(`while ${PICTURES} pictures of ${COLUMNS} x ${ROWS} were made: ${figures.join(', ')}`);
});
