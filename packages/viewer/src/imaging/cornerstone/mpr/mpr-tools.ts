import { eventTarget } from '@cornerstonejs/core';
import {
  addTool,
  CrosshairsTool,
  cancelActiveManipulations,
  Enums,
  LengthTool,
  ProbeTool,
  ToolGroupManager,
  type Types,
} from '@cornerstonejs/tools';
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Vector3 } from '../../model/geometry.ts';
import type { MprAxis, MprHost } from '../../mpr.ts';
import type { DragTool, Tool } from '../../tools.ts';
import type { Volume } from '../../volume.ts';
import { setDrag } from '../page-tools.ts';
import { DRAG_NAMES, startTools } from '../tools.ts';
import { createMprMarks, lengthOf, type MprMarks, vectorOf } from './mpr-marks.ts';

/** A pane as Cornerstone knows it. */
export interface ToolPane {
  readonly axis: MprAxis;
  readonly viewportId: string;
  readonly element: HTMLDivElement;
}

/** Cornerstone's tools on the panes of a volume. */
export interface MprTools extends Disposable {
  readonly marks: MprMarks;
  readonly center: ReadonlySignal<Vector3 | undefined>;
  centerOn(point: Vector3): void;
  cancel(): boolean;
}

/** Lines are of the colour of the pane they show the plane of; its frame has the same. */
const COLOURS: Readonly<Record<MprAxis, string>> = {
  axial: 'rgb(232, 104, 104)',
  sagittal: 'rgb(240, 205, 90)',
  coronal: 'rgb(110, 200, 130)',
};

const TOOL_NAMES: readonly string[] = [...Object.values(DRAG_NAMES), LengthTool.toolName, ProbeTool.toolName, 'Crosshairs'];

let added = false;

export function createMprTools(engineId: string, panes: readonly ToolPane[], host: MprHost, volume: Volume): MprTools {
  startTools();
  if (!added) {
    added = true;
    addTool(CrosshairsTool);
    addTool(ProbeTool);
  }
  const group = ToolGroupManager.createToolGroup(engineId);
  if (group === undefined) {
    throw new Error('the tools of this volume exist already');
  }
  for (const { viewportId, axis } of panes) {
    group.addViewport(viewportId, engineId);
    setDrag(viewportId, (tool, dx, dy) => host.drag(axis, tool, dx, dy));
  }
  const marks = createMprMarks(panes, host.slab, volume);
  addTools(group, panes, host, marks);
  const center = signal<Vector3 | undefined>(undefined);
  const crosshairs = (): CrosshairsTool | undefined => {
    const tool: unknown = group.getToolInstance('Crosshairs');
    return tool instanceof CrosshairsTool ? tool : undefined;
  };
  const stops = [effect(() => bind(group, host.tool.value, host.middleTool.value)), listenToCenter(engineId, center)];
  center.value = vectorOf(crosshairs()?.toolCenter);
  return {
    marks,
    center,
    centerOn: (point) => {
      crosshairs()?.setToolCenter([...point]);
      center.value = vectorOf(crosshairs()?.toolCenter);
    },
    cancel: () => panes.some(({ element }) => cancelActiveManipulations(element) !== undefined),
    [Symbol.dispose]: () => {
      for (const stop of stops) {
        stop();
      }
      marks[Symbol.dispose]();
      for (const { viewportId } of panes) {
        setDrag(viewportId, undefined);
      }
      group.setToolDisabled('Crosshairs');
      ToolGroupManager.destroyToolGroup(engineId);
    },
  };
}

type Group = NonNullable<ReturnType<typeof ToolGroupManager.createToolGroup>>;

function addTools(group: Group, panes: readonly ToolPane[], host: MprHost, marks: MprMarks): void {
  const axisOf = (viewportId: string): MprAxis => panes.find((pane) => pane.viewportId === viewportId)?.axis ?? 'axial';
  group.addTool(DRAG_NAMES.window);
  group.addTool(DRAG_NAMES.scroll);
  group.addTool(DRAG_NAMES.pan);
  group.addTool(DRAG_NAMES.zoom, { invert: true, minZoomScale: 0.05, maxZoomScale: 64 });
  group.addTool(LengthTool.toolName, {
    getTextLines: (data: Types.AnnotationData) => [host.lengthWords(lengthOf(data.handles?.points ?? []))],
  });
  group.addTool(ProbeTool.toolName, {
    getTextLines: (data: Types.AnnotationData) => [host.valueWords(marks.valueOf(data))],
  });
  group.addTool('Crosshairs', {
    getReferenceLineColor: (viewportId: string) => COLOURS[axisOf(viewportId)],
    // The thickness of the slab is one for all panes, and stands in the bar above them.
    getReferenceLineSlabThicknessControlsOn: () => false,
    referenceLinesCenterGapRadius: 14,
  });
}

/** As on stacks; what is no tool of volumes leaves the left button to the crosshairs, whose lines can always be dragged. */
function bind(group: Group, left: Tool, middle: DragTool): void {
  const { Primary, Auxiliary, Secondary } = Enums.MouseBindings;
  const wanted: readonly (readonly [string, Enums.MouseBindings])[] = [
    [nameOf(left), Primary],
    [DRAG_NAMES[middle], Auxiliary],
    [DRAG_NAMES.zoom, Secondary],
  ];
  for (const name of TOOL_NAMES) {
    const bindings = wanted.flatMap(([tool, mouseButton]) => (tool === name ? [{ mouseButton }] : []));
    group.setToolPassive(name, { removeAllBindings: true });
    if (bindings.length > 0) {
      group.setToolActive(name, { bindings });
    }
  }
}

function nameOf(tool: Tool): string {
  switch (tool) {
    case 'window':
    case 'scroll':
    case 'pan':
    case 'zoom':
      return DRAG_NAMES[tool];
    case 'length':
      return LengthTool.toolName;
    case 'probe':
      return ProbeTool.toolName;
    default:
      return 'Crosshairs';
  }
}

function listenToCenter(engineId: string, center: { value: Vector3 | undefined }): () => void {
  const heard = (event: Event): void => {
    if (event instanceof CustomEvent && event.detail?.toolGroupId === engineId) {
      center.value = vectorOf(event.detail.toolCenter);
    }
  };
  eventTarget.addEventListener(Enums.Events.CROSSHAIR_TOOL_CENTER_CHANGED, heard);
  return () => eventTarget.removeEventListener(Enums.Events.CROSSHAIR_TOOL_CENTER_CHANGED, heard);
}
