import type { Placeholder, RenderedFrame } from '../../core/ports.ts';
import { encodeRaster, type Raster } from './encode.ts';
import { drawCentred } from './marks/texts.ts';

/** Dark, as images are. */
const SHADE = 48;

/** A picture that says in words what cannot be shown as an image. */
export async function drawPlaceholder({ columns, rows, lines, mediaType }: Placeholder): Promise<RenderedFrame> {
  const raster: Raster = { width: columns, height: rows, channels: 1, bytes: new Uint8Array(columns * rows).fill(SHADE) };
  await drawCentred(raster, lines);
  return { bytes: await encodeRaster(raster, raster, { mediaType }), mediaType };
}
