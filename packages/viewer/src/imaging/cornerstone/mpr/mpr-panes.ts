import { Enums, eventTarget, RenderingEngine, VolumeViewport } from '@cornerstonejs/core';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import { effect, signal } from '@preact/signals';
import { ImagingError } from '../../errors.ts';
import { cameraDirections } from '../../model/edge-directions.ts';
import type { Vector3 } from '../../model/geometry.ts';
import { greyCurve } from '../../model/windows.ts';
import { MPR_AXES, type MprAxis, type MprHost, type MprPanes, type PaneView, type Slab } from '../../mpr.ts';
import type { Volume } from '../../volume.ts';
import { startCornerstone } from '../start.ts';
import { type HeldVolume, holdVolume } from './held-volume.ts';
import { linkCameras } from './linked-cameras.ts';
import { createMprTools, type ToolPane } from './mpr-tools.ts';
import { createSolids } from './solids.ts';

export interface Pane extends ToolPane {
  readonly viewport: VolumeViewport;
}

const ORIENTATIONS: Readonly<Record<MprAxis, Enums.OrientationAxis>> = {
  axial: Enums.OrientationAxis.AXIAL,
  sagittal: Enums.OrientationAxis.SAGITTAL,
  coronal: Enums.OrientationAxis.CORONAL,
};

const BLENDS: Readonly<Record<Slab['mode'], Enums.BlendModes>> = {
  mip: Enums.BlendModes.MAXIMUM_INTENSITY_BLEND,
  minip: Enums.BlendModes.MINIMUM_INTENSITY_BLEND,
  average: Enums.BlendModes.AVERAGE_INTENSITY_BLEND,
};

let engines = 0;

/**
 * Shows a volume in three panes by an engine of its own, which goes with them.
 * @throws ImagingError `undrawable` where there is no WebGL
 */
export async function createMprPanes(
  volume: Volume,
  elements: Readonly<Record<MprAxis, HTMLDivElement>>,
  host: MprHost,
): Promise<MprPanes> {
  if (!startCornerstone().canDraw) {
    throw new ImagingError('undrawable', 'there is no WebGL');
  }
  engines += 1;
  const id = `filmless-mpr-${engines}`;
  const engine = new RenderingEngine(id);
  const held = holdVolume(volume);
  try {
    const panes = MPR_AXES.map((axis) => enablePane(engine, `${id}-${axis}`, axis, elements[axis]));
    await Promise.all(panes.map(({ viewport }) => viewport.setVolumes([{ volumeId: held.id }])));
    return assemble(engine, panes, host, held, volume);
  } catch (error) {
    engine.destroy();
    held[Symbol.dispose]();
    throw error;
  }
}

function enablePane(engine: RenderingEngine, viewportId: string, axis: MprAxis, element: HTMLDivElement): Pane {
  engine.enableElement({
    viewportId,
    element,
    type: Enums.ViewportType.ORTHOGRAPHIC,
    defaultOptions: { orientation: ORIENTATIONS[axis], background: [0, 0, 0] },
  });
  const viewport = engine.getViewport(viewportId);
  if (!(viewport instanceof VolumeViewport)) {
    throw new Error('Cornerstone made another viewport than it was asked for');
  }
  return { axis, viewportId, element, viewport };
}

