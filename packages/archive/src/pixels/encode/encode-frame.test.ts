import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import type { LosslessCoding } from '../../core/ports.ts';
import { FrameDecoder } from '../decode/decode-frame.ts';
import type { PixelLayout } from '../image/layout.ts';
import { integerArray, type SampleArray, type Samples } from '../image/samples.ts';
import { DEFAULT_PIXEL_LIMITS } from '../limits.ts';
import { DECODED_AS } from './codings.ts';
import { FrameEncoder } from './encode-frame.ts';

const CODINGS: readonly LosslessCoding[] = [
  'rle',
  'jpeg-lossless',
  'jpeg-ls',
  'jpeg-2000',
  'htj2k',
  'htj2k-rpcl',
  'deflated-frame',
  'encapsulated-native',
];
/** Those that hold any whole numbers, since they code bytes. */
const ANY_CELLS: readonly string[] = ['rle', 'deflated-frame', 'encapsulated-native'];
const encoder = new FrameEncoder();
const decoder = new FrameDecoder(DEFAULT_PIXEL_LIMITS);

const samplesOf = (layout: PixelLayout, data: SampleArray): Samples => ({ ...layout, data });

async function roundTrip(layout: PixelLayout, coding: LosslessCoding, data: SampleArray): Promise<SampleArray> {
  const encoded = await encoder.encode(samplesOf(layout, data), layout, coding);
  expect([encoded.rows, encoded.columns, encoded.samplesPerPixel]).toEqual([layout.rows, layout.columns, layout.samplesPerPixel]);
  const { photometricInterpretation } = encoded;
  const decoded = await decoder.decode(encoded.bytes, 0, {
    ...layout,
    coding: DECODED_AS[coding],
    photometricInterpretation,
  });
  expect(decoded.photometricInterpretation).toBe(layout.photometricInterpretation);
  return decoded.data;
}

/** Numbers that look like an image: slow waves with some noise, from the least to the greatest of so many bits. */
function wave(layout: PixelLayout): SampleArray {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed } = layout;
  const data = integerArray(bitsAllocated, signed, rows * columns * samplesPerPixel);
  const range = 2 ** bitsStored - 1;
  for (let i = 0; i < data.length; i += 1) {
    const value = Math.round(((Math.sin(i / 37) + 1) / 2) * range) ^ (i % 3 === 0 ? 1 : 0);
    data[i] = value - (signed ? 2 ** (bitsStored - 1) : 0);
  }
  return data;
}

const GRAY: readonly (readonly [allocated: number, stored: number, signed: boolean])[] = [
  [8, 8, false],
  [8, 8, true],
  [8, 5, false],
  [8, 1, false],
  [16, 16, false],
  [16, 16, true],
  [16, 12, false],
  [16, 12, true],
  [16, 10, false],
  [16, 8, false],
  [16, 8, true],
  [16, 2, true],
];

