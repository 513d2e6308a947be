// needs: python
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, type MutableDataSet, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf } from '../support/objects.ts';
import { filesRoot, hasCorpus } from './corpus.ts';
import { askPython } from './python.ts';

const RPCL = 'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202';
const NATIVE = 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1';
const LIMITS = { seriesQuietMs: 1, seriesLookMs: 20, seriesRestMs: 1, progressiveFrameBytes: 1_000_000 };
const COLUMNS = 1500;
const ROWS = 1800;
/** So many halvings leave an eighth of the rows and columns: a picture of a useful size. */
const HALVINGS = 3;

let http: TestHttp;
const folder = mkdtempSync(join(tmpdir(), 'filmless-progressive-'));

/** A plate: smooth shapes, an edge, and the noise of a detector. */
function plate(): Uint8Array {
  const values = new Uint16Array(ROWS * COLUMNS);
  let noise = 4711;
  for (let at = 0; at < values.length; at += 1) {
    noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648;
    const [x, y] = [(at % COLUMNS) / COLUMNS, Math.floor(at / COLUMNS) / ROWS];
    const body = 1500 + 900 * Math.sin(5 * x) * Math.cos(4 * y);
    const bone = (x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.04 ? 800 : 0;
    values[at] = Math.round(body + bone + ((noise >> 16) % 8));
  }
  return new Uint8Array(values.buffer);
}

function plateFile(): Uint8Array {
  const image: MutableDataSet = {
    ...dataSetOf({ study: '1.2.700' }),
    [TAG.Rows]: attribute('US', ROWS),
    [TAG.Columns]: attribute('US', COLUMNS),
    [TAG.BitsAllocated]: attribute('US', 16),
    [TAG.BitsStored]: attribute('US', 12),
    [TAG.HighBit]: attribute('US', 11),
    [TAG.PixelData]: { vr: 'OW', InlineBinary: Buffer.from(plate()).toString('base64') },
  };
  return fileOf(image);
}

async function store(bytes: Uint8Array): Promise<string> {
  const answer = (await (await http.stow([bytes])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  return `${new URL(String(item?.['00081190']?.Value?.[0])).pathname}/frames/1`;
}

async function ask(path: string, accept: string, range?: string) {
  const response = await http.ask(path, { accept, headers: range === undefined ? {} : { range } });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Where the parts of each resolution end, from the beginning of the codestream. ISO 15444-1 A.4.2. */
function resolutionEnds(codestream: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = 2; at + 12 <= codestream.length && codestream.readUInt16BE(at) !== 0xffd9; ) {
    const isTilePart = codestream.readUInt16BE(at) === 0xff90;
    at += isTilePart ? codestream.readUInt32BE(at + 6) : 2 + codestream.readUInt16BE(at + 2);
    if (isTilePart) {
      ends.push(at);
    }
  }
  return ends;
}

beforeAll(async () => {
  http = await openTestHttp(LIMITS);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const IMAGES: readonly (readonly [string, () => Uint8Array, number])[] = [
  ['a plate of 1500x1800', plateFile, 0.06],
  ...(hasCorpus
    ? ([
        ['a mammogram', () => readFileSync(join(filesRoot, 'modality/mg/MG-GE-JPEGLosslessSV1.dcm')), 0.06],
        ['a chest X-ray', () => readFileSync(join(filesRoot, 'modality/cr/CR-modality-lut.dcm')), 0.06],
      ] as const)
    : []),
];

describe.each(IMAGES)('the progressive form of %s', (name, file, share) => {
  it('shows an eighth of its rows and columns after a few per cent of its bytes, as OpenJPEG decodes them', async () => {
    const path = await store(file());
    const whole = await ask(path, RPCL);
    expect([whole.response.status, whole.response.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
    const levels = whole.bytes[whole.bytes.indexOf(Buffer.from([0xff, 0x52])) + 9] ?? 0;
    const needed = resolutionEnds(whole.bytes)[levels - HALVINGS] ?? Number.NaN;
    expect(needed / whole.bytes.length, 'share of the bytes').toBeLessThan(share);

    const begun = await ask(path, RPCL, `bytes=0-${needed - 1}`);
    expect([begun.response.status, begun.bytes.equals(whole.bytes.subarray(0, needed))]).toEqual([206, true]);
    const [full, part] = ['full', 'part'].map((one) => join(folder, `${name.replaceAll(' ', '-')}-${one}.j2c`));
    writeFileSync(full ?? '', whole.bytes);
    // Up to the end of a part, with the marker that ends a codestream: that is one of fewer resolutions. ISO 15444-1 A.4.4.
    writeFileSync(part ?? '', Buffer.concat([begun.bytes, Buffer.of(0xff, 0xd9)]));
    const everything = { path: full, bytes: whole.bytes.length };
    const [small, early, original] = askPython('resolutions.py', [
      { ...everything, reduce: HALVINGS },
      { path: part, bytes: needed + 2, reduce: HALVINGS },
      { ...everything, reduce: 0 },
    ]);
    expect([small?.error, early?.error, original?.error]).toEqual([undefined, undefined, undefined]);
    expect(early?.shape).toEqual(small?.shape);
    expect(valuesOf(early).equals(valuesOf(small)), 'nothing of this resolution comes later').toBe(true);

    const native = await ask(path, NATIVE);
    const [rows = 0, columns = 0] = original?.shape ?? [];
    const decoded = valuesOf(original);
    const cells = Buffer.alloc(rows * columns * 2);
    for (let at = 0; at < rows * columns; at += 1) {
      cells.writeUInt16LE(decoded.readInt32LE(4 * at) & 0xffff, 2 * at);
    }
    expect(cells.equals(native.bytes.subarray(0, cells.length)), 'all of it is the image without a loss').toBe(true);
    expect(likeness(cells, columns, early)).toBeGreaterThan(0.98);
  });

  it('is made when there is time, and then given out of the store, the same bytes', async () => {
    const path = await store(file());
    const before = await ask(path, RPCL);
    const form = await vi.waitUntil(() => keptForm(before.bytes.length), { timeout: 60_000, interval: 100 });
    expect(readFileSync(form).equals(before.bytes)).toBe(true);
    const opened = openSync(form, 'r+');
    writeSync(opened, Buffer.from('kept'), 0, 4, 1500);
    closeSync(opened);
    const expected = Buffer.from(before.bytes);
    expected.write('kept', 1500);
    await vi.waitFor(async () => expect((await ask(path, RPCL)).bytes.equals(expected)).toBe(true), { timeout: 10_000 });
    const middle = await ask(path, RPCL, 'bytes=1000-1999');
    expect(middle.bytes.equals(expected.subarray(1000, 2000))).toBe(true);
    rmSync(form);
    expect((await ask(path, RPCL)).bytes.equals(before.bytes), 'made again, should it be gone').toBe(true);
  });
});

function valuesOf(answer: object | undefined): Buffer {
  return readFileSync(String(new Map(Object.entries(answer ?? {})).get('values')));
}

/** How alike the small picture is to the large one, each of its pixels held against the mean of those it stands for. */
function likeness(cells: Buffer, columns: number, answer: { readonly shape?: readonly number[] } | undefined): number {
  const [height = 0, width = 0] = answer?.shape ?? [];
  const values = valuesOf(answer);
  const scale = 2 ** HALVINGS;
  const pairs: [number, number][] = [];
  for (let y = 0; y < height - 1; y += 1) {
    for (let x = 0; x < width - 1; x += 1) {
      let sum = 0;
      for (let at = 0; at < scale * scale; at += 1) {
        sum += cells.readUInt16LE(2 * ((y * scale + Math.floor(at / scale)) * columns + x * scale + (at % scale)));
      }
      pairs.push([values.readInt32LE(4 * (y * width + x)), sum / (scale * scale)]);
    }
  }
  const mean = (of: 0 | 1) => pairs.reduce((total, pair) => total + pair[of], 0) / pairs.length;
  const [one, other] = [mean(0), mean(1)];
  const product = (a: 0 | 1, b: 0 | 1) =>
    pairs.reduce((total, pair) => total + (pair[a] - (a === 0 ? one : other)) * (pair[b] - (b === 0 ? one : other)), 0);
  return product(0, 1) / Math.sqrt(product(0, 0) * product(1, 1));
}

/** The form that is kept of so many bytes. */
function keptForm(bytes: number): string | undefined {
  const paths = globSync(join(http.folder, 'objects', '*', '*', '*.progressive'));
  return paths.find((path) => statSync(path).size === bytes);
}
