import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { encodeFlatBlocks, encodeLossless } from '../../../test/pixels/jpeg-writer.ts';
import { layoutOf } from '../../../test/pixels/layout.ts';
import { encodeWith } from '../../../test/pixels/wasm-encoder.ts';
import { bytesOf, integerArray } from '../image/samples.ts';
import { DEFAULT_PIXEL_LIMITS } from '../limits.ts';
import { FrameDecoder } from './decode-frame.ts';

const decoder = new FrameDecoder(DEFAULT_PIXEL_LIMITS);
const size = { rows: 16, columns: 20 };

function gray(bits: number, signed: boolean) {
  const values = integerArray(bits, signed, size.rows * size.columns);
  const least = signed ? -(2 ** (bits - 1)) : 0;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = least + ((i * 7919) % 2 ** bits);
  }
  return values;
}

const info = (bits: number, components: number, isSigned = false) => ({
  width: size.columns,
  height: size.rows,
  bitsPerSample: bits,
  componentCount: components,
  isSigned,
});

describe.each(['jpeg-ls', 'jpeg-2000', 'htj2k'] as const)('%s', (coding) => {
  it.each([8, 12, 16])('gives unsigned values of %i bits back exactly', async (bits) => {
    const values = gray(bits, false);
    const frame = await encodeWith(coding, info(bits, 1), bytesOf(values));
    const layout = layoutOf({ ...size, coding, bitsAllocated: bits > 8 ? 16 : 8, bitsStored: bits });
    expect([...(await decoder.decode(frame, 0, layout)).data]).toEqual([...values]);
  });

  it('takes the sign from the depth of the codestream', async () => {
    const values = gray(12, true);
    const unsigned = Uint16Array.from(values, (value) => value & 0xfff);
    const frame = await encodeWith(coding, info(12, 1), bytesOf(unsigned));
    const layout = layoutOf({ ...size, coding, bitsStored: 12, highBit: 11, signed: true });
    expect([...(await decoder.decode(frame, 0, layout)).data]).toEqual([...values]);
  });

  it('gives the three samples of colour side by side', async () => {
    const values = Uint8Array.from({ length: 3 * size.rows * size.columns }, (_, i) => (i * 31) % 256);
    const frame = await encodeWith(coding, info(8, 3), values, 2);
    const layout = layoutOf({ ...size, coding, samplesPerPixel: 3, bitsAllocated: 8, photometricInterpretation: 'RGB' });
    expect(await decoder.decode(frame, 0, layout)).toMatchObject({ photometricInterpretation: 'RGB', data: values });
  });

  it('cut off anywhere ends in a named error or an image', async () => {
    const values = gray(8, false);
    const frame = await encodeWith(coding, info(8, 1), bytesOf(values));
    const layout = layoutOf({ ...size, coding, bitsAllocated: 8 });
    for (let length = 1; length < frame.length; length += 23) {
      const outcome = await decoder.decode(frame.slice(0, length), 0, layout).then(
        ({ data }) => data.length,
        (error: unknown) => error,
      );
      if (outcome !== values.length) {
        expect(outcome).toMatchObject({ name: 'ArchiveError', code: 'cannot-decode' });
      }
    }
    expect([...(await decoder.decode(frame, 0, layout)).data]).toEqual([...values]);
  });
});

test('JPEG-LS with one scan a colour comes out with the samples side by side', async () => {
  const planes = Uint8Array.from({ length: 3 * size.rows * size.columns }, (_, i) => (i * 31) % 256);
  const frame = await encodeWith('jpeg-ls', info(8, 3), planes, 0);
  const layout = layoutOf({ ...size, coding: 'jpeg-ls', samplesPerPixel: 3, bitsAllocated: 8, photometricInterpretation: 'RGB' });
  const pixels = size.rows * size.columns;
  const { data } = await decoder.decode(frame, 0, layout);
  expect([...data.subarray(0, 6)]).toEqual([0, pixels, 2 * pixels, 1, pixels + 1, 2 * pixels + 1].map((i) => planes[i]));
});