describe.each(CODINGS)('a frame compressed in %s', (coding) => {
  it.each(GRAY)('comes back as it was: %i bits allocated, %i stored, signed %s', async (bitsAllocated, bitsStored, signed) => {
    const layout = layoutOf({ rows: 37, columns: 53, bitsAllocated, bitsStored, highBit: bitsStored - 1, signed });
    expect(await roundTrip(layout, coding, wave(layout))).toEqual(wave(layout));
  });

  it.each([1, 2, 3, 9])('comes back as it was with %i rows', async (rows) => {
    const layout = layoutOf({ rows, columns: 2, bitsAllocated: 16, bitsStored: 12, highBit: 11 });
    expect(await roundTrip(layout, coding, wave(layout))).toEqual(wave(layout));
  });

  it('comes back as it was in colour', async () => {
    const base = { rows: 33, columns: 40, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const layout = layoutOf({ ...base, photometricInterpretation: 'RGB' });
    expect(await roundTrip(layout, coding, wave(layout))).toEqual(wave(layout));
  });

  it('keeps what lies above Bits Stored', async () => {
    const layout = layoutOf({ rows: 8, columns: 8, bitsAllocated: 16, bitsStored: 12, highBit: 11 });
    const data = wave(layout).map((value, index) => (index % 5 === 0 ? value | 0x8000 : value));
    const back = await roundTrip({ ...layout, bitsStored: 16, highBit: 15 }, coding, data);
    expect(back).toEqual(data);
  });

  it('comes back as it was, whatever it is', async () => {
    const images = fc
      .record({ rows: fc.integer({ min: 1, max: 20 }), columns: fc.integer({ min: 1, max: 20 }), signed: fc.boolean() })
      .chain(({ rows, columns, signed }) =>
        fc
          .array(fc.integer({ min: 0, max: 65_535 }), { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => ({ rows, columns, signed, values })),
      );
    await fc.assert(
      fc.asyncProperty(images, async ({ rows, columns, signed, values }) => {
        const layout = layoutOf({ rows, columns, signed, bitsAllocated: 16, bitsStored: 16, highBit: 15 });
        const data = signed ? Int16Array.from(values) : Uint16Array.from(values);
        expect(await roundTrip(layout, coding, data)).toEqual(data);
      }),
      { numRuns: 40 },
    );
  });
});

describe('compressing without loss', () => {
  it.each(CODINGS.filter((coding) => coding !== 'jpeg-2000'))('gives back colours that are no RGB in %s', async (coding) => {
    const base = { rows: 33, columns: 40, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const layout = layoutOf({ ...base, photometricInterpretation: 'YBR_FULL' });
    expect(await roundTrip(layout, coding, wave(layout))).toEqual(wave(layout));
  });

  it('names YBR_RCT where the colour transform is in the codestream, and leaves YBR_FULL as it is elsewhere', async () => {
    const base = { rows: 8, columns: 8, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    const named = async (photometricInterpretation: string, coding: LosslessCoding) => {
      const layout = layoutOf({ ...base, photometricInterpretation });
      return (await encoder.encode(samplesOf(layout, wave(layout)), layout, coding)).photometricInterpretation;
    };
    expect(await named('RGB', 'htj2k')).toBe('YBR_RCT');
    expect(await named('RGB', 'jpeg-2000')).toBe('YBR_RCT');
    expect(await named('RGB', 'jpeg-ls')).toBe('RGB');
    expect(await named('YBR_FULL', 'htj2k')).toBe('YBR_FULL');
    expect(await named('YBR_FULL', 'rle')).toBe('YBR_FULL');
    await expect(named('YBR_FULL', 'jpeg-2000')).rejects.toMatchObject({ code: 'not-acceptable' });
  });

  it('compresses whole numbers of 32 bits in RLE and as bytes, and in nothing else', async () => {
    const layout = layoutOf({ rows: 5, columns: 7, bitsAllocated: 32, bitsStored: 32, highBit: 31 });
    const data = Uint32Array.from({ length: 35 }, (_, i) => i * 123_456_789);
    for (const coding of CODINGS.filter((one) => ANY_CELLS.includes(one))) {
      expect(await roundTrip(layout, coding, data)).toEqual(data);
    }
    for (const coding of CODINGS.filter((one) => !ANY_CELLS.includes(one))) {
      await expect(encoder.encode(samplesOf(layout, data), layout, coding)).rejects.toMatchObject({ code: 'not-acceptable' });
    }
  });

  it.each(CODINGS.slice(0, -2))('says that pixels of one bit cannot be had in %s', async (coding) => {
    const layout = layoutOf({ rows: 8, columns: 8, bitsAllocated: 1, bitsStored: 1, highBit: 0 });
    const encoding = encoder.encode(samplesOf(layout, new Uint8Array(64)), layout, coding);
    await expect(encoding).rejects.toMatchObject({ code: 'not-acceptable' });
  });
});
