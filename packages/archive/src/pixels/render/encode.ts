import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { ArchiveError } from '../../core/errors.ts';
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

/** Reduces to the size, which was checked before. */
export async function reduceRaster(raster: Raster, size: Size): Promise<Raster> {
  if (size.width === raster.width && size.height === raster.height) {
    return raster;
  }
  const { data, info } = await opened(raster)
    .resize({ ...size, fit: 'fill' })
    .toColourspace(raster.channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: raster.channels, bytes: new Uint8Array(data) };
}

/** Reduces to the size, which was checked before, and encodes. The answer lies in the encoder's own memory, which cannot be handed to another thread. */
export async function encodeRaster(
  raster: Raster,
  size: Size,
  options: EncodeOptions,
  profile?: Uint8Array,
): Promise<Uint8Array> {
  if (options.mostBytes !== undefined) {
    return await encodeWithin(await reduceRaster(raster, size), options.mostBytes);
  }
  const named = raster.channels === 3 && options.profile !== undefined && options.profile !== 'no' ? options.profile : undefined;
  let image = named === undefined ? opened(raster) : await profiled(raster, named, profile);
  if (size.width !== raster.width || size.height !== raster.height) {
    image = image.resize({ ...size, fit: 'fill' });
  }
  if (raster.channels === 1 && options.mediaType !== 'image/gif') {
    image = image.toColourspace('b-w');
  }
  return await encoded(image, options).toBuffer();
}

/** Pages of equal height, one below the other, as a moving picture, likewise in the encoder's memory. @param delays milliseconds of each page */
export async function encodeAnimation(pages: Raster, pageHeight: number, delays: readonly number[]): Promise<Uint8Array> {
  const { width, height, channels } = pages;
  const image = sharp(pages.bytes, { raw: { width, height, channels, pageHeight }, limitInputPixels: false });
  return await image.gif({ delay: [...delays], loop: 0 }).toBuffer();
}

export type EncodeOptions = Pick<RenderOptions, 'mediaType' | 'quality' | 'profile' | 'mostBytes'>;

/** Below the last, blocks are seen more than what they are of: then rather a smaller picture. */
const QUALITIES = [80, 60, 40] as const;
const LEAST_EDGE = 32;

/**
 * A JPEG of `most` bytes at most: of less quality first, then of half as many rows and columns.
 * @throws ArchiveError `limit-exceeded` where not even the smallest fits
 */
async function encodeWithin(raster: Raster, most: number): Promise<Uint8Array> {
  for (let picture = raster; ; ) {
    for (const quality of QUALITIES) {
      const bytes = await opened(picture)
        .toColourspace(picture.channels === 1 ? 'b-w' : 'srgb')
        .jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: true })
        .toBuffer();
      if (bytes.length <= most) {
        return bytes;
      }
    }
    const half = { width: Math.ceil(picture.width / 2), height: Math.ceil(picture.height / 2) };
    if (Math.max(half.width, half.height) < LEAST_EDGE) {
      throw new ArchiveError('limit-exceeded', `no picture of ${most} bytes can be made of it`);
    }
    picture = await reduceRaster(picture, half);
  }
}

function opened({ width, height, channels, bytes }: Raster): Sharp {
  return sharp(bytes, { raw: { width, height, channels }, limitInputPixels: false });
}

/** In the colours of the object's own profile, which is kept or converted, or of sRGB where it has none. PS3.18 8.3.5.1.5. */
async function profiled(raster: Raster, asked: 'yes' | 'srgb' | 'displayp3', profile: Uint8Array | undefined): Promise<Sharp> {
  const image = profile === undefined ? opened(raster) : sharp(await withProfile(raster, profile), { limitInputPixels: false });
  if (asked === 'yes' && profile !== undefined) {
    return image.keepIccProfile();
  }
  return image.withIccProfile(asked === 'displayp3' ? 'p3' : 'srgb');
}

/** After the signature and the header chunk: 8 and 25 bytes. ISO 15948 5.3, 11.2.2. */
const PNG_HEAD = 33;

/** The encoder takes profiles with files alone: an uncompressed PNG that names it. ISO 15948 11.3.2.3. */
async function withProfile(raster: Raster, profile: Uint8Array): Promise<Uint8Array> {
  const png = await opened(raster).png({ compressionLevel: 0 }).toBuffer();
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, PNG_HEAD), chunk, png.subarray(PNG_HEAD)]);
}

function encoded(image: Sharp, { mediaType, quality = DEFAULT_QUALITY }: EncodeOptions): Sharp {
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
