import { ArchiveError } from '../../core/errors.ts';
import type { RenderOptions } from '../../core/ports.ts';
import type { PixelLimits } from '../limits.ts';
import type { Point, Presentation, Units } from '../presentation/model.ts';
import { type Box, cropBox, outputSize, type Size } from './geometry.ts';
import { type Turn, turnedSize, turnPoint, UNTURNED } from './turn.ts';

/** Which part of an image is shown, how it is turned, and how large it becomes. */
export interface View {
  readonly box: Box;
  readonly turn: Turn;
  readonly size: Size;
}

/** @throws ArchiveError `invalid-request`, `limit-exceeded` */
export function viewOf(
  image: { readonly columns: number; readonly rows: number },
  aspect: number,
  presentation: Presentation | undefined,
  viewport: RenderOptions['viewport'],
  limits: PixelLimits,
): View {
  const box = boxOf(image, presentation, viewport);
  if (box.width * box.height > Math.max(limits.maxRenderedPixels, image.columns * image.rows)) {
    throw new ArchiveError('limit-exceeded', 'The displayed area of the presentation state is too large.');
  }
  const turn = turnOf(presentation, viewport);
  const turned = { left: 0, top: 0, ...turnedSize(box, turn) };
  const grown = viewport === undefined ? (presentation?.magnification ?? 1) : 1;
  const scaled = { ...turned, width: turned.width * grown, height: turned.height * grown };
  const size = outputSize(scaled, turn.quarterTurns % 2 === 0 ? aspect : 1 / aspect, viewport, limits.maxRenderedPixels);
  return { box, turn, size };
}

function boxOf(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  presentation: Presentation | undefined,
  viewport: RenderOptions['viewport'],
): Box {
  const area = viewport?.crop === undefined ? presentation?.area : undefined;
  return area ?? cropBox(columns, rows, viewport);
}

function turnOf(presentation: Presentation | undefined, viewport: RenderOptions['viewport']): Turn {
  const { quarterTurns = 0, flipped = false } = presentation ?? {};
  const mirrored = viewport?.crop?.mirrored ?? UNTURNED;
  return { quarterTurns, across: flipped !== mirrored.across, down: mirrored.down };
}

/** Where a point of a mark lies in the picture. */
export function placed({ box, turn, size }: View, [x, y]: Point, units: Units): Point {
  // The centre of the upper left pixel is at 1, 1.
  const [across, down] =
    units === 'display' ? [x, y] : turnPoint([(x - 0.5 - box.left) / box.width, (y - 0.5 - box.top) / box.height], turn);
  return [across * size.width, down * size.height];
}
