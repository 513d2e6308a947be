import sharp from 'sharp';
import type { LineMark } from '../../presentation/model.ts';
import type { Raster } from '../encode.ts';
import { placed, type View } from '../view.ts';
import { layOverRows } from './blend.ts';

/** Lines are drawn in strips of so many pixels: four bytes each. */
const STRIP_PIXELS = 4 * 1024 * 1024;

/** Draws lines over a picture in its own memory. */
export async function drawLines(raster: Raster, lines: readonly LineMark[], view: View): Promise<void> {
  if (lines.length === 0) {
    return;
  }
  const { width, height } = raster;
  const shapes = lines.map((line) => shapeOf(line, view, Math.max(1, Math.min(width, height) / 400))).join('');
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / width));
  for (let top = 0; top < height; top += rows) {
    const strip = Math.min(rows, height - top);
    const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${strip}" viewBox="0 ${top} ${width} ${strip}">`;
    const svg = Buffer.from(`${head}${shapes}</svg>`);
    const over = await sharp(svg, { unlimited: true }).ensureAlpha().toColourspace('srgb').raw().toBuffer();
    layOverRows(raster, over, top);
  }
}

function shapeOf({ points, units, filled, colour }: LineMark, view: View, thickness: number): string {
  const at = points.map((point) =>
    placed(view, point, units)
      .map((value) => value.toFixed(1))
      .join(','),
  );
  const rgb = `rgb(${colour.join(',')})`;
  const [only] = at;
  if (only !== undefined && at.length === 1) {
    const [x = '0', y = '0'] = only.split(',');
    return `<circle cx="${x}" cy="${y}" r="${(2 * thickness).toFixed(1)}" fill="${rgb}"/>`;
  }
  const stroke = `stroke="${rgb}" stroke-width="${thickness.toFixed(1)}" stroke-linejoin="round"`;
  return `<polyline points="${at.join(' ')}" ${stroke} fill="${filled ? rgb : 'none'}"/>`;
}
