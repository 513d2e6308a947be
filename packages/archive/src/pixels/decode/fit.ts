import { ArchiveError } from '../../core/errors.ts';
import type { PixelLayout } from '../image/layout.ts';
import { emptyLike, type Samples } from '../image/samples.ts';

/**
 * Brings an image whose codestream has other measures than its header to the header's: edge tiles of slides are coded
 * smaller, other images are cut. What is missing is zero.
 */
export function fitToHeader(image: Samples, layout: PixelLayout): Samples {
  if (image.samplesPerPixel !== layout.samplesPerPixel) {
    throw new ArchiveError(
      'cannot-decode',
      `the codestream has ${image.samplesPerPixel} samples a pixel, the header ${layout.samplesPerPixel}`,
    );
  }
  const { rows, columns } = layout;
  if (image.rows === rows && image.columns === columns) {
    return image;
  }
  const step = image.samplesPerPixel;
  const out = emptyLike(image.data, rows * columns * step);
  const width = Math.min(columns, image.columns) * step;
  for (let row = 0; row < Math.min(rows, image.rows); row += 1) {
    out.set(image.data.subarray(row * image.columns * step, row * image.columns * step + width), row * columns * step);
  }
  return { ...image, rows, columns, data: out };
}
