import type { Point } from '../imaging/model/geometry.ts';
import { type Grip, gripAt, pulled } from '../imaging/model/grips.ts';
import { isDrawn, type Measurement, type MeasureTool, POINTS_OF } from '../imaging/model/measurements.ts';
import { panned, toImage, toScreen, zoomedAt } from '../imaging/model/view.ts';
import { draggedWindow } from '../imaging/model/windows.ts';
import type { ReadingModel } from './reading-model.ts';
import { type DragTool, measureToolOf, toolOfButton } from './tools.ts';
import type { ViewportModel } from './viewport-model.ts';

/** What the fingers or the mouse are doing; nothing between two presses, except while an angle waits for its third point. */
type Gesture =
  | { readonly kind: 'drag'; readonly tool: DragTool; last: Point; rest: number }
  | { readonly kind: 'draw'; readonly start: Point; moved: boolean }
  | { readonly kind: 'pull'; readonly grip: Grip; readonly start: Point; readonly original: Measurement }
  | { readonly kind: 'pinch'; points: ReadonlyMap<number, Point> };

const MOUSE_REACH = 8;
const FINGER_REACH = 22;
const CLICK = 4;

export interface PointerControl {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onPointerCancel: (event: PointerEvent) => void;
}

/** Turns presses on a viewport into changes of its model. Points are relative to the viewport's element. */
export function createPointerControl(model: ReadingModel, viewport: ViewportModel): PointerControl {
  let gesture: Gesture | undefined;
  const pressed = new Map<number, Point>();
  return {
    onPointerDown: (event) => {
      // NOTE: a captured pointer would take the click away from the button.
      if (event.target instanceof Element && event.target.closest('button') !== null) {
        return;
      }
      const at = pointOf(event);
      model.activeNumber.value = viewport.number;
      capture(event);
      pressed.set(event.pointerId, at);
      if (event.pointerType === 'touch' && pressed.size === 2) {
        model.draft.value = undefined;
        gesture = { kind: 'pinch', points: new Map(pressed) };
        return;
      }
      gesture = startGesture(model, viewport, event, at);
    },
    onPointerMove: (event) => {
      const at = pointOf(event);
      if (pressed.has(event.pointerId)) {
        pressed.set(event.pointerId, at);
      }
      if (gesture === undefined) {
        followDraft(model, viewport, at);
      } else if (gesture.kind === 'pinch') {
        gesture.points = pinch(viewport, gesture.points, pressed);
      } else {
        moveGesture(model, viewport, gesture, at);
      }
    },
    onPointerUp: (event) => {
      pressed.delete(event.pointerId);
      if (gesture?.kind === 'draw') {
        endDraw(model, viewport, gesture, pointOf(event));
      }
      gesture = undefined;
    },
    onPointerCancel: (event) => {
      pressed.delete(event.pointerId);
      gesture = undefined;
    },
  };
}

