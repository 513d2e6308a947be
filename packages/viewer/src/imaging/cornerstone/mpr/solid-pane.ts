import { Enums, type RenderingEngine, type Types, VolumeViewport3D } from '@cornerstonejs/core';
import vtkPiecewiseFunction from '@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js';
import vtkPlane from '@kitware/vtk.js/Common/DataModel/Plane.js';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import type { vtkVolume } from '@kitware/vtk.js/Rendering/Core/Volume.js';
import { effect, signal } from '@preact/signals';
import { type Bounds, boundsOf, type Crop, cutPlanes } from '../../model/crop.ts';
import { cameraDirections } from '../../model/edge-directions.ts';
import { GAZES, type Gaze, turnedGaze } from '../../model/gaze.ts';
import type { Vector3 } from '../../model/geometry.ts';
import { type SolidLook, solidLook } from '../../model/solid-look.ts';
import type { PaneView } from '../../mpr.ts';
import type { SolidHost, SolidPane } from '../../solid.ts';
import type { Volume } from '../../volume.ts';

let solids = 0;

/** Steps along a line of sight, against those of a picture at rest. */
const HURRIED = 4;

export interface SolidSource {
  readonly engine: RenderingEngine;
  /** Of Cornerstone: the graphics card has the volume once, for planes and solid. */
  readonly volumeId: string;
  readonly volume: Volume;
}

/** Shows a volume from outside, by the engine its planes are drawn by. */
export async function createSolidPane(source: SolidSource, element: HTMLDivElement, host: SolidHost): Promise<SolidPane> {
  const { engine, volumeId, volume } = source;
  solids += 1;
  const id = `${engine.id}-solid-${solids}`;
  const { VOLUME_3D: type } = Enums.ViewportType;
  engine.enableElement({ viewportId: id, element, type, defaultOptions: { background: [0, 0, 0] } });
  const viewport = engine.getViewport(id);
  if (!(viewport instanceof VolumeViewport3D)) {
    throw new Error('Cornerstone made another viewport than it was asked for');
  }
  await viewport.setVolumes([{ volumeId }]);
  const actor: unknown = viewport.getDefaultActor()?.actor;
  if (!isVolume(actor)) {
    throw new Error('Cornerstone made no volume of the volume');
  }
  const view = signal<PaneView | undefined>(undefined);
  const stops = [
    ...react(viewport, actor, volume, host),
    listen(element, Enums.Events.IMAGE_RENDERED, () => {
      view.value = viewOf(viewport, element);
    }),
  ];
  const reset = (): void => {
    aim(viewport, GAZES.front);
    viewport.resetCamera();
    viewport.setCamera({ parallelScale: fittingScale(boundsOf(volume.geometry, volume.plan), element) });
    viewport.render();
  };
  reset();
  return {
    view,
    look: (side) => aim(viewport, GAZES[side]),
    turn: (right, upwards) => aim(viewport, turnedGaze(gazeOf(viewport), right, upwards)),
    move: (dx, dy) => move(viewport, element, dx, dy),
    zoom: (factor) => viewport.setCamera({ parallelScale: (viewport.getCamera().parallelScale ?? 1) / factor }),
    reset,
    hurry: (moving) => viewport.setSampleDistanceMultiplier(moving ? HURRIED : 1),
    [Symbol.dispose]: () => {
      for (const stop of stops) {
        stop();
      }
      engine.disableElement(id);
    },
  };
}

/** What the page chooses, on the screen. */
function react(viewport: VolumeViewport3D, actor: vtkVolume, volume: Volume, host: SolidHost): readonly (() => void)[] {
  const bounds = boundsOf(volume.geometry, volume.plan);
  const cut = (crop: Crop): void => {
    const mapper = actor.getMapper();
    mapper?.removeAllClippingPlanes();
    for (const { origin, normal } of cutPlanes(bounds, crop)) {
      mapper?.addClippingPlane(vtkPlane.newInstance({ origin: [...origin], normal: [...normal] }));
    }
  };
  return [
    effect(() => {
      const { value: grey } = host.grey;
      if (grey !== undefined) {
        applyLook(actor, solidLook(host.preset.value, grey));
        viewport.render();
      }
    }),
    effect(() => {
      cut(host.crop.value);
      viewport.render();
    }),
    // NOTE: with each move of the camera Cornerstone takes the first two planes for those of a slab, and turns them along.
    listen(viewport.element, Enums.Events.CLIPPING_PLANES_UPDATED, () => cut(host.crop.peek())),
  ];
}

