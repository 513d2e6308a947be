import { Enums, type RenderingEngine, StackViewport } from '@cornerstonejs/core';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import type { Point, Vector3 } from '../model/geometry.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import type { Picture } from '../model/pixels.ts';
import { axisTowards, fitScale, type Stage } from '../model/view.ts';
import { greyCurve } from '../model/windows.ts';
import { fromWorld, toWorld, worldPlane } from '../model/world.ts';
import { isInverted, type Scene, type Surface } from '../surface.ts';
import type { Gestures } from '../tools.ts';
import { dropCached, holdFrames, holdPicture, imageIdOf } from './images.ts';
import type { Tools } from './tools.ts';

/** One viewport of Cornerstone with the tools on it, told on every draw what to show. */
export function createGpuSurface(
  engine: RenderingEngine,
  tools: Tools,
  element: HTMLElement,
  id: string,
  gestures: Gestures,
): Surface {
  const host = element instanceof HTMLDivElement ? element : element.appendChild(document.createElement('div'));
  engine.enableElement({
    viewportId: id,
    element: host,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: [0, 0, 0] },
  });
  const viewport = engine.getViewport(id);
  if (!(viewport instanceof StackViewport)) {
    throw new Error('Cornerstone made another viewport than it was asked for');
  }
  let scene: Scene | undefined;
  const stack = createStack(viewport);
  const leave = tools.enter(viewport, host, {
    drag: gestures.drag,
    moved: () => scene !== undefined && tellCamera(viewport, scene, host, gestures),
  });
  const apply = (): void => {
    if (scene !== undefined && !viewport.isDisabled) {
      placeCamera(viewport, scene, host);
      applyGrey(viewport, scene);
      viewport.render();
      tools.shown(scene.picture.frame);
    }
  };
  return {
    clear: () => {
      scene = undefined;
      stack.forget();
      host.dataset.empty = '';
      viewport.removeAllActors();
      viewport.render();
    },
    resize: () => engine.resize(true, true),
    draw: (next) => {
      const other = scene?.picture.frame !== next.picture.frame;
      scene = next;
      delete host.dataset.empty;
      if (other) {
        tools.cancel(host);
      }
      const shown = stack.show(next);
      if (shown === undefined) {
        apply();
      } else {
        // An image that is not drawn because another came after it is no failure.
        shown.then(apply, () => undefined);
      }
    },
    [Symbol.dispose]: () => {
      scene = undefined;
      stack.forget();
      leave();
      engine.disableElement(id);
    },
  };
}

interface Stack {
  /** Puts the picture of a scene on the viewport; undefined when it is there already. */
  show(scene: Scene): Promise<unknown> | undefined;
  forget(): void;
}

/** The images of the viewport as Cornerstone's stack: each is given to it when it is its turn, by the image loader. */
function createStack(viewport: StackViewport): Stack {
  let frames: readonly ImageFrame[] = [];
  let shown: Picture | undefined;
  let releases: readonly (() => void)[] = [];
  let releasePicture = (): void => undefined;
  const forget = (): void => {
    for (const release of releases) {
      release();
    }
    releasePicture();
    frames = [];
    shown = undefined;
    releases = [];
    releasePicture = () => undefined;
  };
  return {
    forget,
    show: ({ picture, stack }) => {
      if (picture === shown) {
        return undefined;
      }
      const held = holdPicture(picture);
      releasePicture();
      releasePicture = held;
      shown = picture;
      const id = imageIdOf(picture.frame);
      const index = stack.indexOf(picture.frame);
      if (stack === frames && index >= 0) {
        return viewport.setImageIdIndex(index).then(() => dropCached(id));
      }
      const all = index >= 0 ? stack : [picture.frame];
      const next = holdFrames(all);
      for (const release of releases) {
        release();
      }
      frames = all;
      releases = [next];
      return viewport.setStack(all.map(imageIdOf), Math.max(index, 0)).then(() => dropCached(id));
    },
  };
}

