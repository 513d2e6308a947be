import type { RenderOptions } from '../../core/ports.ts';
import type { Display } from '../image/display.ts';
import type { PixelLayout } from '../image/layout.ts';
import type { Samples } from '../image/samples.ts';
import type { PixelLimits } from '../limits.ts';
import type { Colour, Presentation } from '../presentation/model.ts';
import { paletteToRgb, toRgb } from './colour.ts';
import { closeShutter, inColour, layOver } from './cover.ts';
import { encodeRaster, type Raster, reduceRaster } from './encode.ts';
import { type CellMask, toGray } from './gray.ts';
import { drawLines } from './marks/lines.ts';
import { drawCorners, drawTexts } from './marks/texts.ts';
import { cropRaster, enlargeRaster } from './resample.ts';
import { turnRaster } from './turn.ts';
import { type View, viewOf } from './view.ts';

/** All that a picture of a frame depends on, beside its pixels. */
export interface Look {
  readonly display: Display;
  readonly presentation?: Presentation;
  readonly options: Omit<RenderOptions, 'state'>;
  /** The colour profile of the object. */
  readonly profile?: Uint8Array;
}

/**
 * From decoded samples to an image file. PS3.18 8.3.5.
 * @param memory for shades of gray, so long as this works; its own where that is not enough
 * @throws ArchiveError `cannot-decode`, `invalid-request`, `limit-exceeded`
 */
export async function renderFrame(
  samples: Samples,
  layout: PixelLayout,
  look: Look,
  limits: PixelLimits,
  memory?: Uint8Array,
): Promise<Uint8Array> {
  const view = viewOf(samples, look.display.aspect, look.presentation, look.options.viewport, limits);
  const shown = shownPart(samples, layout, look, view, memory);
  const raster = isMarked(look) ? await marked(await reduceRaster(shown, view.size), look, view) : shown;
  return await encodeRaster(raster, view.size, look.options, look.profile);
}

/** Likewise, to pixels of the picture's size. */
export async function rasterOf(samples: Samples, layout: PixelLayout, look: Look, limits: PixelLimits): Promise<Raster> {
  const view = viewOf(samples, look.display.aspect, look.presentation, look.options.viewport, limits);
  const raster = await reduceRaster(shownPart(samples, layout, look, view), view.size);
  return isMarked(look) ? await marked(raster, look, view) : raster;
}

function shownPart(samples: Samples, layout: PixelLayout, look: Look, view: View, memory?: Uint8Array): Raster {
  const { presentation } = look;
  const whole = toRaster(samples, layout, look, memory);
  const covered = presentation === undefined ? whole : cover(whole, presentation, samples);
  return enlargeRaster(turnRaster(cropRaster(covered, view.box), view.turn), view.size);
}

const isGray = ([red, green, blue]: Colour): boolean => red === green && green === blue;

function cover(raster: Raster, { shutter, overlays, lines, texts }: Presentation, { data }: Samples): Raster {
  const out = [...overlays, ...lines, ...texts].every(({ colour }) => isGray(colour)) ? raster : inColour(raster);
  if (shutter !== undefined) {
    closeShutter(out, shutter);
  }
  for (const overlay of overlays) {
    layOver(out, overlay, data);
  }
  return out;
}

function isMarked({ presentation, options }: Look): boolean {
  const drawn = presentation === undefined ? 0 : presentation.lines.length + presentation.texts.length;
  return drawn > 0 || (options.texts?.length ?? 0) > 0;
}

async function marked(raster: Raster, { presentation, options }: Look, view: View): Promise<Raster> {
  await drawLines(raster, presentation?.lines ?? [], view);
  await drawTexts(raster, presentation?.texts ?? [], view);
  await drawCorners(raster, options.texts ?? []);
  return raster;
}

function toRaster(samples: Samples, layout: PixelLayout, { display, options: { window } }: Look, memory?: Uint8Array): Raster {
  const { columns: width, rows: height } = samples;
  if (display.palette !== undefined) {
    return { width, height, channels: 3, bytes: paletteToRgb(samples, display.palette) };
  }
  if (samples.samplesPerPixel === 1) {
    return { width, height, channels: 1, bytes: toGray(samples, display, cellMask(layout), window, memory) };
  }
  return { width, height, channels: 3, bytes: toRgb(samples) };
}

/** Cells come as they were stored only where no codec made them anew. */
function cellMask(layout: PixelLayout): CellMask | undefined {
  const stored = ['native', 'encapsulated-native', 'deflated-frame', 'rle'].includes(layout.coding);
  return stored && layout.numbers === 'integer'
    ? { shift: layout.highBit + 1 - layout.bitsStored, bits: layout.bitsStored }
    : undefined;
}
