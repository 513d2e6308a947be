import { ArchiveError } from '../../core/errors.ts';
import type { PixelLayout } from '../image/layout.ts';
import { emptyLike, type Samples } from '../image/samples.ts';

/** What a codestream says of itself before anything of it is decoded. */
export interface CodedSize {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly bits: number;
}

/** Rows or columns that a codestream may have beyond its header's: some encoders write whole blocks. T.81 A.2.4. */
const MOST_PADDING = 16;

/**
 * Holds a codestream against its header before memory is taken for it: it may be smaller (edge tiles of slides) or padded to
 * whole blocks, but a few bytes that name a huge image under a small header are refused.
 * @throws ArchiveError `cannot-decode`
 */
export function checkFit(coded: CodedSize, layout: PixelLayout): void {
  const { rows, columns, samplesPerPixel, bitsAllocated } = layout;
  if (coded.rows > rows + MOST_PADDING || coded.columns > columns + MOST_PADDING) {
    throw new ArchiveError(
      'cannot-decode',
      `the codestream has ${coded.columns} x ${coded.rows} pixels, the header ${columns} x ${rows}`,
    );
  }
  if (coded.components !== samplesPerPixel) {
    throw new ArchiveError(
      'cannot-decode',
      `the codestream has ${coded.components} samples a pixel, the header ${samplesPerPixel}`,
    );
  }
  if (coded.bits > Math.max(8, bitsAllocated)) {
    throw new ArchiveError('cannot-decode', `the codestream has ${coded.bits} bits a sample, the header ${bitsAllocated}`);
  }
}

/**
 * Brings an image whose codestream has other measures than its header to the header's: edge tiles of slides are coded
 * smaller, other images are cut. What is missing is zero.
 */
export function fitToHeader(image: Samples, layout: PixelLayout): Samples {
  const { rows, columns } = layout;
  // Once more: a codec could have read the codestream's header otherwise than `checkFit` was told.
  const { rows: codedRows, columns: codedColumns, samplesPerPixel } = image;
  checkFit({ rows: codedRows, columns: codedColumns, components: samplesPerPixel, bits: 1 }, layout);
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
