import { type ReadonlySignal, signal } from '@preact/signals';
import { createCanvasSurface } from './canvas/canvas-surface.ts';
import { decodeFrame } from './cornerstone/decoder.ts';
import { createEngine, type Engine, startCornerstone } from './cornerstone/engine.ts';
import { ImagingError } from './errors.ts';
import { fetchFrame, type StoredFrame } from './frame-client.ts';
import { createFrameStore, type FrameStore } from './frame-store.ts';
import { picture } from './model/pixels.ts';
import type { Surface } from './surface.ts';

/** What draws: the graphics card, or the processor where there is none or it gave up. */
export type Backend = 'gpu' | 'cpu';

export interface Drawing {
  readonly backend: Backend;
  /** Rises when all surfaces must be made anew: the graphics card lost what it held. */
  readonly generation: number;
}

export interface Imaging extends Disposable {
  readonly drawing: ReadonlySignal<Drawing>;
  readonly frames: FrameStore;
  /** Fetches a frame that will be wanted as soon as its header is known. */
  anticipate(frameId: string): void;
  createSurface(element: HTMLElement): Surface;
}

export interface ImagingOptions {
  /** Root of DICOMweb, without a slash at the end. */
  readonly dicomWeb: string;
  /** The session ended: the page asks to sign in again. */
  readonly onSignedOut: () => void;
}

/** A graphics card that fails more often is not asked again. */
const MAX_LOSSES = 2;

/** All that shows pixels: fetching, decoding, keeping and drawing frames. */
export function createImaging(options: ImagingOptions): Imaging {
  const { canDraw } = startCornerstone();
  const drawing = signal<Drawing>({ backend: canDraw ? 'gpu' : 'cpu', generation: 0 });
  let engine: Engine | undefined;
  let losses = 0;
  const onLost = (): void => {
    losses += 1;
    const failed = engine;
    engine = undefined;
    // NOTE: surfaces first leave the failed engine, by the new generation; only then may it go.
    drawing.value = { backend: losses > MAX_LOSSES ? 'cpu' : drawing.value.backend, generation: drawing.value.generation + 1 };
    setTimeout(() => failed?.[Symbol.dispose](), 0);
  };
  const early = new Map<string, Promise<StoredFrame>>();
  const stored = (id: string, abort?: AbortSignal): Promise<StoredFrame> => {
    const anticipated = early.get(id);
    early.delete(id);
    return anticipated ?? fetchFrame(`${options.dicomWeb}${id}`, abort);
  };
  const frames = createFrameStore({
    fetchPicture: async (frame, abort) => {
      try {
        return picture(frame, await decodeFrame(frame, await stored(frame.id, abort)));
      } catch (error) {
        if (error instanceof ImagingError && error.code === 'signed-out') {
          options.onSignedOut();
        }
        throw error;
      }
    },
    maxBytes: memoryLimit(),
    maxBackground: 3,
  });
  const ensureEngine = (): Engine => {
    engine ??= createEngine(onLost);
    return engine;
  };
  // The graphics card is made ready while the study is on its way, after its request has been sent.
  const warmUp = setTimeout(() => drawing.value.backend === 'gpu' && ensureEngine(), 0);
  return {
    drawing,
    frames,
    anticipate: (id) => {
      const fetched = stored(id);
      fetched.catch(() => early.delete(id));
      early.set(id, fetched);
    },
    createSurface: (element) => {
      if (drawing.value.backend === 'cpu') {
        return createCanvasSurface(element);
      }
      return ensureEngine().createSurface(element);
    },
    [Symbol.dispose]: () => {
      clearTimeout(warmUp);
      frames[Symbol.dispose]();
      engine?.[Symbol.dispose]();
    },
  };
}

/** An eighth of the computer's memory for decoded frames, within bounds a browser bears. */
function memoryLimit(): number {
  const gigabytes = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : 4;
  return Math.min(Math.max(gigabytes / 8, 0.25), 1) * 2 ** 30;
}
