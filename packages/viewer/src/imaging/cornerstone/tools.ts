import { eventTarget, type StackViewport } from '@cornerstonejs/core';
import {
  AngleTool,
  addTool,
  annotation,
  BidirectionalTool,
  CobbAngleTool,
  cancelActiveManipulations,
  EllipticalROITool,
  Enums,
  init,
  LengthTool,
  PanTool,
  PlanarFreehandROITool,
  RectangleROITool,
  ToolGroupManager,
  type Types,
  utilities,
  ZoomTool,
} from '@cornerstonejs/tools';
import { effect } from '@preact/signals';
import type { ImageFrame } from '../model/image-frame.ts';
import { isDrawn, MEASURE_TOOLS, type Measurement, type MeasureTool } from '../model/measurements.ts';
import { toWorld } from '../model/world.ts';
import type { DragTool, Tool, ToolHost } from '../tools.ts';
import { annotationOf, frameOfTarget, imagePoints, measurementOf, TOOL_NAMES } from './annotations.ts';
import { CardiothoracicTool } from './cardiothoracic-tool.ts';
import { heldFrame, heldPicture, isFrameId } from './images.ts';
import { type Drag, PageStackScrollTool, PageWindowLevelTool, setDrag } from './page-tools.ts';
import { MARK_STYLE } from './tool-style.ts';

/** Cornerstone's tools on the viewports of one engine. Its annotation state mirrors the page's marks, and they it. */
export interface Tools extends Disposable {
  /** Puts the tools on a viewport; gives back how to take them off. */
  enter(viewport: StackViewport, host: HTMLDivElement, told: { readonly drag: Drag; readonly moved: () => void }): () => void;
  /** A frame is on the screen: its kept marks become annotations. */
  shown(frame: ImageFrame): void;
  /** Gives up a mark being drawn, on one viewport or on all; false when there is none. */
  cancel(host?: HTMLDivElement): boolean;
}

export const DRAG_NAMES: Readonly<Record<DragTool, string>> = {
  window: PageWindowLevelTool.toolName,
  scroll: PageStackScrollTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
};

const CLASSES = [
  PageWindowLevelTool,
  PageStackScrollTool,
  PanTool,
  ZoomTool,
  LengthTool,
  BidirectionalTool,
  AngleTool,
  CobbAngleTool,
  CardiothoracicTool,
  EllipticalROITool,
  RectangleROITool,
  PlanarFreehandROITool,
];

let started = false;

export function startTools(): void {
  if (started) {
    return;
  }
  started = true;
  init();
  for (const tool of CLASSES) {
    addTool(tool);
  }
  annotation.config.style.setDefaultToolStyles({ global: MARK_STYLE });
}

interface Entered {
  readonly viewport: StackViewport;
  readonly host: HTMLDivElement;
}

interface State {
  readonly host: ToolHost;
  readonly entered: Map<string, Entered>;
  /** Annotations of marks that are kept, so that one that is gone from the list is taken off the picture. */
  readonly mirrored: Set<string>;
  cancelling: boolean;
}

export function createTools(engineId: string, host: ToolHost): Tools {
  startTools();
  const group = ToolGroupManager.createToolGroup(engineId);
  if (group === undefined) {
    throw new Error('the tools of this engine exist already');
  }
  addTools(group, host);
  const state: State = { host, entered: new Map(), mirrored: new Set(), cancelling: false };
  const cancel = (only?: HTMLDivElement): boolean => cancelDrawing(state, only);
  const stops = [
    effect(() => {
      cancel();
      bind(group, host.tool.value, host.middleTool.value);
    }),
    effect(() => mirrorMarks(state, host.marks.all.value)),
    effect(() => mirrorSelection(state, host.marks.selected.value)),
    ...listen(state),
  ];
  return {
    enter: (viewport, element, { drag, moved }) => {
      state.entered.set(viewport.id, { viewport, host: element });
      group.addViewport(viewport.id, engineId);
      setDrag(viewport.id, drag);
      // NOTE: after Cornerstone's own listeners, which move the camera.
      element.addEventListener(Enums.Events.MOUSE_DRAG, moved);
      element.addEventListener(Enums.Events.TOUCH_DRAG, moved);
      return () => {
        cancel(element);
        element.removeEventListener(Enums.Events.MOUSE_DRAG, moved);
        element.removeEventListener(Enums.Events.TOUCH_DRAG, moved);
        setDrag(viewport.id, undefined);
        group.removeViewports(engineId, viewport.id);
        state.entered.delete(viewport.id);
      };
    },
    shown: (frame) => showMarks(state, frame),
    cancel,
    [Symbol.dispose]: () => {
      cancel();
      for (const stop of stops) {
        stop();
      }
      ToolGroupManager.destroyToolGroup(engineId);
      // Not all there are: the panes of a volume have theirs.
      for (const id of state.mirrored) {
        annotation.state.removeAnnotation(id);
      }
    },
  };
}

