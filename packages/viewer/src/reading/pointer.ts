import type { Point } from '../imaging/model/geometry.ts';
import { looked, panned, zoomedAt } from '../imaging/model/view.ts';
import { draggedWindow } from '../imaging/model/windows.ts';
import type { DragTool, Gestures } from '../imaging/tools.ts';
import type { ReadingModel } from './reading-model.ts';
import { toolOfButton } from './tools.ts';
import type { ViewportModel } from './viewport-model.ts';

/** What the page itself follows: two fingers anywhere, and drags where the processor draws. The rest is Cornerstone's tools. */
type Gesture =
  | { readonly kind: 'drag'; readonly tool: DragTool; last: Point }
  | { readonly kind: 'pinch'; points: ReadonlyMap<number, Point> };

export interface PointerControl {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onPointerCancel: (event: PointerEvent) => void;
}

/** Turns presses on a viewport into changes of its model. Points are relative to the viewport's element. */
export function createPointerControl(model: ReadingModel, viewport: ViewportModel, gestures: Gestures): PointerControl {
  let gesture: Gesture | undefined;
  const pressed = new Map<number, Point>();
  const end = (event: PointerEvent): void => {
    pressed.delete(event.pointerId);
    gesture = undefined;
  };
  return {
    onPointerDown: (event) => {
      // NOTE: a captured pointer would take the click away from the button.
      if (event.target instanceof Element && event.target.closest('button') !== null) {
        return;
      }
      const at = pointOf(event);
      model.activeNumber.value = viewport.number;
      pressed.set(event.pointerId, at);
      if (event.pointerType === 'touch' && pressed.size === 2) {
        model.imaging.cancelDrawing();
        gesture = { kind: 'pinch', points: new Map(pressed) };
        return;
      }
      if (event.button === 0) {
        // A press on a mark chooses it anew.
        model.tools.marks.selected.value = undefined;
      }
      gesture = startDrag(model, event, at);
    },
    onPointerMove: (event) => {
      const at = pointOf(event);
      if (pressed.has(event.pointerId)) {
        pressed.set(event.pointerId, at);
      }
      if (gesture?.kind === 'pinch') {
        gesture.points = pinch(viewport, gesture.points, pressed);
      } else if (gesture?.kind === 'drag') {
        gestures.drag(gesture.tool, at.x - gesture.last.x, at.y - gesture.last.y);
        gesture.last = at;
      }
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

function pointOf(event: PointerEvent): Point {
  const box = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : { left: 0, top: 0 };
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** NOTE: where the graphics card draws, Cornerstone's tools follow the pointer; a capture would take it from them. */
function startDrag(model: ReadingModel, event: PointerEvent, at: Point): Gesture | undefined {
  if (model.imaging.drawing.value.backend === 'gpu') {
    return undefined;
  }
  capture(event);
  const tool = toolOfButton(event.button, model.tools.tool.value, model.tools.middleTool.value);
  return tool !== undefined && isDrag(tool) ? { kind: 'drag', tool, last: at } : undefined;
}

/** Without the capture a drag ends at the viewport's edge, which is a nuisance only. */
function capture(event: PointerEvent): void {
  try {
    if (event.currentTarget instanceof Element) {
      event.currentTarget.setPointerCapture(event.pointerId);
    }
  } catch {
    // The pointer is already gone.
  }
}

function isDrag(tool: string): tool is DragTool {
  return tool === 'window' || tool === 'pan' || tool === 'zoom' || tool === 'scroll';
}

/** Screen pixels of a drag that make one step through the stack. */
const SCROLL_STEP = 8;
const ZOOM_STEP = 0.006;

/** What drags do to a viewport, whoever follows the pointer. */
export function createGestures(model: ReadingModel, viewport: ViewportModel): Gestures {
  const { stage, view, grey, chosenGrey, shown } = viewport;
  let rest = 0;
  return {
    look: (center, zoom) => {
      view.value = looked(view.value, center, zoom);
    },
    drag: (tool, dx, dy) => {
      if (stage.value === undefined || shown.value === undefined) {
        return;
      }
      switch (tool) {
        case 'pan':
          view.value = panned(view.value, stage.value, dx, dy);
          return;
        case 'zoom': {
          const middle = { x: stage.value.width / 2, y: stage.value.height / 2 };
          view.value = zoomedAt(view.value, stage.value, Math.exp(-dy * ZOOM_STEP), middle);
          return;
        }
        case 'window':
          if (grey.value !== undefined) {
            const integer = !(shown.value.values instanceof Float32Array);
            chosenGrey.value = { ...grey.value, window: draggedWindow(grey.value.window, dx, dy, integer) };
          }
          return;
        case 'scroll': {
          const count = viewport.frames.value.length;
          const step = Math.max(SCROLL_STEP * 0.25, Math.min(SCROLL_STEP, stage.value.height / Math.max(count, 1)));
          const steps = Math.trunc((rest + dy) / step);
          rest += dy - steps * step;
          if (steps !== 0) {
            model.scroll(viewport, steps);
          }
        }
      }
    },
  };
}

/** Two fingers: the point between them stays under them. */
function pinch(
  viewport: ViewportModel,
  before: ReadonlyMap<number, Point>,
  now: ReadonlyMap<number, Point>,
): ReadonlyMap<number, Point> {
  const { stage, view } = viewport;
  const [a0, b0] = [...before.values()];
  const [a1, b1] = [...before.keys()].map((id) => now.get(id));
  if (stage.value !== undefined && a0 !== undefined && b0 !== undefined && a1 !== undefined && b1 !== undefined) {
    const [from, to] = [between(a0, b0), between(a1, b1)];
    const factor = Math.max(Math.hypot(a1.x - b1.x, a1.y - b1.y), 1) / Math.max(Math.hypot(a0.x - b0.x, a0.y - b0.y), 1);
    view.value = zoomedAt(panned(view.value, stage.value, to.x - from.x, to.y - from.y), stage.value, factor, to);
  }
  return new Map(
    [...before.keys()].flatMap((id) => {
      const point = now.get(id);
      return point === undefined ? [] : [[id, point] as const];
    }),
  );
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