/** Room around what is seen. */
const ROOM = 1.04;

/** Half the height of the pane in mm, for which all of a volume is seen from each side of the patient. Cornerstone's own fits the front. */
function fittingScale({ low, high }: Bounds, { clientWidth, clientHeight }: HTMLElement): number {
  const longest = Math.max(...low.map((from, axis) => (high[axis] ?? from) - from));
  return (longest / 2) * ROOM * Math.max(1, clientHeight / (clientWidth || 1));
}

function isVolume(actor: unknown): actor is vtkVolume {
  return typeof actor === 'object' && actor !== null && 'getProperty' in actor && 'getMapper' in actor;
}

function applyLook(actor: vtkVolume, { points, shaded, greatest }: SolidLook): void {
  const colours = vtkColorTransferFunction.newInstance();
  const opacities = vtkPiecewiseFunction.newInstance();
  for (const { value, opacity, colour } of points) {
    colours.addRGBPoint(value, ...colour);
    opacities.addPoint(value, opacity);
  }
  const property = actor.getProperty();
  property.setRGBTransferFunction(0, colours);
  property.setScalarOpacity(0, opacities);
  property.setScalarOpacityUnitDistance(0, 1);
  property.setInterpolationTypeToLinear();
  property.setShade(shaded);
  property.setAmbient(0.2);
  property.setDiffuse(0.8);
  property.setSpecular(0.15);
  property.setSpecularPower(10);
  const mapper = actor.getMapper();
  if (greatest) {
    mapper?.setBlendModeToMaximumIntensity();
  } else {
    mapper?.setBlendModeToComposite();
  }
}

function gazeOf(viewport: VolumeViewport3D): Gaze {
  const { viewUp, viewPlaneNormal } = viewport.getCamera();
  return viewUp === undefined || viewPlaneNormal === undefined
    ? GAZES.front
    : { up: [...viewUp], towardsViewer: [...viewPlaneNormal] };
}

/** Around the point that is looked at, which stays where it is. */
function aim(viewport: VolumeViewport3D, { up, towardsViewer }: Gaze): void {
  const { focalPoint = [0, 0, 0], position = [0, 0, 1] } = viewport.getCamera();
  const distance = Math.hypot(position[0] - focalPoint[0], position[1] - focalPoint[1], position[2] - focalPoint[2]);
  viewport.setCamera({
    viewUp: [...up],
    viewPlaneNormal: [...towardsViewer],
    focalPoint,
    position: along(focalPoint, towardsViewer, distance),
  });
}

function move(viewport: VolumeViewport3D, element: HTMLDivElement, dx: number, dy: number): void {
  const { focalPoint = [0, 0, 0], position = [0, 0, 1] } = viewport.getCamera();
  const { mmPerPixel, directions } = viewOf(viewport, element);
  const moved = (point: Types.Point3): Types.Point3 =>
    along(along(point, directions.right, -dx * mmPerPixel), directions.up, dy * mmPerPixel);
  viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) });
}

function along(point: Types.Point3, way: Vector3, distance: number): Types.Point3 {
  return [point[0] + way[0] * distance, point[1] + way[1] * distance, point[2] + way[2] * distance];
}

function viewOf(viewport: VolumeViewport3D, element: HTMLDivElement): PaneView {
  const { up, towardsViewer } = gazeOf(viewport);
  return {
    directions: cameraDirections(up, towardsViewer),
    // The parallel scale is half the height of what is seen, in mm.
    mmPerPixel: (2 * (viewport.getCamera().parallelScale ?? 1)) / (element.clientHeight || 1),
  };
}

function listen(element: HTMLDivElement, name: string, act: () => void): () => void {
  element.addEventListener(name, act);
  return () => element.removeEventListener(name, act);
}