test('signed values of 8 bits in JPEG 2000 keep what is below zero', async () => {
  const values = gray(8, true);
  const shifted = Uint8Array.from(values, (value) => value + 128);
  const frame = await encodeWith('jpeg-2000', info(8, 1), shifted);
  const depth = frame.indexOf(0x51) + 39;
  expect(frame[depth]).toBe(7);
  frame[depth] = 0x87;
  const layout = layoutOf({ ...size, coding: 'jpeg-2000', bitsAllocated: 8, signed: true });
  expect([...(await decoder.decode(frame, 0, layout)).data]).toEqual([...values]);
});

test('what a codec cannot give out right is refused, not given out wrong', async () => {
  const frame = await encodeWith('jpeg-2000', info(8, 3), new Uint8Array(3 * size.rows * size.columns));
  const depth = frame.indexOf(0x51) + 39;
  for (const component of [0, 1, 2]) {
    frame[depth + 3 * component] = 11;
  }
  const layout = layoutOf({ ...size, coding: 'jpeg-2000', samplesPerPixel: 3, photometricInterpretation: 'RGB' });
  await expect(decoder.decode(frame, 0, layout)).rejects.toThrow('3 components of 12, 12, 12 bits');
});

test('the bytes decide how a frame is coded, not the name of its transfer syntax', async () => {
  const lossless = encodeLossless({
    rows: 1,
    columns: 2,
    components: 1,
    precision: 16,
    predictor: 1,
    restartLines: 0,
    samples: [65_535, 3],
  });
  const layout = layoutOf({ rows: 1, columns: 2, coding: 'jpeg-baseline' });
  expect([...(await decoder.decode(lossless, 0, layout)).data]).toEqual([65_535, 3]);
});

test('a codestream smaller than its header fills the upper left, as edge tiles of slides are coded', async () => {
  const layout = layoutOf({ rows: 9, columns: 10, bitsStored: 12, coding: 'jpeg-extended' });
  const { data } = await decoder.decode(encodeFlatBlocks(12, 1, [77]), 0, layout);
  expect([data[0], data[7], data[8], data[70], data[80]]).toEqual([77, 77, 0, 77, 0]);
});

test('measures beyond the limits are refused before memory is taken, in the codestream too', async () => {
  const small = new FrameDecoder({ ...DEFAULT_PIXEL_LIMITS, maxPixels: 100 });
  const layout = layoutOf({ rows: 1, columns: 1, coding: 'jpeg-2000' });
  for (const coding of ['jpeg-2000', 'jpeg-ls'] as const) {
    const frame = await encodeWith(coding, info(8, 1), bytesOf(gray(8, false)));
    await expect(small.decode(frame, 0, layout)).rejects.toMatchObject({ code: 'limit-exceeded' });
  }
});

/** The header of a frame alone, as large as it says, with next to nothing behind it. */
const sof = (marker: number, side: number, precision: number, components = 1) =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, marker, 0, 8 + 3 * components, precision, side >> 8, side & 255, side >> 8, side & 255, components],
    ...Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat(),
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0xff, 0x7f, 0xff, 0xd9],
  ]);

/** SIZ and no more. ISO 15444-1 A.5.1. */
const siz = (side: number, bits: number, components = 1) => {
  const bytes = new DataView(new ArrayBuffer(42 + 3 * components));
  const words = [0xff4fff51, (38 + 3 * components) << 16, side, side, 0, 0, side, side, 0, 0];
  words.forEach((word, index) => {
    bytes.setUint32(4 * index, word);
  });
  bytes.setUint16(40, components);
  for (let at = 42; at < bytes.byteLength; at += 3) {
    bytes.setUint32(at - 1, ((components & 255) << 24) | ((bits - 1) << 16) | 0x0101);
  }
  return new Uint8Array(bytes.buffer);
};

