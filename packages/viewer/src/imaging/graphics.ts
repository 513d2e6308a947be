import { type ReadonlySignal, signal } from '@preact/signals';
import { createCanvasSurface } from './canvas/canvas-surface.ts';
import type { Engine } from './cornerstone/engine.ts';
import type { Surface } from './surface.ts';
import type { Gestures, ToolHost } from './tools.ts';

/**
 * What draws: the graphics card, or the processor where there is none or it gave up. `first` is the processor too, until
 * the much larger program for the graphics card has come: the first image does not wait for it.
 */
type Backend = 'first' | 'gpu' | 'cpu';

export interface Drawing {
  readonly backend: Backend;
  /** Rises when all surfaces must be made anew: the graphics card lost what it held. */
  readonly generation: number;
}

export interface Graphics extends Disposable {
  readonly drawing: ReadonlySignal<Drawing>;
  createSurface(element: HTMLElement, gestures: Gestures): Surface;
  /** Gives up a mark being drawn; false when there is none. */
  cancelDrawing(): boolean;
}

/** A graphics card that fails more often is not asked again. */
const MAX_LOSSES = 2;

/** Reading the program for the graphics card keeps the browser busy: the first image comes before it, up to this long. */
const LATEST_START_MS = 5_000;

/** Chooses what draws, and puts the processor in the place of a graphics card that is missing or fails. */
export function createGraphics(host: ToolHost): Graphics {
  const drawing = signal<Drawing>({ backend: 'first', generation: 0 });
  let engine: Engine | undefined;
  let losses = 0;
  let disposed = false;
  const use = (backend: Backend): void => {
    drawing.value = { backend, generation: drawing.value.generation };
  };
  const start = async (): Promise<void> => {
    const [{ startCornerstone }, { createEngine }] = await Promise.all([
      import('./cornerstone/start.ts'),
      import('./cornerstone/engine.ts'),
    ]);
    const onLost = (): void => {
      losses += 1;
      const failed = engine;
      engine = losses > MAX_LOSSES ? undefined : createEngine(host, onLost);
      drawing.value = { backend: engine === undefined ? 'cpu' : 'gpu', generation: drawing.value.generation + 1 };
      // NOTE: surfaces leave the failed engine by the new generation; only then may it go.
      setTimeout(() => failed?.[Symbol.dispose](), 0);
    };
    if (!disposed && startCornerstone().canDraw) {
      engine = createEngine(host, onLost);
    }
    use(engine === undefined ? 'cpu' : 'gpu');
  };
  let started = false;
  const startOnce = (): void => {
    if (!started && !disposed) {
      started = true;
      start().catch(() => use('cpu'));
    }
  };
  const late = setTimeout(startOnce, LATEST_START_MS);
  return {
    drawing,
    cancelDrawing: () => engine?.cancelDrawing() ?? false,
    createSurface: (element, gestures) => {
      const surface = engine?.createSurface(element, gestures) ?? createCanvasSurface(element);
      return drawing.value.backend === 'first' ? afterFirstDraw(surface, startOnce) : surface;
    },
    [Symbol.dispose]: () => {
      disposed = true;
      clearTimeout(late);
      engine?.[Symbol.dispose]();
    },
  };
}

/** Calls `then` once the first picture stands on the screen. */
function afterFirstDraw(surface: Surface, then: () => void): Surface {
  return {
    ...surface,
    draw: (scene) => {
      surface.draw(scene);
      requestAnimationFrame(() => setTimeout(then, 0));
    },
  };
}
