import { Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';
import type { Surface } from '../surface.ts';
import type { Gestures, ToolHost } from '../tools.ts';
import { createGpuSurface } from './gpu-surface.ts';
import { registerImages } from './images.ts';
import { createTools } from './tools.ts';

/**
 * Cornerstone keeps its state in modules: initialisation, metadata providers, workers, events. This file is the only one
 * that touches it, so that the rest of the viewer can be made and disposed of as often as it likes.
 */
export interface Engine extends Disposable {
  createSurface(element: HTMLElement, gestures: Gestures): Surface;
  /** Gives up a mark being drawn; false when there is none. */
  cancelDrawing(): boolean;
}

let engines = 0;

/** Draws by WebGL. `onLost` is called once when the graphics card drops the context: the engine is then of no use. */
export function createEngine(host: ToolHost, onLost: () => void): Engine {
  registerImages();
  engines += 1;
  const id = `filmless-${engines}`;
  const rendering = new RenderingEngine(id);
  const tools = createTools(id, host);
  let lost = false;
  const lose = (event: Event): void => {
    // NOTE: Cornerstone tells every listener, also of the contexts of an engine given up before.
    if (!lost && event instanceof CustomEvent && event.detail?.renderingEngineId === id) {
      lost = true;
      // Before the next engine brings its own.
      tools[Symbol.dispose]();
      onLost();
    }
  };
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lose);
  let surfaces = 0;
  return {
    createSurface: (element, gestures) => {
      surfaces += 1;
      return whileAlive(createGpuSurface(rendering, tools, element, `${id}-${surfaces}`, gestures), () => !lost);
    },
    cancelDrawing: () => tools.cancel(),
    [Symbol.dispose]: () => {
      lost = true;
      eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lose);
      tools[Symbol.dispose]();
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
