import type { CornerText } from '../../../core/ports.ts';
import type { Colour, TextMark } from '../../presentation/model.ts';
import type { Raster } from '../encode.ts';
import { placed, type View } from '../view.ts';
import { paint } from './blend.ts';
import { type TextMask, textMask } from './text-mask.ts';

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
/** Height of letters: a part of the shorter side, within what can be read. */
const PART_OF_SIDE = 32;
const LEAST_HEIGHT = 8;
const GREATEST_HEIGHT = 96;

function letterHeight({ width, height }: Raster): number {
  return Math.max(LEAST_HEIGHT, Math.min(GREATEST_HEIGHT, Math.round(Math.min(width, height) / PART_OF_SIDE)));
}

/** In a colour with the opposite behind it, so that it can be read over light and dark. */
function paintText(raster: Raster, mask: TextMask, left: number, top: number, colour: Colour): void {
  const isLight = colour[0] + colour[1] + colour[2] > 382;
  for (const [x, y] of [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ] as const) {
    paint(raster, mask, left + x, top + y, isLight ? BLACK : WHITE);
  }
  paint(raster, mask, left, top, colour);
}

/** Burns texts into the corners. */
export async function drawCorners(raster: Raster, texts: readonly CornerText[]): Promise<void> {
  const size = letterHeight(raster);
  const margin = Math.ceil(size / 2);
  for (const { corner, lines } of texts) {
    const [vertical, side] = corner.split('-');
    const mask = await textMask(lines.join('\n'), size, side === 'right' ? 'right' : 'left');
    if (mask !== undefined) {
      const left = side === 'right' ? raster.width - mask.width - margin : margin;
      const top = vertical === 'bottom' ? raster.height - mask.height - margin : margin;
      paintText(raster, mask, Math.max(0, left), Math.max(0, top), WHITE);
    }
  }
}

/** Draws the texts of a presentation state. PS3.3 C.10.5.1.1. */
export async function drawTexts(raster: Raster, texts: readonly TextMark[], view: View): Promise<void> {
  const size = letterHeight(raster);
  for (const { text, at, to, units, justified, colour } of texts) {
    const mask = await textMask(text, size, justified === 'center' ? 'centre' : justified);
    if (mask !== undefined) {
      const corners = [at, to ?? at].map((point) => placed(view, point, units));
      const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
      const [left, right] = [Math.min(...xs), Math.max(...xs)];
      const free = to === undefined ? 0 : right - left - mask.width;
      const shift = justified === 'right' ? free : justified === 'center' ? free / 2 : 0;
      paintText(raster, mask, Math.round(left + shift), Math.round(Math.min(...ys)), colour);
    }
  }
}

/** Lines in the middle. */
export async function drawCentred(raster: Raster, lines: readonly string[]): Promise<void> {
  const mask = await textMask(
    lines.join('\n'),
    Math.max(LEAST_HEIGHT, Math.round(Math.min(raster.width, raster.height) / 8)),
    'centre',
  );
  if (mask !== undefined) {
    paintText(raster, mask, (raster.width - mask.width) >> 1, (raster.height - mask.height) >> 1, WHITE);
  }
}