type Group = NonNullable<ReturnType<typeof ToolGroupManager.createToolGroup>>;

function addTools(group: Group, host: ToolHost): void {
  group.addTool(DRAG_NAMES.window);
  group.addTool(DRAG_NAMES.scroll);
  group.addTool(DRAG_NAMES.pan);
  // Up is nearer, as in most viewers. Two fingers belong to the page, so that they also work before this program is here.
  group.addTool(DRAG_NAMES.zoom, { invert: true, pinchToZoom: false, minZoomScale: 0.1, maxZoomScale: 64 });
  for (const tool of MEASURE_TOOLS) {
    group.addTool(TOOL_NAMES[tool], {
      ...(tool === 'freehand' ? { allowOpenContours: false, calculateStats: true } : {}),
      // The rectangle names a list of targets, the others one.
      getTextLines: (data: Types.AnnotationData, targets: string | readonly string[]) =>
        textLines(tool, data, typeof targets === 'string' ? targets : (targets[0] ?? ''), host),
    });
  }
}

/** Our words and numbers: units by our calibration of the points, values by their own unit. Cornerstone names neither source. */
function textLines(tool: MeasureTool, data: Types.AnnotationData, targetId: string, host: ToolHost): readonly string[] {
  const target = frameOfTarget(targetId);
  if (target === undefined) {
    return [];
  }
  const points = imagePoints(tool, target.frame, data);
  return [...host.lines({ tool, points }, target.frame, heldPicture(target.imageId))];
}

/** Left, middle and right button; one finger does what the left button does. */
function bind(group: Group, left: Tool, middle: DragTool): void {
  const { Primary, Auxiliary, Secondary } = Enums.MouseBindings;
  const wanted: readonly (readonly [string, Enums.MouseBindings])[] = [
    [nameOf(left), Primary],
    [DRAG_NAMES[middle], Auxiliary],
    [DRAG_NAMES.zoom, Secondary],
  ];
  for (const name of [...Object.values(DRAG_NAMES), ...Object.values(TOOL_NAMES)]) {
    group.setToolPassive(name, { removeAllBindings: true });
    const bindings = wanted.flatMap(([tool, mouseButton]) => (tool === name ? [{ mouseButton }] : []));
    if (bindings.length > 0) {
      group.setToolActive(name, { bindings });
    }
  }
}

function nameOf(tool: Tool): string {
  if (tool === 'crosshair' || tool === 'probe') {
    return DRAG_NAMES.scroll;
  }
  return tool === 'window' || tool === 'pan' || tool === 'zoom' || tool === 'scroll' ? DRAG_NAMES[tool] : TOOL_NAMES[tool];
}

function cancelDrawing(state: State, only: HTMLDivElement | undefined): boolean {
  state.cancelling = true;
  const cancelled = [...state.entered.values()]
    .filter(({ host }) => only === undefined || host === only)
    .map(({ host }) => cancelActiveManipulations(host));
  state.cancelling = false;
  return cancelled.some((id) => id !== undefined);
}

/** What Cornerstone tells of its annotations. */
function listen(state: State): readonly (() => void)[] {
  const { marks } = state.host;
  const on = (name: string, act: (annotation: Types.Annotation) => void): (() => void) => {
    const heard = (event: Event): void => {
      // Those on the panes of a volume are not of a frame.
      if (event instanceof CustomEvent && isFrameId(event.detail?.annotation?.metadata?.referencedImageId)) {
        act(event.detail.annotation);
      }
    };
    eventTarget.addEventListener(name, heard);
    return () => eventTarget.removeEventListener(name, heard);
  };
  return [
    on(Enums.Events.ANNOTATION_COMPLETED, (finished) => keepOrDrop(state, finished)),
    on(Enums.Events.ANNOTATION_MODIFIED, (changed) => {
      const mark = state.mirrored.has(changed.annotationUID ?? '') ? measurementOf(changed) : undefined;
      if (mark !== undefined && !isKept(marks.all.value, mark)) {
        marks.put(mark);
      }
    }),
    listenToSelection(state),
  ];
}

