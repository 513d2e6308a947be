import { toRgb } from './colour.ts';
import type { ImageFrame, PixelFormat } from './image-frame.ts';
import { lookUp } from './lookup-table.ts';

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array;

/** Types every graphics card draws. */
type DrawnValues = Uint8Array | Uint16Array | Int16Array | Float32Array;

/** A decoded frame, ready to be drawn and measured. */
export interface Picture {
  readonly frame: ImageFrame;
  readonly columns: number;
  readonly rows: number;
  /** One grey value a pixel after the modality transform, or red, green and blue interleaved. */
  readonly values: DrawnValues;
  readonly colour: boolean;
  readonly low: number;
  readonly high: number;
}

/** Frames that are shorter than they say are shown as far as they go; less than this share is no picture. */
const LEAST_SHARE = 0.5;

/** The samples of an uncompressed frame. PS3.5 8.1.1 and 8.2. Undefined when far too few bytes came. */
export function nativeSamples(format: PixelFormat, bytes: Uint8Array, bigEndian: boolean): Samples | undefined {
  const count = format.rows * format.columns * samplesStored(format);
  if (format.bitsAllocated === 1) {
    return bytes.length * 8 < count * LEAST_SHARE ? undefined : unpackBits(bytes, count);
  }
  const size = format.bitsAllocated / 8;
  if (![1, 2, 4, 8].includes(size) || bytes.length < count * size * LEAST_SHARE) {
    return undefined;
  }
  const whole = new Uint8Array(count * size);
  whole.set(bytes.subarray(0, whole.length));
  if (bigEndian && size > 1) {
    swapBytes(whole, size);
  }
  return interpret(format, whole.buffer, size);
}

/** YBR_FULL_422 keeps two samples a pixel; its native form has them in the order Y Y Cb Cr. PS3.3 C.7.6.3.1.2. */
function samplesStored(format: PixelFormat): number {
  return format.photometric === 'YBR_FULL_422' ? 2 : format.samplesPerPixel;
}

function interpret(format: PixelFormat, buffer: ArrayBuffer, size: number): Samples | undefined {
  if (size === 8) {
    return format.real ? Float32Array.from(new Float64Array(buffer)) : undefined;
  }
  if (size === 4) {
    return format.real ? new Float32Array(buffer) : format.signed ? new Int32Array(buffer) : new Uint32Array(buffer);
  }
  if (size === 2) {
    return masked(format, format.signed ? new Int16Array(buffer) : new Uint16Array(buffer));
  }
  return masked(format, format.signed ? new Int8Array(buffer) : new Uint8Array(buffer));
}

/** Bits beyond the stored ones may hold overlays or nothing: they are cut off, and the sign is carried up. PS3.5 8.1.1. */
function masked<S extends Int8Array | Uint8Array | Int16Array | Uint16Array>(format: PixelFormat, samples: S): S {
  const { bitsAllocated, bitsStored, highBit, signed } = format;
  if (bitsStored >= bitsAllocated && highBit === bitsAllocated - 1) {
    return samples;
  }
  const left = 32 - 1 - Math.min(Math.max(highBit, bitsStored - 1), bitsAllocated - 1);
  const right = 32 - bitsStored;
  for (let index = 0; index < samples.length; index += 1) {
    const moved = (samples[index] ?? 0) << left;
    samples[index] = signed ? moved >> right : moved >>> right;
  }
  return samples;
}

function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    out[index] = ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1;
  }
  return out;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) {
    bytes.subarray(at, at + size).reverse();
  }
}

/** Samples of a decoder with their sign put right: several decoders give signed values in an unsigned array. */
export function signedSamples(format: PixelFormat, samples: Samples): Samples {
  if (!format.signed || format.real || samples instanceof Float32Array || format.bitsStored > 16) {
    return samples;
  }
  const shift = 32 - format.bitsStored;
  const out = format.bitsStored <= 8 ? new Int8Array(samples.length) : new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    out[index] = ((samples[index] ?? 0) << shift) >> shift;
  }
  return out;
}

/** Samples as a decoder or the file gives them. */
export interface Decoded {
  readonly samples: Samples;
  /** Planes of red, green and blue one after the other. PS3.3 C.7.6.3.1.3. */
  readonly planar: boolean;
  /** The decoder undid a transform to luminance and chrominance. */
  readonly rgb: boolean;
}

/** The picture of a frame from its samples: modality transform for grey, red-green-blue for colour. */
export function picture(frame: ImageFrame, decoded: Decoded): Picture {
  const { columns, rows } = frame.format;
  if (frame.format.samplesPerPixel === 3 || frame.palette !== undefined) {
    return { frame, columns, rows, values: toRgb(frame, decoded), colour: true, low: 0, high: 255 };
  }
  const values = wholeValues(frame, decoded.samples) ?? drawable(rescaled(frame, decoded.samples), frame.format.bitsStored > 8);
  return { frame, columns, rows, values, colour: false, ...rangeOf(values) };
}

/**
 * What nearly all CT and MR images are, made in one pass: whole samples of 16 bits at most, with a slope and an intercept that are
 * whole. The same values in the same type as by the general way.
 */
function wholeValues({ slope, intercept, modalityLut }: ImageFrame, samples: Samples): Int16Array | Uint16Array | undefined {
  const narrow = samples.BYTES_PER_ELEMENT <= 2 && !(samples instanceof Float32Array);
  const plain = slope === 1 && intercept === 0;
  if (!narrow || plain || modalityLut !== undefined || !Number.isInteger(slope) || !Number.isInteger(intercept)) {
    return undefined;
  }
  const range = rangeOf(samples);
  const [one, other] = [range.low * slope + intercept, range.high * slope + intercept];
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  const isSigned = low >= -32_768 && high <= 32_767;
  if (!isSigned && (low < 0 || high > 65_535)) {
    return undefined;
  }
  const out = isSigned ? new Int16Array(samples.length) : new Uint16Array(samples.length);
  for (let index = 0; index < out.length; index += 1) {
    out[index] = (samples[index] ?? 0) * slope + intercept;
  }
  return out;
}

function rescaled(frame: ImageFrame, samples: Samples): Samples {
  const { slope, intercept, modalityLut } = frame;
  if (modalityLut !== undefined) {
    return Float32Array.from(samples, (value) => lookUp(modalityLut, value));
  }
  if (slope === 1 && intercept === 0) {
    return samples;
  }
  const out = new Float32Array(samples.length);
  for (let index = 0; index < out.length; index += 1) {
    out[index] = (samples[index] ?? 0) * slope + intercept;
  }
  return out;
}

/** The same values in a type that is drawn; `wide` keeps slices of one series in one type, whatever a slice holds. */
function drawable(values: Samples, wide: boolean): DrawnValues {
  if (values instanceof Int16Array || values instanceof Uint16Array) {
    return values;
  }
  if (values instanceof Uint8Array) {
    return wide ? Uint16Array.from(values) : values;
  }
  const { low, high } = rangeOf(values);
  const whole = !(values instanceof Float32Array) || values.every((value) => Number.isInteger(value));
  if (whole && low >= -32_768 && high <= 32_767) {
    return Int16Array.from(values);
  }
  if (whole && low >= 0 && high <= 65_535) {
    return Uint16Array.from(values);
  }
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function rangeOf(values: ArrayLike<number>): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value < low) {
      low = value;
    }
    if (value > high) {
      high = value;
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}
