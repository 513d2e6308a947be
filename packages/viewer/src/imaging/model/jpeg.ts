/** What the header of a JPEG stream says; the DICOM header beside it is sometimes wrong. ISO/IEC 10918-1 annex B. */
export interface JpegHeader {
  /** Start-of-frame marker: C0 baseline, C1 extended, C2 progressive, C3 lossless. */
  readonly process: number;
  readonly precision: number;
  readonly components: number;
  /** A JFIF or Adobe segment tells the colour model, and decoders follow it. */
  readonly tellsColour: boolean;
}

const START_OF_SCAN = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;
/** Shorter Adobe segments do not reach their transform byte, and decoders pass over them. */
const ADOBE_LENGTH = 14;

/** Undefined where the bytes are no JPEG stream with a frame header. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) {
    return undefined;
  }
  let tellsColour = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const [lead = 0, marker = 0] = [bytes[at], bytes[at + 1]];
    if (lead !== 0xff || marker === START_OF_SCAN) {
      return undefined;
    }
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    tellsColour ||=
      (marker === APP0 && startsWith(bytes, at + 4, 'JFIF')) ||
      (marker === APP14 && length >= ADOBE_LENGTH && startsWith(bytes, at + 4, 'Adobe'));
    if (isStartOfFrame(marker)) {
      return { process: marker, precision: bytes[at + 4] ?? 0, components: bytes[at + 9] ?? 0, tellsColour };
    }
    at += 2 + length;
  }
  return undefined;
}

/** C0 to CF without the Huffman table (C4), the extension (C8) and arithmetic conditioning (CC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
}

/**
 * The stream with an Adobe segment that tells its colour model: without one a decoder takes three components for
 * luminance and chrominance, whatever the Photometric Interpretation says. PS3.5 8.2.1.
 */
export function withColourModel(bytes: Uint8Array, photometric: string): Uint8Array {
  const transform = photometric === 'RGB' ? 0 : 1;
  const segment = [
    0xff,
    APP14,
    0,
    ADOBE_LENGTH,
    ...[...'Adobe'].map((letter) => letter.charCodeAt(0)),
    0,
    100,
    0,
    0,
    0,
    0,
    transform,
  ];
  const out = new Uint8Array(bytes.length + segment.length);
  out.set(bytes.subarray(0, 2));
  out.set(segment, 2);
  out.set(bytes.subarray(2), 2 + segment.length);
  return out;
}

/**
 * Cornerstone 5.14's decoder for 12-bit samples adds 2056 x 4095/255 where 2048 x 16 + 8 belongs, which makes every value
 * 15 too great; those at the top it had already cut off.
 */
export function mendTwelveBit(samples: { readonly length: number; [index: number]: number }): void {
  for (let index = 0; index < samples.length; index += 1) {
    const value = samples[index] ?? 0;
    samples[index] = value >= 4095 ? value : Math.max(value - 15, 0);
  }
}