describe('a codestream that is not the one its header describes', () => {
  const layout = layoutOf({ rows: 64, columns: 64, bitsAllocated: 8, coding: 'jpeg-ls' });
  type Form = (side: number, bits: number, components?: number) => Uint8Array;
  const forms: Readonly<Record<string, Form>> = {
    'JPEG-LS': (...of) => sof(0xf7, ...of),
    JPEG: (...of) => sof(0xc1, ...of),
    'lossless JPEG': (...of) => sof(0xc3, ...of),
    'JPEG 2000': siz,
  };

  it.each(Object.entries(forms))('is refused before it is decoded: %s', async (_, coded) => {
    const refusal = async (...of: Parameters<Form>) =>
      await decoder.decode(coded(...of), 0, layout).catch((error: unknown) => String(error));
    expect(await refusal(10_000, 8)).toContain('has 10000 x 10000 pixels, the header 64 x 64');
    expect(await refusal(64, 8, 3)).toContain('has 3 samples a pixel, the header 1');
    expect(await refusal(64, 12)).toContain('has 12 bits a sample, the header 8');
  });

  it('is taken where it is padded to whole blocks, and cut', async () => {
    const narrow = layoutOf({ rows: 3, columns: 5, bitsStored: 12, coding: 'jpeg-extended' });
    expect((await decoder.decode(encodeFlatBlocks(12, 1, [77]), 0, narrow)).data).toHaveLength(15);
  });

  it('is refused with a palette of its own', async () => {
    const boxes = Uint8Array.of(0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a);
    const palette = [0, 0, 0, 16, ...Buffer.from('jp2h'), 0, 0, 0, 8, ...Buffer.from('pclr')];
    const file = Uint8Array.from([...boxes, ...palette, 0, 0, 0, 0, ...Buffer.from('jp2c'), ...siz(64, 8)]);
    await expect(decoder.decode(file, 0, layout)).rejects.toThrow('a palette around the codestream');
  });
});

test.each([
  ['lossless JPEG', sof(0xc3, 10_000, 8), 'jpeg-lossless', 'before half of the image'],
  ['JPEG', sof(0xc1, 10_000, 8), 'jpeg-extended', 'before half of the image'],
  ['RLE', Uint8Array.from({ length: 1000 }, (_, index) => [1, 0, 0, 0, 64][index] ?? 0), 'rle', 'cannot hold half'],
])('%s that is too short for its measures is refused before memory is taken for it', async (_, bytes, coding, words) => {
  const before = process.memoryUsage().arrayBuffers;
  const layout = layoutOf({ rows: 10_000, columns: 10_000, bitsAllocated: 8, coding });
  await expect(decoder.decode(bytes, 0, layout)).rejects.toThrow(words);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});

test('a deflated frame is inflated to its size and no further', async () => {
  const layout = layoutOf({ rows: 2, columns: 8, bitsAllocated: 1, coding: 'deflated-frame' });
  const { data } = await decoder.decode(deflateRawSync(Uint8Array.of(0b11, 0b1000_0000)), 0, layout);
  expect([...data]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  await expect(decoder.decode(deflateRawSync(new Uint8Array(1_000_000)), 0, layout)).rejects.toMatchObject({
    code: 'cannot-decode',
  });
});

test('planes and subsampled colour come out side by side', async () => {
  const rgb = layoutOf({
    rows: 1,
    columns: 2,
    bitsAllocated: 8,
    samplesPerPixel: 3,
    planar: true,
    photometricInterpretation: 'RGB',
  });
  expect([...(await decoder.decode(Uint8Array.of(1, 2, 3, 4, 5, 6), 0, rgb)).data]).toEqual([1, 3, 5, 2, 4, 6]);
  const ybr = { ...rgb, planar: false, photometricInterpretation: 'YBR_FULL_422' };
  expect(await decoder.decode(Uint8Array.of(10, 20, 30, 40), 0, ybr)).toMatchObject({
    photometricInterpretation: 'YBR_FULL',
    data: Uint8Array.of(10, 30, 40, 20, 30, 40),
  });
});

test.each([
  ['mpeg', 'no single images'],
  ['jpip', 'no single images'],
  ['jpeg-ls', 'first bytes'],
])('a frame of %s that cannot be decoded says why', async (coding, words) => {
  await expect(decoder.decode(Uint8Array.of(1, 2, 3, 4), 0, layoutOf({ coding }))).rejects.toThrow(words);
});
