export type SampleArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A decoded frame as numbers, samples of a pixel side by side. One-bit pixels are 0 and 1 in bytes. */
export interface Samples {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly photometricInterpretation: string;
  readonly data: SampleArray;
}

/** An array of whole numbers of 8, 16 or 32 bits; empty, of `length` entries. */
export function integerArray(bits: number, signed: boolean, length: number): SampleArray {
  if (bits <= 8) {
    return signed ? new Int8Array(length) : new Uint8Array(length);
  }
  if (bits <= 16) {
    return signed ? new Int16Array(length) : new Uint16Array(length);
  }
  return signed ? new Int32Array(length) : new Uint32Array(length);
}

/** The bytes of samples, little endian as this machine is. */
export function bytesOf(data: SampleArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** An array of the same kind of numbers, all zero. */
export function emptyLike(data: SampleArray, length: number): SampleArray {
  if (data instanceof Float32Array) {
    return new Float32Array(length);
  }
  if (data instanceof Float64Array) {
    return new Float64Array(length);
  }
  const signed = data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  return integerArray(8 * data.BYTES_PER_ELEMENT, signed, length);
}
