import {
  Enums,
  eventTarget,
  getShouldUseCPURendering,
  getWebWorkerManager,
  init as initCore,
  isCornerstoneInitialized,
  metaData,
  RenderingEngine,
} from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';
import type { ImageFrame } from '../model/image-frame.ts';
import type { Surface } from '../surface.ts';
import { createGpuSurface } from './gpu-surface.ts';

/**
 * Cornerstone keeps its state in modules: initialisation, metadata providers, workers, events. This file is the only one
 * that touches it, so that the rest of the viewer can be made and disposed of as often as it likes.
 */
export interface Engine extends Disposable {
  createSurface(element: HTMLElement): Surface;
}

/** Frames being drawn, for the metadata provider below: Cornerstone asks for them by image id. */
const drawnFrames = new Map<string, ImageFrame>();

/** Two contexts are enough for nine viewports and spare weak graphics cards. */
const CONTEXTS = 2;
let engines = 0;

/** Prepares the decoders; drawing needs no graphics card for it. Says whether there is one that draws. */
export function startCornerstone(): { readonly canDraw: boolean } {
  if (!isCornerstoneInitialized()) {
    initCore({ debug: { statsOverlay: false }, rendering: { webGlContextCount: CONTEXTS } });
    initLoader({ maxWebWorkers: Math.min(Math.max(Math.floor((navigator.hardwareConcurrency || 2) / 2), 1), 4) });
    metaData.addProvider(provide, 10_000);
    getWebWorkerManager();
  }
  return { canDraw: !getShouldUseCPURendering() };
}

/** Draws by WebGL. `onLost` is called once when the graphics card drops the context: the engine is then of no use. */
export function createEngine(onLost: () => void): Engine {
  engines += 1;
  const id = `filmless-${engines}`;
  const rendering = new RenderingEngine(id);
  let lost = false;
  const lose = (event: Event): void => {
    // NOTE: Cornerstone tells every listener, also of the contexts of an engine given up before.
    if (!lost && event instanceof CustomEvent && event.detail?.renderingEngineId === id) {
      lost = true;
      onLost();
    }
  };
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lose);
  let surfaces = 0;
  return {
    createSurface: (element) => {
      surfaces += 1;
      return whileAlive(createGpuSurface(rendering, element, `${id}-${surfaces}`, drawnFrames), () => !lost);
    },
    [Symbol.dispose]: () => {
      lost = true;
      eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lose);
      rendering.destroy();
    },
  };
}

/** Surfaces may outlive their engine for a moment, until the page has made new ones: they then do nothing. */
function whileAlive(surface: Surface, isAlive: () => boolean): Surface {
  const guarded =
    <A extends readonly unknown[]>(act: (...args: A) => void) =>
    (...args: A): void => {
      if (isAlive()) {
        act(...args);
      }
    };
  return {
    draw: guarded(surface.draw),
    clear: guarded(surface.clear),
    resize: guarded(surface.resize),
    [Symbol.dispose]: guarded(surface[Symbol.dispose]),
  };
}

/** What Cornerstone asks of an image while drawing it. Positions in the patient are ours alone: it gets the plane of the picture. */
function provide(type: string, imageId: unknown): unknown {
  const frame = typeof imageId === 'string' ? drawnFrames.get(imageId) : undefined;
  if (frame === undefined) {
    return undefined;
  }
  switch (type) {
    case 'imagePixelModule':
      return pixelModule(frame);
    case 'imagePlaneModule':
      return {
        rows: frame.format.rows,
        columns: frame.format.columns,
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        imagePositionPatient: [0, 0, 0],
        rowPixelSpacing: frame.displaySpacing.y,
        columnPixelSpacing: frame.displaySpacing.x,
        pixelSpacing: [frame.displaySpacing.y, frame.displaySpacing.x],
        usingDefaultValues: false,
      };
    case 'generalSeriesModule':
      return { modality: frame.modality };
    default:
      return undefined;
  }
}

function pixelModule(frame: ImageFrame): unknown {
  const colour = frame.format.samplesPerPixel === 3 || frame.palette !== undefined;
  return {
    rows: frame.format.rows,
    columns: frame.format.columns,
    samplesPerPixel: colour ? 3 : 1,
    photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    bitsAllocated: colour ? 8 : 16,
    bitsStored: colour ? 8 : 16,
    highBit: colour ? 7 : 15,
    pixelRepresentation: 0,
  };
}
