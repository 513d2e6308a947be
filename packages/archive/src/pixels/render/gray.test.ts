import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Display } from '../image/display.ts';
import type { SampleArray, Samples } from '../image/samples.ts';
import { toGray } from './gray.ts';
import { applyWindow } from './window.ts';

const plain: Display = {
  modality: { kind: 'linear', slope: 1, intercept: 0 },
  voi: { kind: 'own-range' },
  invert: false,
  padding: undefined,
  palette: undefined,
  fullBits: 8,
  aspect: 1,
};

function samplesOf(data: SampleArray, bitsStored = 8 * data.BYTES_PER_ELEMENT): Samples {
  const signed = data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  const shape = { rows: 1, columns: data.length, samplesPerPixel: 1, photometricInterpretation: 'MONOCHROME2' };
  return { ...shape, bitsStored, signed, data };
}

const shades = (data: SampleArray, display: Partial<Display>, window?: Parameters<typeof toGray>[3]): number[] => [
  ...toGray(samplesOf(data), { ...plain, ...display }, undefined, window),
];

describe('windows follow the pseudo code of PS3.3 C.11.2.1.2', () => {
  it('linear: center 2048, width 4096 maps 0 to black and 4095 to white', () => {
    const window = { center: 2048, width: 4096, shape: 'linear' } as const;
    expect([0, 4095].map((value) => applyWindow(value, window))).toEqual([0, 1]);
    expect(applyWindow(2047, window)).toBeCloseTo((2047 - 2047.5) / 4095 + 0.5, 12);
  });

  it('linear: center 2048, width 1 is a threshold', () => {
    const window = { center: 2048, width: 1, shape: 'linear' } as const;
    expect([2047, 2048].map((value) => applyWindow(value, window))).toEqual([0, 1]);
  });

  it('linear exact: center 0, width 100 runs from -50 to 50', () => {
    const window = { center: 0, width: 100, shape: 'linear-exact' } as const;
    expect([-60, -50, 0, 50, 60].map((value) => applyWindow(value, window))).toEqual([0, 0, 0.5, 1, 1]);
  });

  it('sigmoid: one width from the center is e^-4', () => {
    expect(applyWindow(300, { center: 200, width: 100, shape: 'sigmoid' })).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
  });
});

test('rescaled values are windowed, not stored ones', () => {
  const display = { modality: { kind: 'linear', slope: 2, intercept: -1000 }, voi: windowed(0, 1000, 'linear-exact') } as const;
  expect(shades(Int16Array.of(0, 250, 500, 750), display)).toEqual([0, 0, 128, 255]);
});

function windowed(center: number, width: number, shape: 'linear' | 'linear-exact'): Display['voi'] {
  return { kind: 'window', window: { center, width, shape } };
}

test('a window that is asked for takes the place of the image’s own', () => {
  const asked = { center: 1, width: 2, shape: 'linear-exact' } as const;
  expect(shades(Uint16Array.of(0, 1, 2), { voi: windowed(1000, 1, 'linear') }, asked)).toEqual([0, 128, 255]);
});

test('without a window the frame’s own range is shown, and padding counts for nothing and stays black', () => {
  const display = { padding: { from: -2000, to: -1990 }, invert: false };
  expect(shades(Int16Array.of(-2000, -1995, 100, 200, 300), display)).toEqual([0, 0, 0, 128, 255]);
  expect(shades(Int16Array.of(-2000, 100, 300), { ...display, invert: true })).toEqual([0, 255, 0]);
});

test('a frame of one value, or of padding alone, is still an image', () => {
  expect(shades(Uint16Array.of(7, 7), {})).toEqual([0, 0]);
  expect(shades(Uint16Array.of(7, 7), { padding: { from: 7, to: 7 } })).toEqual([0, 0]);
});

test('lookup tables hold beyond their ends', () => {
  const table = { first: 10, bits: 8, values: Uint16Array.of(5, 100, 255) };
  expect(shades(Uint16Array.of(0, 10, 11, 12, 99), { voi: { kind: 'table', table } })).toEqual([5, 5, 100, 255, 255]);
  const modality = { kind: 'table', table } as const;
  expect(shades(Uint16Array.of(0, 11, 99), { modality, voi: windowed(127.5, 255, 'linear-exact') })).toEqual([5, 100, 255]);
});