function assemble(engine: RenderingEngine, panes: readonly Pane[], host: MprHost, held: HeldVolume, volume: Volume): MprPanes {
  const views = signal<Readonly<Record<MprAxis, PaneView>> | undefined>(undefined);
  const look = (): void => {
    views.value = viewsOf(panes);
  };
  const cameras = linkCameras(panes, look);
  cameras.alignZoom();
  const tools = createMprTools(engine.id, panes, host, volume);
  const solids = createSolids({ engine, volumeId: held.id, volume });
  const render = (): void => engine.renderViewports(panes.map(({ viewportId }) => viewportId));
  const stops = [...drawAsChosen(panes, host, render), listenToLoss(engine.id, host.onLost)];
  look();
  const byAxis = (axis: MprAxis): VolumeViewport | undefined => panes.find((pane) => pane.axis === axis)?.viewport;
  return {
    views,
    center: tools.center,
    lengths: tools.marks.lengths,
    probes: tools.marks.probes,
    scroll: (axis, steps) => byAxis(axis)?.scroll(steps),
    zoom: cameras.zoom,
    reset: () => {
      cameras.reset();
      tools.centerOn(middleOf(panes));
      applySlab(panes, host.slab.peek());
      look();
      render();
    },
    resize: () => {
      engine.resize(true, true);
      look();
    },
    removeMarks: () => {
      tools.marks.removeAll();
      render();
    },
    cancelDrawing: tools.cancel,
    showSolid: solids.show,
    [Symbol.dispose]: () => {
      solids[Symbol.dispose]();
      for (const stop of stops) {
        stop();
      }
      cameras[Symbol.dispose]();
      tools[Symbol.dispose]();
      engine.destroy();
      held[Symbol.dispose]();
    },
  };
}

function drawAsChosen(panes: readonly Pane[], host: MprHost, render: () => void): readonly (() => void)[] {
  return [
    effect(() => {
      applyGrey(panes, host);
      render();
    }),
    effect(() => {
      applySlab(panes, host.slab.value);
      render();
    }),
  ];
}

function middleOf([pane]: readonly Pane[]): Vector3 {
  const { focalPoint } = pane?.viewport.getCamera() ?? {};
  return focalPoint === undefined ? [0, 0, 0] : [...focalPoint];
}

function viewsOf(panes: readonly Pane[]): Readonly<Record<MprAxis, PaneView>> {
  const [axial, sagittal, coronal] = panes.map(viewOf);
  if (axial === undefined || sagittal === undefined || coronal === undefined) {
    throw new Error('a volume has three panes');
  }
  return { axial, sagittal, coronal };
}

function viewOf({ viewport, element }: Pane): PaneView {
  const { viewUp = [0, -1, 0], viewPlaneNormal = [0, 0, -1], parallelScale = 1 } = viewport.getCamera();
  return {
    directions: cameraDirections([...viewUp], [...viewPlaneNormal]),
    // The parallel scale is half the height of what is seen, in mm.
    mmPerPixel: (2 * parallelScale) / (element.clientHeight || 1),
  };
}

function applyGrey(panes: readonly Pane[], { grey: { value: grey }, inverted: { value: inverted } }: MprHost): void {
  if (grey === undefined) {
    return;
  }
  for (const { viewport } of panes) {
    const actor: unknown = viewport.getDefaultActor()?.actor;
    if (hasColours(actor)) {
      const curve = vtkColorTransferFunction.newInstance();
      for (const [value, level] of greyCurve(grey, inverted)) {
        curve.addRGBPoint(value, level, level, level);
      }
      actor.getProperty().setRGBTransferFunction(0, curve);
    }
  }
}

interface Coloured {
  getProperty(): { setRGBTransferFunction(index: number, curve: unknown): boolean };
}

function hasColours(actor: unknown): actor is Coloured {
  return typeof actor === 'object' && actor !== null && 'getProperty' in actor;
}

function applySlab(panes: readonly Pane[], { mode, thickness }: Slab): void {
  for (const { viewport } of panes) {
    if (thickness > 0) {
      viewport.setBlendMode(BLENDS[mode]);
      // NOTE: Cornerstone takes what it is given to each side of the plane.
      viewport.setSlabThickness(thickness / 2);
    } else {
      viewport.setBlendMode(Enums.BlendModes.COMPOSITE);
      viewport.resetSlabThickness();
    }
  }
}

function listenToLoss(engineId: string, onLost: () => void): () => void {
  const lost = (event: Event): void => {
    if (event instanceof CustomEvent && event.detail?.renderingEngineId === engineId) {
      onLost();
    }
  };
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost);
  return () => eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, lost);
}
