import type { EncodedFrame, RenderOptions } from '../core/ports.ts';
import { readProfile } from './image/colour-profile.ts';
import { readDisplay } from './image/display.ts';
import type { PixelLayout } from './image/layout.ts';
import { readPresentation } from './presentation/read-presentation.ts';
import type { Look } from './render/render-frame.ts';

/**
 * All that a picture of a frame depends on beside its pixels, of the header, the options and the presentation state.
 * @throws ArchiveError `cannot-decode`, `invalid-request`, `not-acceptable`, `limit-exceeded`
 */
export async function lookOf(frame: EncodedFrame, layout: PixelLayout, { state, ...options }: RenderOptions): Promise<Look> {
  const { header, bulk, frameIndex } = frame;
  const isColour = layout.samplesPerPixel > 1 || layout.photometricInterpretation === 'PALETTE COLOR';
  const wantsProfile = isColour && options.profile !== undefined && options.profile !== 'no';
  const profile = wantsProfile ? await readProfile(header, bulk) : undefined;
  return {
    ...(state === undefined
      ? { display: await readDisplay(header, frameIndex, layout, bulk) }
      : await readPresentation(frame, layout, state)),
    options,
    ...(profile === undefined ? {} : { profile }),
  };
}
