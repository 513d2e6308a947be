import type { RenderOptions } from '../../core/ports.ts';
import type { Display } from '../image/display.ts';
import type { PixelLayout } from '../image/layout.ts';
import type { Samples } from '../image/samples.ts';
import type { PixelLimits } from '../limits.ts';
import { paletteToRgb, toRgb } from './colour.ts';
import { encodeRaster, type Raster } from './encode.ts';
import { cropBox, outputSize } from './geometry.ts';
import { type CellMask, toGray } from './gray.ts';
import { cropRaster, enlargeRaster } from './resample.ts';

/** From decoded samples to an image file. PS3.18 8.3.5. @throws ArchiveError `cannot-decode`, `invalid-request`, `limit-exceeded` */
export async function renderFrame(
  samples: Samples,
  layout: PixelLayout,
  display: Display,
  options: RenderOptions,
  limits: PixelLimits,
): Promise<Uint8Array> {
  const box = cropBox(samples.columns, samples.rows, options.viewport);
  const size = outputSize(box, display.aspect, options.viewport, limits.maxRenderedPixels);
  const part = cropRaster(toRaster(samples, layout, display, options.window), box);
  return await encodeRaster(enlargeRaster(part, size), size, options);
}

function toRaster(samples: Samples, layout: PixelLayout, display: Display, window: RenderOptions['window']): Raster {
  const { columns: width, rows: height } = samples;
  if (display.palette !== undefined) {
    return { width, height, channels: 3, bytes: paletteToRgb(samples, display.palette) };
  }
  if (samples.samplesPerPixel === 1) {
    return { width, height, channels: 1, bytes: toGray(samples, display, cellMask(layout), window) };
  }
  return { width, height, channels: 3, bytes: toRgb(samples) };
}

/** Cells come as they were stored only where no codec made them anew. */
function cellMask(layout: PixelLayout): CellMask | undefined {
  const stored = ['native', 'encapsulated-native', 'deflated-frame', 'rle'].includes(layout.coding);
  return stored && layout.numbers === 'integer'
    ? { shift: layout.highBit + 1 - layout.bitsStored, bits: layout.bitsStored }
    : undefined;
}
