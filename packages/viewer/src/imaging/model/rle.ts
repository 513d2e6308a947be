import type { PixelFormat } from './image-frame.ts';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/**
 * An RLE frame as native little-endian bytes, one plane a sample. Each segment is one byte of each value, the most
 * significant first. PS3.5 annex G. Undefined where the header is none.
 */
export function decodeRle(format: PixelFormat, bytes: Uint8Array): Uint8Array | undefined {
  const pixels = format.rows * format.columns;
  const width = format.bitsAllocated / 8;
  const segments = format.samplesPerPixel * width;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    !Number.isInteger(width) ||
    segments > MOST_SEGMENTS ||
    bytes.length < HEADER_BYTES ||
    view.getUint32(0, true) !== segments
  ) {
    return undefined;
  }
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : bytes.length;
    const sample = Math.floor(segment / width);
    const place = sample * pixels * width + (width - 1 - (segment % width));
    unpack(bytes.subarray(start, Math.max(end, start)), out, place, width, pixels);
  }
  return out;
}

/** PackBits: n >= 0 copies n + 1 bytes, n < 0 repeats one 1 - n times, -128 is nothing. PS3.5 G.3.1. */
function unpack(packed: Uint8Array, out: Uint8Array, place: number, step: number, count: number): void {
  let [at, done] = [0, 0];
  while (at + 1 < packed.length && done < count) {
    const code = packed[at] ?? 0;
    const run = code < 128 ? code + 1 : 257 - code;
    const repeats = code > 128;
    for (let index = 0; code !== 128 && index < run && done < count; index += 1, done += 1) {
      out[place + done * step] = packed[at + 1 + (repeats ? 0 : index)] ?? 0;
    }
    at += code === 128 ? 1 : repeats ? 2 : 1 + run;
  }
}