test('bits beyond those stored are no part of the value', () => {
  const samples = { ...samplesOf(Int16Array.of(0x0fff, 0x7fff - 0x8000, 0x7001), 12), signed: true };
  const display = { ...plain, voi: windowed(0, 10, 'linear-exact') };
  const mask = { shift: 0, bits: 12 };
  expect([...toGray(samples, display, mask, undefined)]).toEqual([102, 102, 153]);
  expect([...toGray({ ...samples, signed: false }, { ...plain, voi: windowed(2048, 4096, 'linear') }, mask, undefined)]).toEqual([
    255, 255, 0,
  ]);
});

test('values of 32 bits and floating point go through the same pipeline; no number is black', () => {
  expect(shades(Uint32Array.of(0, 2_000_000_000, 4_000_000_000), {})).toEqual([0, 128, 255]);
  expect(shades(Float32Array.of(-1, 0, 1, Number.NaN, Number.POSITIVE_INFINITY), {})).toEqual([0, 128, 255, 0, 255]);
  expect(shades(Float64Array.of(0, 5, 10), { padding: { from: 10, to: 10 } })).toEqual([0, 255, 0]);
});

test('a linear window narrower than whole numbers allow is meant exactly', () => {
  const unit = { kind: 'window', window: { center: 0.5, width: 1, shape: 'linear' } } as const;
  expect(shades(Float32Array.of(0, 0.5, 1), { voi: unit })).toEqual([0, 128, 255]);
  expect(shades(Uint8Array.of(0, 1), { voi: unit })).toEqual([0, 255]);
  const narrow = { kind: 'window', window: { center: 0.25, width: 0.5, shape: 'linear' } } as const;
  expect(shades(Uint8Array.of(0, 1, 2), { voi: narrow, modality: { kind: 'linear', slope: 0.25, intercept: 0 } })).toEqual([
    0, 128, 255,
  ]);
});

test.each([1, 3, 4, 5, 1027])('each of %i pixels gets its own shade', (length) => {
  const values = Uint8Array.from({ length }, (_, i) => (i * 101) % 256);
  const voi = { kind: 'window', window: { center: 127.5, width: 255, shape: 'linear-exact' } } as const;
  expect(shades(values, { voi })).toEqual([...values]);
  expect(shades(Int16Array.from(values), { voi })).toEqual([...values]);
});

test('shades come from a table as they would be worked out for each pixel', () => {
  const number = fc.double({ min: -3000, max: 3000, noNaN: true });
  const shape = fc.constantFrom('linear' as const, 'linear-exact' as const, 'sigmoid' as const);
  const window = fc.record({
    center: number,
    width: fc.oneof(fc.double({ min: 0.1, max: 5000, noNaN: true }), fc.constant(1)),
    shape,
  });
  const modality = fc.record({
    kind: fc.constant('linear' as const),
    slope: fc.oneof(number, fc.constant(1)),
    intercept: number,
  });
  const padding = fc.option(
    fc
      .tuple(fc.integer({ min: -2100, max: 2100 }), fc.integer({ min: 0, max: 50 }))
      .map(([from, more]) => ({ from, to: from + more })),
    { nil: undefined },
  );
  const mask = fc.option(
    fc.constantFrom({ shift: 0, bits: 12 }, { shift: 4, bits: 12 }, { shift: 2, bits: 9 }, { shift: 0, bits: 1 }),
    {
      nil: undefined,
    },
  );
  const data = fc.uint8Array({ minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(
      window,
      modality,
      fc.boolean(),
      padding,
      mask,
      fc.boolean(),
      data,
      (asked, linear, invert, pads, cell, signed, bytes) => {
        const cells = signed ? new Int16Array(bytes.buffer, 0, 32) : new Uint16Array(bytes.buffer, 0, 32);
        const samples = { ...samplesOf(cells, cell?.bits ?? 16), signed };
        const display = { ...plain, modality: linear, invert, padding: pads };
        const each = toGray({ ...samples, data: Int32Array.from(cells) }, display, cell, asked);
        expect([...toGray(samples, display, cell, asked)]).toEqual([...each]);
        expect([...toGray(samples, display, cell, asked)]).toEqual([...each]);
      },
    ),
  );
});
