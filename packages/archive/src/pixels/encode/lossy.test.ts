import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import type { LossyCoding } from '../../core/ports.ts';
import { readCodestreamSize } from '../codecs/codestream.ts';
import { FrameDecoder } from '../decode/decode-frame.ts';
import type { PixelLayout } from '../image/layout.ts';
import { integerArray, type SampleArray } from '../image/samples.ts';
import { DEFAULT_PIXEL_LIMITS } from '../limits.ts';
import { DECODED_AS } from './codings.ts';
import { FrameEncoder } from './encode-frame.ts';
import { recodeFrame } from './recode-frame.ts';

const encoder = new FrameEncoder();
const decoder = new FrameDecoder(DEFAULT_PIXEL_LIMITS);

/** A smooth picture with some noise. */
function picture(layout: PixelLayout): SampleArray {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed } = layout;
  const data = integerArray(bitsAllocated, signed, rows * columns * samplesPerPixel);
  const range = 2 ** bitsStored - 1;
  for (let i = 0; i < data.length; i += 1) {
    const pixel = Math.floor(i / samplesPerPixel);
    const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
    const wave = (Math.sin(x / 19) + Math.cos(y / 23 + (i % samplesPerPixel)) + 2) / 4;
    data[i] = Math.round(wave * range * 0.9) + (i % 3) - (signed ? 2 ** (bitsStored - 1) : 0);
  }
  return data;
}

async function mostLost(layout: PixelLayout, coding: LossyCoding): Promise<{ readonly lost: number; readonly bytes: number }> {
  const data = picture(layout);
  const frame = await recodeFrame(encoder, decoder, { ...layout, data }, layout, coding);
  const { photometricInterpretation } = frame;
  const written = { ...layout, coding: DECODED_AS[coding], photometricInterpretation };
  const back = await decoder.decode(new Uint8Array(frame.bytes), 0, written);
  let lost = 0;
  for (let i = 0; i < data.length; i += 1) {
    lost = Math.max(lost, Math.abs((back.data[i] ?? 0) - (data[i] ?? 0)));
  }
  return { lost, bytes: frame.bytes.length };
}

const gray = (stored: number, signed = false): PixelLayout =>
  layoutOf({ rows: 130, columns: 171, bitsAllocated: stored > 8 ? 16 : 8, bitsStored: stored, highBit: stored - 1, signed });
const colour = layoutOf({
  rows: 130,
  columns: 171,
  samplesPerPixel: 3,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  photometricInterpretation: 'RGB',
});

/** Values that may be lost at most, of the whole range. */
const CASES: readonly (readonly [coding: LossyCoding, layout: PixelLayout, most: number])[] = [
  ['jpeg-baseline', gray(8), 12],
  ['jpeg-baseline', colour, 16],
  ['jpeg-extended', gray(8), 12],
  ['jpeg-extended', gray(12), 40],
  ['jpeg-extended', gray(10), 40],
  ['jpeg-ls-near', gray(8), 1],
  ['jpeg-ls-near', gray(12), 2],
  ['jpeg-ls-near', gray(16, true), 2],
  ['jpeg-ls-near', colour, 1],
  ['jpeg-2000-lossy', gray(8), 20],
  ['jpeg-2000-lossy', gray(12), 200],
  ['jpeg-2000-lossy', gray(16, true), 2000],
  ['jpeg-2000-lossy', colour, 30],
  ['htj2k-lossy', gray(8), 8],
  ['htj2k-lossy', gray(12), 40],
  ['htj2k-lossy', gray(16, true), 64],
  ['htj2k-lossy', colour, 16],
];

describe('a frame compressed with loss', () => {
  it.each(CASES)('loses little and is smaller in %s', async (coding, layout, most) => {
    const { lost, bytes } = await mostLost(layout, coding);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(most);
    expect(bytes).toBeLessThan((layout.rows * layout.columns * layout.samplesPerPixel * layout.bitsAllocated) / 8 / 1.5);
  });

  it.each(['jpeg-baseline', 'jpeg-extended'] as const)('is not made in %s of values it cannot hold', async (coding) => {
    for (const layout of [gray(16), gray(12, true), layoutOf({ ...colour, photometricInterpretation: 'PALETTE COLOR' })]) {
      const made = encoder.encode({ ...layout, data: picture(layout) }, layout, coding);
      await expect(made).rejects.toMatchObject({ code: 'not-acceptable' });
    }
    const deep = encoder.encode({ ...gray(12), data: picture(gray(12)) }, gray(12), 'jpeg-baseline');
    await expect(deep).rejects.toMatchObject({ code: 'not-acceptable' });
  });

  it('is not given out when it did not come back nearly as it was', async () => {
    const layout = gray(8);
    const data = picture(layout);
    const wrong = { encode: () => encoder.encode({ ...layout, data: data.map((value) => 255 - value) }, layout, 'jpeg-ls-near') };
    await expect(recodeFrame(wrong, decoder, { ...layout, data }, layout, 'jpeg-ls-near')).rejects.toMatchObject({
      code: 'not-acceptable',
    });
  });
});

const COD = 0xff52;
const TLM = 0xff55;
const FIRST_TILE = 0xff90;

/** Segments of the main header by marker. */
function segments(codestream: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const found = new Map<number, Uint8Array>();
  for (let at = 2; view.getUint16(at) !== FIRST_TILE; at += 2 + view.getUint16(at + 2)) {
    found.set(view.getUint16(at), codestream.subarray(at + 4, at + 2 + view.getUint16(at + 2)));
  }
  return found;
}

it('HTJ2K by resolution begins with a small picture, and tells where each larger one begins. PS3.5 8.2.13', async () => {
  const layout = layoutOf({ rows: 700, columns: 900, bitsAllocated: 16, bitsStored: 12, highBit: 11 });
  const { bytes } = await encoder.encode({ ...layout, data: picture(layout) }, layout, 'htj2k-rpcl');
  const main = segments(bytes);
  const coding = main.get(COD);
  expect(coding?.[1]).toBe(2);
  const levels = coding?.[5] ?? 0;
  expect(Math.ceil(900 / 2 ** levels)).toBeLessThanOrEqual(64);
  expect(main.has(TLM)).toBe(true);
  expect(readCodestreamSize(bytes)).toMatchObject({ rows: 700, columns: 900 });
});
