import sharp, { type Sharp } from 'sharp';
import type { RenderOptions } from '../../core/ports.ts';
import type { Size } from './geometry.ts';

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

/** Reduces to the size, which was checked before, and encodes. */
export async function encodeRaster(raster: Raster, size: Size, options: RenderOptions): Promise<Uint8Array> {
  const { width, height, channels } = raster;
  let image = sharp(raster.bytes, { raw: { width, height, channels }, limitInputPixels: false });
  if (size.width !== width || size.height !== height) {
    image = image.resize({ ...size, fit: 'fill' });
  }
  if (channels === 1 && options.mediaType !== 'image/gif') {
    image = image.toColourspace('b-w');
  }
  // A copy: the encoder's own memory cannot be handed to another thread.
  return new Uint8Array(await encoded(image, options).toBuffer());
}

function encoded(image: Sharp, { mediaType, quality = DEFAULT_QUALITY }: RenderOptions): Sharp {
  switch (mediaType) {
    case 'image/jpeg':
      // Tables of Huffman codes made for the image take twice the time and save a twentieth of the bytes.
      return image.jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0', optimiseCoding: false });
    case 'image/png':
      return image.png({ compressionLevel: 6 });
    case 'image/webp':
      return image.webp({ quality });
    case 'image/gif':
      return image.gif();
  }
}
