import type { EncodedFrame, RenderOptions } from '../core/ports.ts';
import { readCells } from './decode/native.ts';
import type { Display } from './image/display.ts';
import type { PixelLayout } from './image/layout.ts';
import type { PixelLimits } from './limits.ts';
import { refusalOf } from './pool/messages.ts';

/** Pixels whose shades are looked up in less time than the way to another thread and back takes, 0.3 ms. */
const QUICK_PIXELS = 512 * 512;

/**
 * Whether a frame is rendered where it was read: uncompressed, small, and shown through a window. Its shades come out of a table, and
 * the encoder has threads of its own; everything else goes to a thread that decodes.
 */
export function isQuick(
  { coding, numbers, samplesPerPixel, bitsAllocated, bigEndian, rows, columns }: PixelLayout,
  { modality, voi, palette, aspect }: Display,
  { window, viewport, texts, profile, state }: RenderOptions,
): boolean {
  const shape = (window ?? (voi.kind === 'window' ? voi.window : undefined))?.shape;
  return (
    coding === 'native' &&
    numbers === 'integer' &&
    samplesPerPixel === 1 &&
    (bitsAllocated === 8 || bitsAllocated === 16) &&
    !bigEndian &&
    rows * columns <= QUICK_PIXELS &&
    palette === undefined &&
    state === undefined &&
    texts === undefined &&
    profile === undefined &&
    modality.kind === 'linear' &&
    (shape === 'linear' || shape === 'linear-exact') &&
    aspect === 1 &&
    viewport?.crop?.mirrored === undefined &&
    (viewport === undefined || viewport.columns * viewport.rows <= QUICK_PIXELS)
  );
}

/** Memory that a frame is read into, and its shades are written to, used again: as much as one can have. */
interface Memory {
  readonly frame: Uint8Array;
  readonly shades: Uint8Array;
}
const newMemory = (): Memory => ({ frame: new Uint8Array(2 * QUICK_PIXELS), shades: new Uint8Array(QUICK_PIXELS) });
const MOST_UNUSED = 2;

export interface QuickRenderer {
  /** @throws ArchiveError `cannot-decode` */
  render(frame: EncodedFrame, layout: PixelLayout, display: Display, options: RenderOptions): Promise<Uint8Array>;
}

/** NOTE: loaded when it is first needed: a server that shows nothing, as a gateway, does without the encoder's memory. */
export async function loadQuickRenderer(limits: PixelLimits): Promise<QuickRenderer> {
  const [{ configureEncoder }, { renderFrame }] = await Promise.all([
    import('./render/encode.ts'),
    import('./render/render-frame.ts'),
  ]);
  configureEncoder();
  const unused: Memory[] = [];
  return {
    render: async (frame, layout, display, options) => {
      const { rows, columns, samplesPerPixel, bitsStored, signed, photometricInterpretation } = layout;
      const memory = unused.pop() ?? newMemory();
      const bytes = await frame.read(memory.frame);
      try {
        const data = readCells(bytes, 0, layout);
        const samples = { rows, columns, samplesPerPixel, bitsStored, signed, photometricInterpretation, data };
        return await renderFrame(samples, layout, { display, options }, limits, memory.shades);
      } catch (error) {
        throw refusalOf(error);
      } finally {
        if (unused.length < MOST_UNUSED) {
          unused.push(memory);
        }
      }
    },
  };
}
