import type { DataSet } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame, Pixels, RenderOptions } from '../../core/ports.ts';
import { createPixels } from '../create-pixels.ts';

const us = (...Value: number[]) => ({ vr: 'US', Value }) as const;
const cs = (...Value: string[]) => ({ vr: 'CS', Value }) as const;
const fl = (...Value: number[]) => ({ vr: 'FL', Value }) as const;
const sq = (...Value: DataSet[]) => ({ vr: 'SQ', Value }) as const;
const ui = (text: string) => ({ vr: 'UI', Value: [text] }) as const;
const sl = (...Value: number[]) => ({ vr: 'SL', Value }) as const;
const st = (text: string) => ({ vr: 'ST', Value: [text] }) as const;

const IMAGE = '1.2.3.4';
const reference: DataSet = { '00081150': ui('1.2.840.10008.5.1.4.1.1.2'), '00081155': ui(IMAGE) };

/** A grayscale state of one image. */
const stateWith = (change: DataSet): DataSet => ({
  '00080016': ui('1.2.840.10008.5.1.4.1.1.11.1'),
  '00081115': sq({ '00081140': sq(reference), '0020000E': ui('1.2.3') }),
  '20500020': cs('IDENTITY'),
  ...change,
});

const ROWS = 4;
const COLUMNS = 6;
const VALUES = Array.from({ length: ROWS * COLUMNS }, (_, i) => 10 * i);

function imageOf(values: readonly number[], rows: number, columns: number): EncodedFrame {
  const header: DataSet = {
    '00280002': us(1),
    '00280004': cs('MONOCHROME2'),
    '00280010': us(rows),
    '00280011': us(columns),
    '00280100': us(8),
    '00280101': us(8),
    '00280102': us(7),
    '00280103': us(0),
    // The state's own window counts, not this one.
    '00281050': { vr: 'DS', Value: [1] },
    '00281051': { vr: 'DS', Value: [2] },
    '7FE00010': { vr: 'OB', BulkDataURI: 'bulkdata/7FE00010' },
  };
  return {
    header,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    length: values.length,
    read: () => Promise.resolve(Uint8Array.from(values)),
    frameIndex: 0,
    firstBit: 0,
    sopInstanceUid: IMAGE,
  };
}

let pixels: Pixels;
beforeAll(async () => {
  pixels = await createPixels({ workers: 1 });
});
afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
});

interface Shown {
  readonly width: number;
  readonly height: number;
  readonly values: readonly number[];
}

async function show(change: DataSet, frame = imageOf(VALUES, ROWS, COLUMNS), more: Partial<RenderOptions> = {}): Promise<Shown> {
  const { bytes } = await pixels.render(frame, { mediaType: 'image/png', state: { header: stateWith(change) }, ...more });
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const values = Array.from({ length: info.width * info.height }, (_, i) => data[i * info.channels] ?? 0);
  return { width: info.width, height: info.height, values };
}