function listenToSelection({ host: { marks }, mirrored }: State): () => void {
  const heard = (event: Event): void => {
    const [id] = annotation.selection.getAnnotationsSelected().filter((one) => mirrored.has(one));
    if (event instanceof CustomEvent && id !== undefined) {
      marks.selected.value = id;
    }
  };
  eventTarget.addEventListener(Enums.Events.ANNOTATION_SELECTION_CHANGE, heard);
  return () => eventTarget.removeEventListener(Enums.Events.ANNOTATION_SELECTION_CHANGE, heard);
}

/** Statistics being renewed say "modified" too: only moved points are worth keeping. */
function isKept(all: readonly Measurement[], mark: Measurement): boolean {
  const points = all.find(({ id }) => id === mark.id)?.points ?? [];
  return mark.points.every(({ x, y }, index) => {
    const old = points[index];
    return old !== undefined && Math.hypot(x - old.x, y - old.y) < 1e-6;
  });
}

/** A finished mark is kept; one that was cancelled, or only clicked, goes. */
function keepOrDrop(state: State, finished: Types.Annotation): void {
  const mark = measurementOf(finished);
  const showing = [...state.entered.values()].find(
    ({ viewport }) => viewport.getCurrentImageId() === finished.metadata?.referencedImageId,
  );
  const frame = heldFrame(finished.metadata?.referencedImageId ?? '');
  const screen =
    showing === undefined || frame === undefined || mark === undefined
      ? []
      : mark.points.map((point) => {
          const [x, y] = showing.viewport.worldToCanvas(toWorld(frame, point));
          return { x, y };
        });
  if (state.cancelling || mark === undefined || !isDrawn(mark.tool, screen)) {
    annotation.state.removeAnnotation(finished.annotationUID ?? '');
    redraw(state);
    return;
  }
  state.mirrored.add(mark.id);
  state.host.marks.put(mark);
  state.host.marks.selected.value = mark.id;
}

/** Marks that are no longer kept, or were moved elsewhere, leave the picture; those that came from elsewhere enter it. */
function mirrorMarks(state: State, all: readonly Measurement[]): void {
  for (const id of [...state.mirrored].filter((one) => !isShownAsKept(all, one))) {
    state.mirrored.delete(id);
    annotation.state.removeAnnotation(id);
  }
  for (const { viewport } of state.entered.values()) {
    const frame = heldFrame(viewport.getCurrentImageId() ?? '');
    if (frame !== undefined) {
      showMarks(state, frame);
    }
  }
  redraw(state);
}

function isShownAsKept(all: readonly Measurement[], id: string): boolean {
  const drawn = annotation.state.getAnnotation(id);
  const shown = drawn === undefined ? undefined : measurementOf(drawn);
  // NOTE: of a frame that is held no more it cannot be told; it is drawn anew when it comes back.
  return shown === undefined ? all.some((mark) => mark.id === id) : isKept(all, shown);
}

function showMarks(state: State, frame: ImageFrame): void {
  const { all, selected } = state.host.marks;
  const missing = all.peek().filter(({ id, frameId }) => frameId === frame.id && !state.mirrored.has(id));
  for (const mark of missing) {
    state.mirrored.add(mark.id);
    annotation.state.addAnnotation(annotationOf(mark, frame), annotationOf(mark, frame).metadata?.FrameOfReferenceUID ?? '');
  }
  if (missing.length > 0) {
    mirrorSelection(state, selected.peek());
  }
}

function mirrorSelection(state: State, id: string | undefined): void {
  const { getAnnotationsSelected, setAnnotationSelected, deselectAnnotation } = annotation.selection;
  if (id === undefined || !state.mirrored.has(id)) {
    deselectAnnotation();
  } else if (!getAnnotationsSelected().includes(id)) {
    setAnnotationSelected(id, true, false);
  }
  redraw(state);
}

function redraw({ entered }: State): void {
  utilities.triggerAnnotationRenderForViewportIds([...entered.keys()]);
}