function stageOf({ picture }: Scene, host: HTMLElement): Stage {
  return {
    columns: picture.columns,
    rows: picture.rows,
    spacing: picture.frame.displaySpacing,
    width: host.clientWidth || 1,
    height: host.clientHeight || 1,
  };
}

/** Of the eye from the picture, in mm; of no effect on a parallel projection. */
const DISTANCE = 1000;

function placeCamera(viewport: StackViewport, scene: Scene, host: HTMLElement): void {
  const { view, picture } = scene;
  const stage = stageOf(scene, host);
  const { row, column, normal } = worldPlane(picture.frame);
  const middle = toWorld(picture.frame, {
    x: (view.center.x + 0.5) * picture.columns - 0.5,
    y: (view.center.y + 0.5) * picture.rows - 0.5,
  });
  const up = axisTowards(view, 0, -1);
  const right = axisTowards(view, 1, 0);
  const towardsViewer = scaled(normal, crossZ(right, up));
  viewport.setCamera({
    focalPoint: middle,
    position: added(middle, scaled(towardsViewer, DISTANCE)),
    viewUp: added(scaled(row, up.x), scaled(column, up.y)),
    viewPlaneNormal: towardsViewer,
    parallelScale: stage.height / 2 / (fitScale(view, stage) * view.zoom),
    // NOTE: Cornerstone renews it only for some changes; an image of another slice would be cut away.
    clippingRange: [DISTANCE / 2, DISTANCE * 2],
  });
}

/** Says where a tool of Cornerstone's moved the camera. */
function tellCamera(viewport: StackViewport, scene: Scene, host: HTMLElement, gestures: Gestures): void {
  const { focalPoint, parallelScale } = viewport.getCamera();
  if (focalPoint === undefined || parallelScale === undefined) {
    return;
  }
  const { picture, view } = scene;
  const stage = stageOf(scene, host);
  const at = fromWorld(picture.frame, focalPoint);
  const center = { x: (at.x + 0.5) / picture.columns - 0.5, y: (at.y + 0.5) / picture.rows - 0.5 };
  const zoom = stage.height / 2 / (fitScale(view, stage) * parallelScale);
  const moved =
    Math.abs(center.x - view.center.x) + Math.abs(center.y - view.center.y) > 1e-7 || Math.abs(zoom / view.zoom - 1) > 1e-6;
  if (moved) {
    gestures.look(center, zoom);
  }
}

function crossZ(a: Point, b: Point): number {
  return a.x * b.y - a.y * b.x;
}

function scaled([x, y, z]: Vector3, factor: number): [number, number, number] {
  return [x * factor + 0, y * factor + 0, z * factor + 0];
}

function added(a: Vector3, b: Vector3): [number, number, number] {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function applyGrey(viewport: StackViewport, scene: Scene): void {
  const actor: unknown = viewport.getDefaultActor()?.actor;
  if (!hasGreyProperty(actor)) {
    return;
  }
  // NOTE: its range is that of its points; setting one would stretch them over it.
  const curve = vtkColorTransferFunction.newInstance();
  for (const [value, grey] of greyCurve(scene.grey, isInverted(scene))) {
    curve.addRGBPoint(value, grey, grey, grey);
  }
  const property = actor.getProperty();
  property.setUseLookupTableScalarRange(true);
  property.setInterpolationType(scene.smooth ? Enums.InterpolationType.LINEAR : Enums.InterpolationType.NEAREST);
  property.setRGBTransferFunction(0, curve);
}

interface GreyProperty {
  setUseLookupTableScalarRange(use: boolean): boolean;
  setInterpolationType(type: Enums.InterpolationType): boolean;
  setRGBTransferFunction(index: number, curve: unknown): boolean;
}

function hasGreyProperty(actor: unknown): actor is { getProperty(): GreyProperty } {
  return typeof actor === 'object' && actor !== null && 'getProperty' in actor;
}