describe('a presentation state', () => {
  it('without a window shows all values there can be, whatever the image says', async () => {
    expect((await show({})).values).toEqual(VALUES);
  });

  it('has a window of its own, for the images it names', async () => {
    const window = (center: number, width: number): DataSet => ({
      '00281050': { vr: 'DS', Value: [center] },
      '00281051': { vr: 'DS', Value: [width] },
    });
    const others = { ...window(0, 1), '00081140': sq({ ...reference, '00081155': ui('9.9') }) };
    const { values } = await show({ '00283110': sq(others, { ...window(100.5, 2), '00081140': sq(reference) }) });
    expect(values).toEqual(VALUES.map((value) => (value > 100 ? 255 : value < 100 ? 0 : 128)));
  });

  it('inverts by its Presentation LUT Shape', async () => {
    expect((await show({ '20500020': cs('INVERSE') })).values).toEqual(VALUES.map((value) => 255 - value));
  });

  it('maps values by its modality, window and presentation tables, one after the other', async () => {
    const table = (entries: readonly number[], bits: number): DataSet => ({
      '00283002': us(entries.length, 0, bits),
      '00283006': { vr: 'US', Value: [...entries] },
    });
    const reversed = Array.from({ length: 256 }, (_, i) => 255 - i);
    const { values } = await show({
      '00283000': sq(table(reversed, 8)),
      '00283110': sq({ '00283010': sq(table(reversed, 8)) }),
      '20500010': sq(table([0, 128, 255], 8)),
      '20500020': cs(),
    });
    expect(values).toEqual(VALUES.map((value) => [0, 128, 255][Math.round((2 * value) / 255)]));
  });

  it.each([
    [90, 'N', [18, 12, 6, 0], 4, 6],
    [180, 'N', [23, 22, 21, 20, 19, 18], 6, 4],
    [270, 'N', [5, 11, 17, 23], 4, 6],
    [0, 'Y', [5, 4, 3, 2, 1, 0], 6, 4],
    [90, 'Y', [0, 6, 12, 18], 4, 6],
  ])('turns by %i degrees clockwise, then mirrors (%s)', async (degrees, flip, firstRow, width, height) => {
    const shown = await show({ '00700041': cs(flip), '00700042': us(degrees) });
    expect([shown.width, shown.height]).toEqual([width, height]);
    expect(shown.values.slice(0, width)).toEqual(firstRow.map((at) => VALUES[at]));
  });

  it('shows an area of the image, and black beyond it', async () => {
    const area = { '00700052': sl(5, 0), '00700053': sl(7, 1), '00700100': cs('SCALE TO FIT') };
    const shown = await show({ '0070005A': sq(area) });
    expect(shown).toEqual({ width: 3, height: 2, values: [0, 0, 0, VALUES[4], VALUES[5], 0] });
  });

  it('enlarges as it says, unless a viewport is asked for', async () => {
    const area = { '00700052': sl(1, 1), '00700053': sl(6, 4), '00700100': cs('MAGNIFY'), '00700103': fl(3) };
    expect(await show({ '0070005A': sq(area) })).toMatchObject({ width: 18, height: 12 });
    const viewport = { columns: 60, rows: 60 };
    expect(await show({ '0070005A': sq(area) }, undefined, { viewport })).toMatchObject({ width: 60, height: 40 });
  });

  it.each([
    [
      'a rectangle',
      { '00181600': cs('RECTANGULAR'), '00181602': us(2), '00181604': us(3), '00181606': us(2), '00181608': us(3) },
      [7, 8, 13, 14],
    ],
    ['a circle', { '00181600': cs('CIRCULAR'), '00181610': us(2, 3), '00181612': us(1) }, [2, 7, 8, 9, 14]],
    ['a polygon', { '00181600': cs('POLYGONAL'), '00181620': us(1, 1, 1, 3, 4, 3, 4, 1) }, [0, 1, 2, 6, 7, 8, 12, 13, 14]],
  ])('hides what lies outside of %s', async (_, shutter: DataSet, open) => {
    const { values } = await show({ ...shutter, '00181622': us(0xffff) });
    const seen = values.map((value, at) => (value === 255 ? -1 : at)).filter((at) => at !== -1);
    expect(seen).toEqual(open);
  });

  it('lays overlays over the image: its own, and those of the image it activates', async () => {
    const bits = (...set: number[]): DataSet[string] => {
      const bytes = Buffer.alloc(4);
      for (const bit of set) {
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
      }
      return { vr: 'OW', InlineBinary: bytes.toString('base64') };
    };
    const plane = (group: string): DataSet => ({
      [`${group}0010`]: us(2),
      [`${group}0011`]: us(2),
      [`${group}0050`]: { vr: 'SS', Value: [2, 3] },
    });
    const image = imageOf(VALUES, ROWS, COLUMNS);
    const overlaid = { ...image, header: { ...image.header, ...plane('6002'), '60023000': bits(3) } };
    const layers = sq({ '00700002': cs('A'), '00700062': { vr: 'IS', Value: [1] }, '00700066': us(0xffff) });
    const own = { ...plane('6000'), '60003000': bits(0), '60001001': cs('A'), '60021001': cs('A'), '00700060': layers };
    const { values } = await show(own, overlaid);
    expect(values.flatMap((value, at) => (value === VALUES[at] ? [] : [at]))).toEqual([8, 15]);
  });

  const DARK = 200;
  const dark = () => imageOf(new Array<number>(DARK * DARK).fill(0), DARK, DARK);
  const at = ({ values }: Shown, x: number, y: number): number => values[y * DARK + x] ?? 0;

  it('draws lines, circles, ellipses and points where the image is', async () => {
    const object = (type: string, ...data: number[]): DataSet => ({
      '00700005': cs('PIXEL'),
      '00700021': us(data.length / 2),
      '00700022': fl(...data),
      '00700023': cs(type),
    });
    const shapes = [
      object('POLYLINE', 10, 20, 100, 20),
      object('CIRCLE', 100, 100, 130, 100),
      object('ELLIPSE', 40, 150, 80, 150, 60, 140, 60, 160),
      object('POINT', 180, 180),
      object('INTERPOLATED', 150, 30, 160, 50, 150, 70),
    ];
    const shown = await show({ '00700001': sq({ '00700009': sq(...shapes) }) }, dark());
    for (const [x, y] of [
      [50, 19],
      [129, 99],
      [99, 69],
      [39, 149],
      [59, 139],
      [179, 179],
      [159, 49],
    ] as const) {
      expect(at(shown, x, y), `${x}, ${y}`).toBeGreaterThan(80);
    }
    expect(at(shown, 100, 100)).toBe(0);
  });

  it('moves what it draws along with the image when it turns and cuts it', async () => {
    const line = { '00700005': cs('PIXEL'), '00700021': us(2), '00700022': fl(10, 20, 100, 20), '00700023': cs('POLYLINE') };
    const shown = await show({ '00700001': sq({ '00700009': sq(line) }), '00700042': us(90) }, dark());
    expect(at(shown, DARK - 1 - 19, 50)).toBeGreaterThan(80);
    expect(at(shown, 50, 19)).toBe(0);
  });

  it('writes texts into their boxes, and in parts of the screen where it says so', async () => {
    const text = { '00700003': cs('DISPLAY'), '00700006': st('Tổn thương'), '00700010': fl(0.5, 0.5), '00700011': fl(0.9, 0.6) };
    const { values } = await show({ '00700001': sq({ '00700008': sq(text) }) }, dark());
    const ink = values.flatMap((value, index) => (value > 100 ? [[index % DARK, Math.floor(index / DARK)] as const] : []));
    expect(ink.length).toBeGreaterThan(20);
    expect(ink.every(([x, y]) => x >= 98 && y >= 98)).toBe(true);
  });

  it('of other images, of another kind, or beyond its bounds is refused in words', async () => {
    const refused = async (change: DataSet, code: string) => {
      await expect(show(change)).rejects.toMatchObject({ code });
    };
    await refused({ '00081115': sq() }, 'invalid-request');
    await refused({ '00080016': ui('1.2.840.10008.5.1.4.1.1.11.4') }, 'not-acceptable');
    await refused({ '0070005A': sq({ '00700052': sl(-60_000, -60_000), '00700053': sl(1, 1) }) }, 'limit-exceeded');
    await refused({ '0070005A': sq({ '00700052': sl(-2e9, 1), '00700053': sl(2e9, 5) }) }, 'cannot-decode');
    const many = {
      '00700005': cs('PIXEL'),
      '00700022': { vr: 'FL', Value: new Array<number>(200_002).fill(1) } as const,
      '00700023': cs('POLYLINE'),
    };
    await refused({ '00700001': sq({ '00700009': sq(many) }) }, 'limit-exceeded');
    const texts = Array.from({ length: 501 }, () => ({ '00700006': st('x'), '00700014': fl(1, 1) }));
    await refused({ '00700001': sq({ '00700008': sq(...texts) }) }, 'limit-exceeded');
    const hollow = { '60001001': cs('A'), '60000010': us(65_535), '60000011': us(65_535) };
    await refused({ ...hollow, '60003000': { vr: 'OW', InlineBinary: 'AAAA' } }, 'cannot-decode');
  });

  it('may justify its texts in words that mean nothing', async () => {
    const text = { '00700006': st('x'), '00700010': fl(1, 1), '00700011': fl(4, 4), '00700012': cs('constructor') };
    const shown = await show({
      '00700001': sq({ '00700002': cs('L'), '00700008': sq({ ...text, '00700003': cs('PIXEL') }) }),
      '00700060': sq({ '00700002': cs('L'), '00700062': { vr: 'IS', Value: [1] } }),
    });
    expect(shown.values).toHaveLength(ROWS * COLUMNS);
  });
});