function pointOf(event: PointerEvent): Point {
  const box = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : { left: 0, top: 0 };
  return { x: event.clientX - box.left, y: event.clientY - box.top };
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

function startGesture(model: ReadingModel, viewport: ViewportModel, event: PointerEvent, at: Point): Gesture | undefined {
  const tool = toolOfButton(event.button, model.tool.value, model.middleTool.value);
  if (tool === undefined) {
    return undefined;
  }
  if (event.button === 0 && model.draft.value === undefined) {
    const pull = startPull(model, viewport, at, event.pointerType === 'touch' ? FINGER_REACH : MOUSE_REACH);
    if (pull !== undefined) {
      return pull;
    }
    model.measurements.selected.value = undefined;
  }
  const measure = measureToolOf(tool);
  if (measure === undefined) {
    return isDrag(tool) ? { kind: 'drag', tool, last: at, rest: 0 } : undefined;
  }
  return startDraw(model, viewport, measure, at) ? { kind: 'draw', start: at, moved: false } : undefined;
}

function isDrag(tool: string): tool is DragTool {
  return tool === 'window' || tool === 'pan' || tool === 'zoom' || tool === 'scroll';
}

function startPull(model: ReadingModel, viewport: ViewportModel, at: Point, reach: number): Gesture | undefined {
  const { shown, stage, view } = viewport;
  const { value: room } = stage;
  if (shown.value === undefined || room === undefined) {
    return undefined;
  }
  const frameId = shown.value.frame.id;
  const screen = (point: Point): Point => toScreen(view.value, room, point);
  for (const original of model.measurements.all.value.filter((entry) => entry.frameId === frameId).reverse()) {
    const grip = gripAt(original, at, reach, screen);
    if (grip !== undefined) {
      model.measurements.selected.value = original.id;
      return { kind: 'pull', grip, start: toImage(view.value, room, at), original };
    }
  }
  return undefined;
}

function startDraw(model: ReadingModel, viewport: ViewportModel, tool: MeasureTool, at: Point): boolean {
  const { shown, stage, view } = viewport;
  if (shown.value === undefined || stage.value === undefined) {
    return false;
  }
  const point = toImage(view.value, stage.value, at);
  const { value: draft } = model.draft;
  const goesOn = draft !== undefined && draft.frameId === shown.value.frame.id && draft.tool === tool;
  model.draft.value = goesOn
    ? { ...draft, points: [...draft.points.slice(0, -1), point] }
    : { tool, frameId: shown.value.frame.id, points: [point, point] };
  return true;
}

function followDraft(model: ReadingModel, viewport: ViewportModel, at: Point): void {
  const { value: draft } = model.draft;
  const { shown, stage, view } = viewport;
  if (draft !== undefined && stage.value !== undefined && shown.value?.frame.id === draft.frameId) {
    model.draft.value = { ...draft, points: [...draft.points.slice(0, -1), toImage(view.value, stage.value, at)] };
  }
}

function moveGesture(
  model: ReadingModel,
  viewport: ViewportModel,
  gesture: Exclude<Gesture, { kind: 'pinch' }>,
  at: Point,
): void {
  const { stage, view } = viewport;
  if (stage.value === undefined) {
    return;
  }
  switch (gesture.kind) {
    case 'drag':
      gesture.rest = drag(model, viewport, gesture, at);
      gesture.last = at;
      return;
    case 'draw':
      gesture.moved ||= Math.hypot(at.x - gesture.start.x, at.y - gesture.start.y) > CLICK;
      followDraft(model, viewport, at);
      return;
    case 'pull':
      model.measurements.replace(pulled(gesture.original, gesture.grip, gesture.start, toImage(view.value, stage.value, at)));
  }
}

/** A point is set by the end of a drag, or by a click after the first. */
function endDraw(model: ReadingModel, viewport: ViewportModel, gesture: { readonly moved: boolean }, at: Point): void {
  followDraft(model, viewport, at);
  const { value: draft } = model.draft;
  const { stage, view } = viewport;
  const { value: room } = stage;
  if (
    draft === undefined ||
    room === undefined ||
    (draft.points.length === 2 && !gesture.moved && !isApart(draft.points, viewport))
  ) {
    return;
  }
  if (draft.points.length < POINTS_OF[draft.tool]) {
    model.draft.value = { ...draft, points: [...draft.points, ...draft.points.slice(-1)] };
    return;
  }
  model.draft.value = undefined;
  if (
    isDrawn(
      draft.tool,
      draft.points.map((point) => toScreen(view.value, room, point)),
    )
  ) {
    model.measurements.add(draft.tool, draft.frameId, draft.points);
  }
}

function isApart(points: readonly Point[], { view, stage }: ViewportModel): boolean {
  const { value: room } = stage;
  const [a, b] = room === undefined ? [] : points.map((point) => toScreen(view.value, room, point));
  return a !== undefined && b !== undefined && Math.hypot(a.x - b.x, a.y - b.y) > CLICK;
}

/** Screen pixels of a drag that make one step through the stack. */
const SCROLL_STEP = 8;
const ZOOM_STEP = 0.006;

/** Applies a drag since the last event; gives back the part of a scroll step that is left over. */
function drag(
  model: ReadingModel,
  viewport: ViewportModel,
  gesture: { readonly tool: DragTool; readonly last: Point; readonly rest: number },
  at: Point,
): number {
  const { stage, view, grey, chosenGrey, shown } = viewport;
  const [dx, dy] = [at.x - gesture.last.x, at.y - gesture.last.y];
  if (stage.value === undefined || shown.value === undefined) {
    return 0;
  }
  switch (gesture.tool) {
    case 'pan':
      view.value = panned(view.value, stage.value, dx, dy);
      return 0;
    case 'zoom':
      view.value = zoomedAt(view.value, stage.value, Math.exp(-dy * ZOOM_STEP), {
        x: stage.value.width / 2,
        y: stage.value.height / 2,
      });
      return 0;
    case 'window':
      if (grey.value !== undefined) {
        const integer = !(shown.value.values instanceof Float32Array);
        chosenGrey.value = { ...grey.value, window: draggedWindow(grey.value.window, dx, dy, integer) };
      }
      return 0;
    case 'scroll': {
      const count = viewport.frames.value.length;
      const step = Math.max(SCROLL_STEP * 0.25, Math.min(SCROLL_STEP, stage.value.height / Math.max(count, 1)));
      const way = gesture.rest + dy;
      const steps = Math.trunc(way / step);
      if (steps !== 0) {
        model.scroll(viewport, steps);
      }
      return way - steps * step;
    }
  }
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
