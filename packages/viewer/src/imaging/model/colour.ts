import type { ImageFrame } from './image-frame.ts';
import type { Palette } from './palette.ts';
import type { Decoded, Samples } from './pixels.ts';

/** Colour models stored as they are; the transforms of JPEG 2000 (YBR_RCT, YBR_ICT) its decoder undoes. */
const LUMINANCE: ReadonlySet<string> = new Set(['YBR_FULL', 'YBR_FULL_422']);

/** Red, green and blue interleaved, 8 bits each. PS3.3 C.7.6.3.1.2. */
export function toRgb(frame: ImageFrame, { samples, planar, rgb }: Decoded): Uint8Array {
  const pixels = frame.format.rows * frame.format.columns;
  if (frame.palette !== undefined) {
    return fromPalette(frame.palette, samples, pixels);
  }
  const shift = Math.max(frame.format.bitsStored - 8, 0);
  if (frame.format.photometric === 'YBR_FULL_422' && samples.length < pixels * 3) {
    return from422(samples, pixels, frame.format.columns);
  }
  const pixelStep = planar ? 1 : 3;
  const sampleStep = planar ? pixels : 1;
  const out = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let sample = 0; sample < 3; sample += 1) {
      out[pixel * 3 + sample] = (samples[pixel * pixelStep + sample * sampleStep] ?? 0) >> shift;
    }
  }
  if (!rgb && LUMINANCE.has(frame.format.photometric)) {
    undoYbr(out);
  }
  return out;
}

function fromPalette(palette: Palette, samples: Samples, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  const last = palette.red.length - 1;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const entry = Math.min(Math.max((samples[pixel] ?? 0) - palette.first, 0), last);
    out[pixel * 3] = palette.red[entry] ?? 0;
    out[pixel * 3 + 1] = palette.green[entry] ?? 0;
    out[pixel * 3 + 2] = palette.blue[entry] ?? 0;
  }
  return out;
}

/** Y Y Cb Cr for two neighbours. PS3.3 C.7.6.3.1.2. */
function from422(samples: Samples, pixels: number, columns: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  const pairs = Math.ceil(columns / 2);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    const at = (row * pairs + (column >> 1)) * 4;
    out[pixel * 3] = samples[at + (column & 1)] ?? 0;
    out[pixel * 3 + 1] = samples[at + 2] ?? 128;
    out[pixel * 3 + 2] = samples[at + 3] ?? 128;
  }
  undoYbr(out);
  return out;
}

/** Full-range YCbCr to RGB, in place. PS3.3 C.7.6.3.1.2. */
function undoYbr(pixels: Uint8Array): void {
  for (let at = 0; at + 2 < pixels.length; at += 3) {
    const y = pixels[at] ?? 0;
    const cb = (pixels[at + 1] ?? 128) - 128;
    const cr = (pixels[at + 2] ?? 128) - 128;
    pixels[at] = limit(y + 1.402 * cr);
    pixels[at + 1] = limit(y - 0.344_136 * cb - 0.714_136 * cr);
    pixels[at + 2] = limit(y + 1.772 * cb);
  }
}

function limit(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}
