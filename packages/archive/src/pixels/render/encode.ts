import sharp from 'sharp';
import type { RenderOptions } from '../../core/ports.ts';
import type { Box, Size } from './geometry.ts';

/** Eight-bit samples, one (gray) or three (RGB) a pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

const DEFAULT_QUALITY = 90;

/** One worker is one core; results are not asked for twice in a row. */
export function configureEncoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/** Cuts, scales and encodes. The size was checked before. */
export async function encodeRaster(raster: Raster, box: Box, size: Size, options: RenderOptions): Promise<Uint8Array> {
  const { width, height, channels } = raster;
  let image = sharp(raster.bytes, { raw: { width, height, channels }, limitInputPixels: false });
  if (box.width !== width || box.height !== height) {
    image = image.extract(box);
  }
  if (size.width !== box.width || size.height !== box.height) {
    image = image.resize({ ...size, fit: 'fill' });
  }
  if (channels === 1 && options.mediaType !== 'image/gif') {
    image = image.toColourspace('b-w');
  }
  const quality = options.quality ?? DEFAULT_QUALITY;
  switch (options.mediaType) {
    case 'image/jpeg':
      return await image.jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' }).toBuffer();
    case 'image/png':
      return await image.png({ compressionLevel: 6 }).toBuffer();
    case 'image/webp':
      return await image.webp({ quality }).toBuffer();
    case 'image/gif':
      return await image.gif().toBuffer();
  }
}
