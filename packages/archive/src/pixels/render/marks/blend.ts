import type { Colour } from '../../presentation/model.ts';
import type { Raster } from '../encode.ts';
import type { TextMask } from './text-mask.ts';

/** Paints ink in a colour; what lies beyond the picture is cut. */
export function paint(
  { width, height, channels, bytes }: Raster,
  mask: TextMask,
  left: number,
  top: number,
  colour: Colour,
): void {
  for (let row = Math.max(0, -top); row < mask.height && row + top < height; row += 1) {
    for (let column = Math.max(0, -left); column < mask.width && column + left < width; column += 1) {
      const ink = mask.ink[row * mask.width + column] ?? 0;
      if (ink > 0) {
        const at = ((row + top) * width + column + left) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          const under = bytes[at + channel] ?? 0;
          bytes[at + channel] = Math.round(under + (((colour[channel] ?? 0) - under) * ink) / 255);
        }
      }
    }
  }
}

/** Lays a picture with alpha over rows of another of the same width. */
export function layOverRows({ width, channels, bytes }: Raster, over: Uint8Array, firstRow: number): void {
  let to = firstRow * width * channels;
  for (let from = 0; from + 3 < over.length; from += 4) {
    const alpha = over[from + 3] ?? 0;
    if (alpha > 0) {
      for (let channel = 0; channel < channels; channel += 1) {
        const under = bytes[to + channel] ?? 0;
        bytes[to + channel] = Math.round(under + (((over[from + channel] ?? 0) - under) * alpha) / 255);
      }
    }
    to += channels;
  }
}
