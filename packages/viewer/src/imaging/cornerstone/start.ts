import { getShouldUseCPURendering, getWebWorkerManager, init as initCore, isCornerstoneInitialized } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';

/** Two contexts are enough for nine viewports and spare weak graphics cards. */
const CONTEXTS = 2;

/** Prepares the decoders; drawing needs no graphics card for it. Says whether there is one that draws. */
export function startCornerstone(): { readonly canDraw: boolean } {
  if (!isCornerstoneInitialized()) {
    initCore({ debug: { statsOverlay: false }, rendering: { webGlContextCount: CONTEXTS } });
    initLoader({ maxWebWorkers: Math.min(Math.max(Math.floor((navigator.hardwareConcurrency || 2) / 2), 1), 4) });
    getWebWorkerManager();
  }
  return { canDraw: !getShouldUseCPURendering() };
}
