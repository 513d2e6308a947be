import { interpolation } from '../image/interpolation.ts';
import type { Raster } from './encode.ts';
import type { Box, Size } from './geometry.ts';

/** The part of a raster within the box; what lies beyond the raster is black. */
export function cropRaster(raster: Raster, box: Box): Raster {
  const { width, height, channels } = raster;
  if (box.left === 0 && box.top === 0 && box.width === width && box.height === height) {
    return raster;
  }
  const bytes = new Uint8Array(box.width * channels * box.height);
  const left = Math.max(0, box.left);
  const right = Math.min(width, box.left + box.width);
  const last = Math.min(height, box.top + box.height);
  for (let row = Math.max(0, box.top); row < last && left < right; row += 1) {
    const from = (row * width + left) * channels;
    const to = ((row - box.top) * box.width + left - box.left) * channels;
    bytes.set(raster.bytes.subarray(from, from + (right - left) * channels), to);
  }
  return { width: box.width, height: box.height, channels, bytes };
}

/**
 * Enlarges to `size` along the sides that grow; the others keep their length. Bilinear, by the pixels' centres: the encoder's
 * own enlargement goes by their corners and moves the image.
 */
export function enlargeRaster(raster: Raster, size: Size): Raster {
  const width = Math.max(raster.width, size.width);
  const height = Math.max(raster.height, size.height);
  if (width === raster.width && height === raster.height) {
    return raster;
  }
  const { channels } = raster;
  const across = interpolation(width, raster.width, raster.width / width);
  const down = interpolation(height, raster.height, raster.height / height);
  const line = raster.width * channels;
  const mixed = new Float64Array(line);
  const bytes = new Uint8Array(width * height * channels);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    const upper = (down.first[row] ?? 0) * line;
    const lower = (down.second[row] ?? 0) * line;
    const weight = down.weight[row] ?? 0;
    for (let i = 0; i < line; i += 1) {
      const value = raster.bytes[upper + i] ?? 0;
      mixed[i] = value + ((raster.bytes[lower + i] ?? 0) - value) * weight;
    }
    for (let column = 0; column < width; column += 1) {
      const first = (across.first[column] ?? 0) * channels;
      const second = (across.second[column] ?? 0) * channels;
      for (let channel = 0; channel < channels; channel += 1) {
        const value = mixed[first + channel] ?? 0;
        bytes[to] = Math.round(value + ((mixed[second + channel] ?? 0) - value) * (across.weight[column] ?? 0));
        to += 1;
      }
    }
  }
  return { width, height, channels, bytes };
}
