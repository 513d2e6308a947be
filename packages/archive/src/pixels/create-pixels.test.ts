import type { DataSet } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame, Pixels, RenderOptions } from '../core/ports.ts';
import { createPixels } from './create-pixels.ts';
import { FrameDecoder } from './decode/decode-frame.ts';
import { readDisplay } from './image/display.ts';
import { readLayout } from './image/layout.ts';
import { DEFAULT_PIXEL_LIMITS } from './limits.ts';
import { isQuick } from './quick-render.ts';
import { renderFrame } from './render/render-frame.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const us = (...values: number[]) => ({ vr: 'US', Value: values }) as const;
const ds = (value: number) => ({ vr: 'DS', Value: [value] }) as const;
const cs = (text: string) => ({ vr: 'CS', Value: [text] }) as const;

function header(rows: number, columns: number, change: DataSet = {}): DataSet {
  return {
    '00280002': us(1),
    '00280004': cs('MONOCHROME2'),
    '00280010': us(rows),
    '00280011': us(columns),
    '00280100': us(8),
    '00280101': us(8),
    '00280102': us(7),
    '00280103': us(0),
    '7FE00010': { vr: 'OB', BulkDataURI: 'bulkdata/7FE00010' },
    ...change,
  };
}

function frameOf(values: readonly number[], head: DataSet): EncodedFrame {
  return {
    header: head,
    transferSyntaxUid: EXPLICIT,
    length: values.length,
    read: () => Promise.resolve(Uint8Array.from(values)),
    frameIndex: 0,
    firstBit: 0,
  };
}

async function rawOf(bytes: Uint8Array): Promise<{ width: number; height: number; channels: number; values: number[] }> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, values: [...data] };
}

const PNG: RenderOptions = { mediaType: 'image/png' };

