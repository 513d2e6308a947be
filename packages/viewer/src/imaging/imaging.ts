import type { ReadonlySignal } from '@preact/signals';
import { decodeFrame } from './decoder.ts';
import { ImagingError } from './errors.ts';
import { fetchFrame, type StoredFrame } from './frame-client.ts';
import { createFrameStore, type FrameStore } from './frame-store.ts';
import { createGraphics, type Drawing } from './graphics.ts';
import { picture } from './model/pixels.ts';
import type { MprAxis, MprHost, MprPanes } from './mpr.ts';
import type { Surface } from './surface.ts';
import type { Gestures, ToolHost } from './tools.ts';
import type { Volume } from './volume.ts';

export interface Imaging extends Disposable {
  readonly drawing: ReadonlySignal<Drawing>;
  readonly frames: FrameStore;
  /** Fetches a frame that will be wanted as soon as its header is known. */
  anticipate(frameId: string): void;
  createSurface(element: HTMLElement, gestures: Gestures): Surface;
  /** Gives up a mark being drawn; false when there is none. */
  cancelDrawing(): boolean;
  /** The bytes a volume may take. */
  readonly volumeLimit: number;
  /**
   * Shows a volume in three panes; their program comes with the first.
   * @throws ImagingError `undrawable` where there is no WebGL
   */
  showVolume(volume: Volume, elements: Readonly<Record<MprAxis, HTMLDivElement>>, host: MprHost): Promise<MprPanes>;
}

export interface ImagingOptions {
  /** Root of DICOMweb, without a slash at the end. */
  readonly dicomWeb: string;
  /** The session ended: the page asks to sign in again. */
  readonly onSignedOut: () => void;
  readonly tools: ToolHost;
}

/** All that shows pixels: fetching, decoding, keeping and drawing frames. */
export function createImaging(options: ImagingOptions): Imaging {
  const graphics = createGraphics(options.tools);
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
    maxBytes: memoryShare(1 / 4),
    maxBackground: 3,
  });
  return {
    drawing: graphics.drawing,
    createSurface: graphics.createSurface,
    cancelDrawing: graphics.cancelDrawing,
    frames,
    volumeLimit: memoryShare(1 / 32),
    showVolume: async (volume, elements, host) => {
      const { createMprPanes } = await import('./cornerstone/mpr/mpr-panes.ts');
      return createMprPanes(volume, elements, host);
    },
    anticipate: (id) => {
      const fetched = stored(id);
      fetched.catch(() => early.delete(id));
      early.set(id, fetched);
    },
    [Symbol.dispose]: () => {
      frames[Symbol.dispose]();
      graphics[Symbol.dispose]();
    },
  };
}

/** An eighth of the computer's memory in bytes, within bounds a browser bears: at least `least` and at most one gigabyte. */
function memoryShare(least: number): number {
  const gigabytes = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : 4;
  return Math.min(Math.max(gigabytes / 8, least), 1) * 2 ** 30;
}
