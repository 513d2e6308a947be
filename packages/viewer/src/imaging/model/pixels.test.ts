import { type DataSet, TAG } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataSet, frameOf, framesOf, slice } from './fixture.ts';
import type { ImageFrame } from './image-frame.ts';
import { nativeSamples, picture, signedSamples } from './pixels.ts';

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const plain = { planar: false, rgb: false };
const firstFrame = (instance: DataSet): ImageFrame => framesOf(instance)[0] ?? frameOf();

describe('native samples', () => {
  const { format } = frameOf({ [TAG.Rows]: 1, [TAG.Columns]: 2 });

  test('are little endian words', () => {
    expect(nativeSamples(format, words(1, 0x0fff), false)).toEqual(Uint16Array.of(1, 0x0fff));
  });

  test('are swapped when big endian', () => {
    expect(nativeSamples(format, words(0x0100, 0x0200), true)).toEqual(Uint16Array.of(1, 2));
  });

  test('lose what lies above the stored bits: overlays of old files', () => {
    expect(nativeSamples(format, words(0x1001, 0xf002), false)).toEqual(Uint16Array.of(1, 2));
  });

  test('carry the sign of the stored bits up', () => {
    const signed = { ...format, signed: true };
    expect(nativeSamples(signed, words(0x0fff, 0x0800), false)).toEqual(Int16Array.of(-1, -2048));
  });

  test('are moved down where the high bit is not the last stored one', () => {
    expect(nativeSamples({ ...format, highBit: 15 }, words(0x0010, 0xfff0), false)).toEqual(Uint16Array.of(1, 0x0fff));
  });

  test('of one bit are unpacked, the lowest bit first', () => {
    const bits = { ...format, bitsAllocated: 1, bitsStored: 1, highBit: 0, rows: 1, columns: 10 };
    expect(nativeSamples(bits, Uint8Array.of(0b0000_0101, 0b10), false)).toEqual(Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 1));
  });

  test('are shown as far as they go when a few are missing, and refused when most are', () => {
    const { format: large } = frameOf({ [TAG.Rows]: 10, [TAG.Columns]: 10 });
    expect(nativeSamples(large, new Uint8Array(199), false)?.length).toBe(100);
    expect(nativeSamples(large, new Uint8Array(60), false)).toBeUndefined();
  });

  test('survive any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(1, 8, 12, 16, 24, 32, 64),
        fc.boolean(),
        (bytes, bitsAllocated, real) => {
          const samples = nativeSamples(
            { ...format, bitsAllocated, bitsStored: Math.min(bitsAllocated, 12), real },
            bytes,
            false,
          );
          expect(samples === undefined || samples.length === 2).toBe(true);
        },
      ),
    );
  });
});

test('a decoder that gives signed values in an unsigned array is put right', () => {
  const { format } = frameOf({ [TAG.PixelRepresentation]: 1, [TAG.BitsStored]: 16, [TAG.HighBit]: 15 });
  expect(signedSamples(format, Uint16Array.of(0xffff, 5))).toEqual(Int16Array.of(-1, 5));
});

describe('a picture', () => {
  const samples = Uint16Array.from({ length: 12 }, (_, index) => index * 100);

  test('has Hounsfield units as whole numbers, with their range', () => {
    const made = picture(frameOf(), { samples, ...plain });
    expect(made.values).toBeInstanceOf(Int16Array);
    expect(made).toMatchObject({ low: -1024, high: 76, colour: false, rows: 3, columns: 4 });
  });

  test.each([
    [1, -1024, [0, 4095], Int16Array, [-1024, 3071]],
    [-1, 0, [0, 4095], Int16Array, [0, -4095]],
    [16, 0, [0, 4095], Uint16Array, [0, 65_520]],
    [16, -16, [0, 4095], Float32Array, [-16, 65_504]],
    [32, 0, [0, 4095], Float32Array, [0, 131_040]],
  ] as const)('of slope %d and intercept %d has a type that holds it', (slope, intercept, samples, type, expected) => {
    const frame = frameOf({ [TAG.RescaleSlope]: slope, [TAG.RescaleIntercept]: intercept, [TAG.Columns]: 2, [TAG.Rows]: 1 });
    const { values, low, high } = picture(frame, { samples: Uint16Array.from(samples), planar: false, rgb: false });
    expect(values).toBeInstanceOf(type);
    expect([...values]).toEqual(expected.map((value) => value + 0));
    expect([low, high]).toEqual([Math.min(...expected), Math.max(...expected)]);
  });

  test('keeps fractions of a rescale', () => {
    const made = picture(frameOf({ [TAG.RescaleSlope]: 0.5, [TAG.RescaleIntercept]: 0.25 }), { samples, ...plain });
    expect(made.values).toBeInstanceOf(Float32Array);
    expect(made.values[1]).toBe(50.25);
  });

  test('has one type all through a series, whatever a slice happens to hold', () => {
    const frame = frameOf({ [TAG.RescaleIntercept]: 0 });
    expect(picture(frame, { samples: new Uint8Array(12), ...plain }).values).toBeInstanceOf(Uint16Array);
  });

  test('goes through the modality table instead of the rescale', () => {
    const table = dataSet({ [TAG.LUTDescriptor]: [3, 1, 16], [TAG.LUTData]: [7, 8, 9] });
    const made = picture(frameOf({ [TAG.ModalityLUTSequence]: table }), {
      samples: Uint16Array.of(0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0),
      ...plain,
    });
    expect([...made.values.slice(0, 5)]).toEqual([7, 7, 8, 9, 9]);
  });
});

describe('a colour picture', () => {
  const colour = (photometric: string, more = {}) =>
    firstFrame(
      slice({
        [TAG.Rows]: 1,
        [TAG.Columns]: 2,
        [TAG.SamplesPerPixel]: 3,
        [TAG.PhotometricInterpretation]: photometric,
        [TAG.BitsAllocated]: 8,
        [TAG.BitsStored]: 8,
        [TAG.HighBit]: 7,
        ...more,
      }),
    );

  test('takes planes one after the other', () => {
    const made = picture(colour('RGB'), { samples: Uint8Array.of(1, 2, 3, 4, 5, 6), planar: true, rgb: false });
    expect([...made.values]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  test('is brought from 12 bits to 8', () => {
    const made = picture(colour('RGB', { [TAG.BitsAllocated]: 16, [TAG.BitsStored]: 12 }), {
      samples: Uint16Array.of(0, 0x800, 0xfff, 0, 0, 0),
      ...plain,
    });
    expect([...made.values.slice(0, 3)]).toEqual([0, 128, 255]);
  });

  test('undoes luminance and chrominance, unless the decoder has', () => {
    const samples = Uint8Array.of(76, 85, 255, 0, 128, 128);
    expect([...picture(colour('YBR_FULL'), { samples, ...plain }).values]).toEqual([254, 0, 0, 0, 0, 0]);
    expect([...picture(colour('YBR_FULL'), { samples, planar: false, rgb: true }).values]).toEqual([...samples]);
    expect([...picture(colour('YBR_RCT'), { samples, ...plain }).values]).toEqual([...samples]);
  });

  test('shares chrominance between two neighbours in 4:2:2', () => {
    const made = picture(colour('YBR_FULL_422'), { samples: Uint8Array.of(10, 20, 128, 128), ...plain });
    expect([...made.values]).toEqual([10, 10, 10, 20, 20, 20]);
  });
});