describe('pixels', () => {
  let pixels: Pixels;
  beforeAll(async () => {
    pixels = await createPixels({ workers: 1 });
  });
  afterAll(async () => {
    await pixels[Symbol.asyncDispose]();
  });

  it('decodes on another thread', async () => {
    const frame = frameOf([1, 2, 3, 4], header(2, 2));
    expect(await pixels.decode(frame)).toEqual({
      rows: 2,
      columns: 2,
      samplesPerPixel: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      signed: false,
      photometricInterpretation: 'MONOCHROME2',
      bytes: Uint8Array.of(1, 2, 3, 4),
    });
  });

  it('one-bit frames stay packed and begin with a byte of their own', async () => {
    const one = header(2, 3, { '00280100': us(1), '00280101': us(1), '00280102': us(0) });
    const frame = { ...frameOf([0b1100_0000, 0b0000_0101], one), firstBit: 6 };
    expect(await pixels.decode(frame)).toMatchObject({ bitsAllocated: 1, bytes: Uint8Array.of(0b01_0111) });
  });

  it('renders gray as one channel, exactly in PNG', async () => {
    const { bytes, mediaType } = await pixels.render(frameOf([0, 50, 100, 255], header(2, 2)), PNG);
    expect(mediaType).toBe('image/png');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', channels: 1 });
    expect((await sharp(bytes).toColourspace('b-w').raw().toBuffer()).toJSON().data).toEqual([0, 50, 100, 255]);
  });

  it.each([
    ['8 bits', 8, 0, {}],
    ['12 of 16 bits', 12, 0, { '00281053': ds(2), '00281052': ds(-1024) }],
    ['16 bits with a sign, inverted, with padding', 16, 1, { '00280120': us(0x0201), '20500020': cs('INVERSE') }],
  ])('renders a small uncompressed frame where it was read as a thread does: %s', async (_, bits, sign, change) => {
    const allocated = bits > 8 ? 16 : 8;
    const more = { '00280100': us(allocated), '00280101': us(bits), '00280102': us(bits - 1), '00280103': us(sign) };
    const head = header(16, 20, { '00281050': ds(100), '00281051': ds(3000), ...more, ...change });
    const values = Array.from({ length: (16 * 20 * allocated) / 8 }, (_unused, at) => (at * 37) % 256);
    const frame = frameOf(values, head);
    const layout = readLayout(head, EXPLICIT, DEFAULT_PIXEL_LIMITS);
    const display = await readDisplay(head, 0, layout, undefined);
    const samples = await new FrameDecoder(DEFAULT_PIXEL_LIMITS).decode(await frame.read(), 0, layout);
    for (const options of [PNG, { ...PNG, viewport: { columns: 10, rows: 10 } }, { mediaType: 'image/jpeg' } as const]) {
      expect(isQuick(layout, display, options)).toBe(true);
      const { bytes } = await pixels.render(frame, options);
      expect(Buffer.compare(bytes, await renderFrame(samples, layout, { display, options }, DEFAULT_PIXEL_LIMITS))).toBe(0);
    }
  });

  it('leaves what takes longer to a thread', async () => {
    const quick = (change: DataSet, options: RenderOptions = PNG) => {
      const layout = readLayout(header(2, 2, change), EXPLICIT, DEFAULT_PIXEL_LIMITS);
      return readDisplay(header(2, 2, change), 0, layout, undefined).then((display) => isQuick(layout, display, options));
    };
    const window = { '00281050': ds(100), '00281051': ds(200) };
    expect(await quick(window)).toBe(true);
    expect(await quick({})).toBe(false);
    expect(await quick({ ...window, '00280010': us(1000), '00280011': us(1000) })).toBe(false);
    expect(await quick({ ...window, '00281056': cs('SIGMOID') })).toBe(false);
    expect(await quick({ ...window, '00280034': { vr: 'IS', Value: [2, 1] } })).toBe(false);
    expect(await quick(window, { ...PNG, viewport: { columns: 8000, rows: 8000 } })).toBe(false);
  });

  it('refuses a frame that is cut off where it was read, as a thread does', async () => {
    const head = header(20, 20, { '00281050': ds(100), '00281051': ds(200) });
    await expect(pixels.render(frameOf([1], head), PNG)).rejects.toMatchObject({ code: 'cannot-decode' });
  });

  it('renders a palette in its colours', async () => {
    const lut = (...values: number[]) => ({ vr: 'OW', InlineBinary: Buffer.from(values).toString('base64') }) as const;
    const head = header(1, 2, {
      '00280004': cs('PALETTE COLOR'),
      '00281101': us(2, 0, 8),
      '00281102': us(2, 0, 8),
      '00281103': us(2, 0, 8),
      '00281201': lut(255, 10),
      '00281202': lut(0, 20),
      '00281203': lut(0, 30),
    });
    expect((await rawOf((await pixels.render(frameOf([0, 1], head), PNG)).bytes)).values).toEqual([255, 0, 0, 10, 20, 30]);
  });

  it('turns YBR into RGB for the eye', async () => {
    const head = header(1, 1, { '00280002': us(3), '00280004': cs('YBR_FULL'), '00280006': us(0) });
    expect((await rawOf((await pixels.render(frameOf([76, 85, 255], head), PNG)).bytes)).values).toEqual([254, 0, 0]);
  });

  it.each(['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const)(
    'gives %s in the size asked for',
    async (mediaType) => {
      const values = Array.from({ length: 40 * 20 }, (_, i) => i % 256);
      const viewport = { columns: 100, rows: 100, crop: { left: 10, top: 0, width: 20, height: 20 } };
      const { bytes } = await pixels.render(frameOf(values, header(20, 40)), { mediaType, viewport, quality: 80 });
      const { format, width, height } = await sharp(bytes).metadata();
      expect([`image/${format}`, width, height]).toEqual([mediaType, 100, 100]);
    },
  );

  it('shows pixels that are not square as they are', async () => {
    const head = header(2, 2, { '00280034': { vr: 'IS', Value: [2, 1] } });
    const { width, height } = await rawOf((await pixels.render(frameOf([0, 0, 0, 0], head), PNG)).bytes);
    expect([width, height]).toEqual([2, 4]);
  });

  it.each([
    ['an object without Rows', { '00280010': { vr: 'US' } } as DataSet, 'cannot-decode', 'no image'],
    ['hostile measures', { '00280010': us(65_535), '00280011': us(65_535) }, 'limit-exceeded', '65535 x 65535'],
    ['impossible depth', { '00280100': us(200) }, 'cannot-decode', 'describe no image'],
    ['64-bit whole numbers', { '00280100': us(64), '00280101': us(64) }, 'cannot-decode', '64 bits'],
  ])('refuses %s in words', async (_, change: DataSet, code, words) => {
    const outcome = pixels.decode(frameOf([...new Array<number>(32).fill(0)], header(2, 2, change)));
    await expect(outcome).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  it('hands the bytes over to its thread without a copy', async () => {
    const given = Uint8Array.of(1, 2, 3, 4);
    await pixels.decode({ ...frameOf([1, 2, 3, 4], header(2, 2)), read: () => Promise.resolve(given) });
    expect(given.byteLength).toBe(0);
  });

  it('reads no frame that there is no room for', async () => {
    await using small = await createPixels({ workers: 1, limits: { maxJobs: 1 } });
    const gate = Promise.withResolvers<Uint8Array>();
    const first = small.decode({ ...frameOf([1, 2, 3, 4], header(2, 2)), read: () => gate.promise });
    let read = 0;
    const frame = { ...frameOf([1, 2, 3, 4], header(2, 2)), read: () => Promise.resolve(Uint8Array.of(1, 2, 3, 4 + read++)) };
    await expect(small.decode(frame)).rejects.toMatchObject({ code: 'busy' });
    await expect(small.render(frame, PNG)).rejects.toMatchObject({ code: 'busy' });
    expect(read).toBe(0);
    gate.resolve(Uint8Array.of(1, 2, 3, 4));
    await first;
    await expect(small.decode(frame)).resolves.toMatchObject({ rows: 2 });
  });

  it('keeps room for frames when pictures pile up', async () => {
    await using small = await createPixels({ workers: 1, limits: { maxJobs: 4 } });
    const gate = Promise.withResolvers<Uint8Array>();
    const held = { ...frameOf([1, 2, 3, 4], header(2, 2)), read: async () => new Uint8Array(await gate.promise) };
    const pictures = [1, 2, 3].map(() => small.render(held, PNG));
    await expect(small.render(held, PNG)).rejects.toMatchObject({ code: 'busy' });
    const frame = small.decode(frameOf([1, 2, 3, 4], header(2, 2)));
    gate.resolve(Uint8Array.of(1, 2, 3, 4));
    await expect(frame).resolves.toMatchObject({ rows: 2 });
    await Promise.allSettled(pictures);
  });

  it('makes frames into one moving GIF, as long as each is said to be shown', async () => {
    const head = header(2, 2, { '00280008': { vr: 'IS', Value: [3] } });
    const frames = [10, 100, 200].map((shade, frameIndex) => ({ ...frameOf([shade, 0, 0, shade], head), frameIndex }));
    const { bytes, mediaType } = await pixels.animate(frames, [40, 50, 60], { mediaType: 'image/gif' });
    expect(mediaType).toBe('image/gif');
    expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({
      pages: 3,
      width: 2,
      pageHeight: 2,
      delay: [40, 50, 60],
    });
  });

  it('makes a moving GIF as small as it must be, and refuses a viewport that is too large for it', async () => {
    await using small = await createPixels({ workers: 1, limits: { maxAnimatedPixels: 200 } });
    const frames = [1, 2].map((step) =>
      frameOf(
        Array.from({ length: 400 }, (_, i) => (step * i) % 256),
        header(20, 20),
      ),
    );
    const { bytes } = await small.animate(frames, [20, 20], { mediaType: 'image/gif' });
    expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({ pages: 2, width: 10, pageHeight: 10 });
    const large = { mediaType: 'image/gif', viewport: { columns: 40, rows: 40 } } as const;
    await expect(small.animate(frames, [20, 20], large)).rejects.toMatchObject({ code: 'limit-exceeded' });
    const many = Array.from({ length: 1001 }, () => frameOf([1], header(1, 1)));
    await expect(small.animate(many, [], { mediaType: 'image/gif' })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('burns texts into the corners, also in the letters of Vietnamese', async () => {
    const dark = () => frameOf(new Array<number>(200 * 200).fill(0), header(200, 200));
    const inkOf = async (line: string): Promise<number[]> => {
      const { values } = await rawOf(
        (await pixels.render(dark(), { ...PNG, texts: [{ corner: 'top-left', lines: [line] }] })).bytes,
      );
      return values;
    };
    const [full, plain, none] = [await inkOf('Nguyễn Đỗ'), await inkOf('Nguyen Do'), await inkOf(' ')];
    expect(none.every((value) => value === 0)).toBe(true);
    expect(full.some((value) => value > 200)).toBe(true);
    expect(full).not.toEqual(plain);
    // A letter the font does not have is a box: the two would then be alike.
    expect(await inkOf('ễ')).not.toEqual(await inkOf('ữ'));
    expect(await inkOf('<b>&</b>')).not.toEqual(none);
  });

  it('shows a part mirrored', async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const asked = (across: boolean, down: boolean) => ({
      ...PNG,
      viewport: { columns: 3, rows: 2, crop: { left: 0, top: 0, width: 3, height: 2, mirrored: { across, down } } },
    });
    const shown = async (across: boolean, down: boolean) => {
      const { bytes } = await pixels.render(frameOf(values, header(2, 3)), asked(across, down));
      return [...(await sharp(bytes).toColourspace('b-w').raw().toBuffer())];
    };
    expect(await shown(true, false)).toEqual([3, 2, 1, 6, 5, 4]);
    expect(await shown(false, true)).toEqual([4, 5, 6, 1, 2, 3]);
    expect(await shown(true, true)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('names the colours of a picture where that is asked for', async () => {
    const head = header(1, 1, { '00280002': us(3), '00280004': cs('RGB'), '00280006': us(0) });
    for (const [profile, has] of [
      ['no', false],
      ['srgb', true],
      ['yes', true],
      ['displayp3', true],
    ] as const) {
      const { bytes } = await pixels.render(frameOf([200, 30, 30], head), { ...PNG, profile });
      expect((await sharp(bytes).metadata()).icc !== undefined).toBe(has);
    }
    const p3 = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const icc = (await sharp(p3).metadata()).icc ?? Buffer.alloc(0);
    const own = { ...head, '00282000': { vr: 'OB', InlineBinary: icc.toString('base64') } as const };
    const kept = await pixels.render(frameOf([200, 30, 30], own), { ...PNG, profile: 'yes' });
    expect((await sharp(kept.bytes).metadata()).icc).toEqual(icc);
    const turned = await rawOf((await pixels.render(frameOf([200, 30, 30], own), { ...PNG, profile: 'srgb' })).bytes);
    // The red of the wider space is more than that in sRGB.
    expect(turned.values[0]).toBeGreaterThan(205);
    const garbage = { ...head, '00282000': { vr: 'OB', InlineBinary: Buffer.alloc(500, 1).toString('base64') } as const };
    expect((await pixels.render(frameOf([1, 2, 3], garbage), { ...PNG, profile: 'yes' })).mediaType).toBe('image/png');
  });

  it('says in a picture what cannot be shown as one', async () => {
    const { bytes } = await pixels.placeholder({ mediaType: 'image/png', columns: 64, rows: 64, lines: ['PDF'] });
    const { values, width, height } = await rawOf(bytes);
    expect([width, height]).toEqual([64, 64]);
    expect(new Set(values).size).toBeGreaterThan(2);
  });

  it('takes the time of every frame that it let in', async () => {
    const seen: [string, number][] = [];
    const meter = { observe: (stage: string, seconds: number) => void seen.push([stage, seconds]) };
    await using measured = await createPixels({ workers: 1, meter });
    await measured.decode(frameOf([1, 2, 3, 4], header(2, 2)));
    await measured.render(frameOf([1, 2, 3, 4], header(2, 2)), PNG);
    await expect(measured.decode(frameOf([1], header(2, 2)))).rejects.toThrow('1 of 4 bytes');
    await expect(measured.decode(frameOf([1], header(65_535, 65_535)))).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(seen.map(([stage]) => stage)).toEqual(['render', 'render', 'render']);
    expect(seen.every(([, seconds]) => seconds > 0 && seconds < 60)).toBe(true);
  });

  it('refuses a syntax nobody knows and a region outside the image', async () => {
    const frame = frameOf([1, 2, 3, 4], header(2, 2));
    await expect(pixels.decode({ ...frame, transferSyntaxUid: '1.2.3' })).rejects.toMatchObject({ code: 'cannot-decode' });
    const viewport = { columns: 1, rows: 1, crop: { left: 5, top: 5, width: 1, height: 1 } };
    await expect(pixels.render(frame, { ...PNG, viewport })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
