import { ArchiveError } from '../core/errors.ts';
import type { EncodedFrame, RenderOptions } from '../core/ports.ts';
import type { PixelLayout } from './image/layout.ts';
import type { PixelLimits } from './limits.ts';
import type { Raster } from './render/encode.ts';

/** Pictures one below the other. */
interface Pages extends Raster {
  readonly pageHeight: number;
}

/** What all pictures of a moving one have to fit into, together; undefined where they do as they are. */
export function animatedViewport(
  { rows, columns }: PixelLayout,
  aspect: number,
  count: number,
  { maxAnimatedPixels }: PixelLimits,
): RenderOptions['viewport'] {
  const [width, height] = [aspect < 1 ? columns / aspect : columns, aspect > 1 ? rows * aspect : rows];
  const scale = Math.sqrt(maxAnimatedPixels / (count * width * height));
  return scale >= 1
    ? undefined
    : { columns: Math.max(1, Math.floor(width * scale)), rows: Math.max(1, Math.floor(height * scale)) };
}

/** @throws ArchiveError `limit-exceeded` for a viewport in which they are too large, `cannot-decode` where they differ in size */
export async function joinPages(
  frames: readonly EncodedFrame[],
  { maxAnimatedPixels }: PixelLimits,
  draw: (frame: EncodedFrame) => Promise<Raster>,
): Promise<Pages> {
  let pages: Pages | undefined;
  for (const [index, frame] of frames.entries()) {
    const drawn = await draw(frame);
    pages ??= room(drawn, frames.length, maxAnimatedPixels);
    if (drawn.width !== pages.width || drawn.height !== pages.pageHeight || drawn.channels !== pages.channels) {
      throw new ArchiveError('cannot-decode', 'The frames are not all of one size.');
    }
    pages.bytes.set(drawn.bytes, index * drawn.bytes.length);
  }
  if (pages === undefined) {
    throw new ArchiveError('cannot-decode', 'There are no frames.');
  }
  return pages;
}

function room({ width, height, channels }: Raster, count: number, most: number): Pages {
  if (width * height * count > most) {
    throw new ArchiveError(
      'limit-exceeded',
      `${count} pictures of ${width} x ${height} pixels are too many; ask for a smaller viewport`,
    );
  }
  return {
    width,
    height: height * count,
    channels,
    pageHeight: height,
    bytes: new Uint8Array(width * height * channels * count),
  };
}
