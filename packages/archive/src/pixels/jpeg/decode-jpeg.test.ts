import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { encodeFlatBlocks, encodeLossless, JpegWriter } from '../../../test/pixels/jpeg-writer.ts';
import { decodeJpeg } from './decode-jpeg.ts';

const lossless = fc
  .record({
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 9 }),
    components: fc.constantFrom(1, 3),
    precision: fc.integer({ min: 2, max: 16 }),
    predictor: fc.integer({ min: 1, max: 7 }),
    restartLines: fc.integer({ min: 0, max: 3 }),
  })
  .chain((shape) => {
    const length = shape.rows * shape.columns * shape.components;
    return fc
      .array(fc.integer({ min: 0, max: 2 ** shape.precision - 1 }), { minLength: length, maxLength: length })
      .map((samples) => ({ ...shape, samples }));
  });

test('lossless images of every depth, predictor and restart interval come back exactly', () => {
  fc.assert(
    fc.property(lossless, (image) => {
      const { header, samples } = decodeJpeg(encodeLossless(image));
      expect([header.rows, header.columns, header.precision]).toEqual([image.rows, image.columns, image.precision]);
      expect([...samples]).toEqual(image.samples);
    }),
  );
});

test('a 12-bit extended image keeps its 12 bits', () => {
  const values = [0, 1, 2047, 2048, 3000, 4095];
  const { header, samples } = decodeJpeg(encodeFlatBlocks(12, 3, values));
  expect([header.columns, header.rows]).toEqual([24, 16]);
  expect(values.map((_, block) => samples[Math.floor(block / 3) * 8 * 24 + (block % 3) * 8])).toEqual(values);
});

/** Smooth, so that the small differences between decoders stay small. */
function gradient(width: number, height: number, channels: number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: width * height * channels }, (_, i) => {
      const pixel = Math.floor(i / channels);
      return (((pixel % width) * 3 + Math.floor(pixel / width) * 2 + (i % channels) * 40) % 512) / 2;
    }),
  );
}

describe.each([
  ['baseline', { progressive: false }],
  ['progressive', { progressive: true }],
])('%s', (_, options) => {
  it.each([
    [64, 48],
    [37, 29],
  ])('gray images of %i x %i pixels are decoded as libjpeg does', async (width, height) => {
    const jpeg = await sharp(gradient(width, height, 1), { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ ...options, quality: 95 })
      .toBuffer();
    const reference = await sharp(jpeg).toColourspace('b-w').raw().toBuffer();
    const { samples } = decodeJpeg(jpeg);
    expect(samples.length).toBe(reference.length);
    expect(Math.max(...samples.map((value, i) => Math.abs(value - (reference[i] ?? 0))))).toBeLessThanOrEqual(1);
  });
});

test('the colours of a subsampled image are as coded: luminance first, then two of colour at full size', async () => {
  const jpeg = await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: 255, g: 0, b: 0 } } })
    .jpeg({ chromaSubsampling: '4:2:0', quality: 100 })
    .toBuffer();
  const { header, samples } = decodeJpeg(jpeg);
  expect(header.components.map(({ h, v }) => [h, v])).toEqual([
    [2, 2],
    [1, 1],
    [1, 1],
  ]);
  expect([...samples.subarray(samples.length - 3)]).toEqual([76, 85, 255]);
});

describe('hostile streams', () => {
  const whole = encodeLossless({
    rows: 8,
    columns: 8,
    components: 1,
    precision: 8,
    predictor: 1,
    restartLines: 0,
    samples: Array.from({ length: 64 }, (_, i) => (i * 37) % 256),
  });

  it('end in a named error or an image, wherever they are cut or changed', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const bytes = cut ? whole.slice(0, at) : Uint8Array.from(whole, (byte, i) => (i === at ? value : byte));
        const dimensions = (bytes[7] ?? 0) * 256 + (bytes[8] ?? 0) < 5000;
        if (!dimensions || (bytes[9] ?? 0) > 16) {
          return;
        }
        try {
          decodeJpeg(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ArchiveError', code: 'cannot-decode' });
        }
      }),
    );
  });

  it.each([
    ['arithmetic coding', new JpegWriter().segment(0xc9, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]).end(), 'retired'],
    ['no frame header', new JpegWriter().end(), 'no frame header'],
    [
      'a scan without tables',
      new JpegWriter().segment(0xc3, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]).segment(0xda, [1, 1, 0, 1, 0, 0]).end(),
      'Huffman',
    ],
    ['five components', new JpegWriter().segment(0xc0, [8, 0, 1, 0, 1, 5]).end(), '5 components'],
    ['no JPEG', Uint8Array.of(1, 2, 3, 4), 'not a JPEG'],
  ])('%s is refused in words', (_, bytes, words) => {
    expect(() => decodeJpeg(bytes)).toThrow(words);
  });

  it('an image of which less than half is there is not shown', () => {
    expect(() => decodeJpeg(whole.slice(0, whole.length - 60))).toThrow('half');
  });
});
