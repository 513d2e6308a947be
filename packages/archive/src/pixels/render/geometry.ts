import { ArchiveError } from '../../core/errors.ts';
import type { RenderOptions } from '../../core/ports.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** No side of an output is longer: WebP holds no more. */
const LONGEST_SIDE = 16_383;

/** The part of the source that is shown. PS3.18 8.3.5.1.3. @throws ArchiveError `invalid-request` when it lies outside */
export function cropBox(columns: number, rows: number, viewport: RenderOptions['viewport']): Box {
  const asked = viewport?.crop;
  if (asked === undefined) {
    return { left: 0, top: 0, width: columns, height: rows };
  }
  const left = Math.max(0, Math.floor(asked.left));
  const top = Math.max(0, Math.floor(asked.top));
  const width = Math.min(columns, Math.ceil(asked.left + asked.width)) - left;
  const height = Math.min(rows, Math.ceil(asked.top + asked.height)) - top;
  if (!(width > 0 && height > 0)) {
    throw new ArchiveError('invalid-request', `the viewport's region lies outside the image of ${columns} x ${rows} pixels`);
  }
  return { left, top, width, height };
}

/**
 * The measures of the output: pixels that are not square are stretched along their longer side, then the whole is fitted
 * into the viewport. @param aspect height of a pixel divided by its width
 */
export function outputSize(box: Box, aspect: number, viewport: RenderOptions['viewport'], maxPixels: number): Size {
  const width = aspect < 1 ? box.width / aspect : box.width;
  const height = aspect > 1 ? box.height * aspect : box.height;
  const scale = viewport === undefined ? 1 : Math.min(viewport.columns / width, viewport.rows / height);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  if (size.width > LONGEST_SIDE || size.height > LONGEST_SIDE || size.width * size.height > maxPixels) {
    throw new ArchiveError(
      'limit-exceeded',
      `an output of ${size.width} x ${size.height} pixels is too large; ask for a smaller viewport`,
    );
  }
  return size;
}
