import { Enums, type RenderingEngine, StackViewport, type Types, utilities } from '@cornerstonejs/core';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import type { Point } from '../model/geometry.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import type { Picture } from '../model/pixels.ts';
import { axisTowards, fitScale, type Stage } from '../model/view.ts';
import { greyCurve } from '../model/windows.ts';
import { isInverted, type Scene, type Surface } from '../surface.ts';

/** One viewport of Cornerstone, told on every draw what to show: it keeps no state of its own that matters. */
export function createGpuSurface(
  engine: RenderingEngine,
  element: HTMLElement,
  id: string,
  frames: Map<string, ImageFrame>,
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
  let shown: Picture | undefined;
  const forget = (): void => {
    if (shown !== undefined) {
      frames.delete(imageId(id, shown.frame));
      shown = undefined;
    }
  };
  return {
    clear: () => {
      forget();
      viewport.removeAllActors();
      viewport.render();
    },
    resize: () => engine.resize(true, true),
    draw: (scene) => {
      if (shown !== scene.picture) {
        forget();
        shown = scene.picture;
        frames.set(imageId(id, shown.frame), shown.frame);
        viewport.renderImageObject(cornerstoneImage(imageId(id, shown.frame), shown));
      }
      placeCamera(viewport, scene, host);
      applyGrey(viewport, scene);
      viewport.render();
    },
    [Symbol.dispose]: () => {
      forget();
      engine.disableElement(id);
    },
  };
}

/** One id a viewport: two viewports may show one frame, and each forgets its own. */
function imageId(viewportId: string, frame: ImageFrame): string {
  return `filmless:${viewportId}${frame.id}`;
}

/** World coordinates are those of the picture: x along a row, y down a column, in units of the display spacing. */
function placeCamera(viewport: StackViewport, { view, picture }: Scene, host: HTMLElement): void {
  const spacing = picture.frame.displaySpacing;
  const stage: Stage = {
    columns: picture.columns,
    rows: picture.rows,
    spacing,
    width: host.clientWidth || 1,
    height: host.clientHeight || 1,
  };
  const x = ((view.center.x + 0.5) * picture.columns - 0.5) * spacing.x;
  const y = ((view.center.y + 0.5) * picture.rows - 0.5) * spacing.y;
  const up = axisTowards(view, 0, -1);
  const right = axisTowards(view, 1, 0);
  const towardsViewer = crossZ(right, up);
  viewport.setCamera({
    focalPoint: [x, y, 0],
    position: [x, y, towardsViewer * 1000],
    viewUp: [up.x, up.y, 0],
    viewPlaneNormal: [0, 0, towardsViewer],
    parallelScale: stage.height / 2 / (fitScale(view, stage) * view.zoom),
  });
}

function crossZ(a: Point, b: Point): number {
  return a.x * b.y - a.y * b.x;
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
  property.setRGBTransferFunction(0, curve);
}

interface GreyProperty {
  setUseLookupTableScalarRange(use: boolean): boolean;
  setRGBTransferFunction(index: number, curve: unknown): boolean;
}

function hasGreyProperty(actor: unknown): actor is { getProperty(): GreyProperty } {
  return typeof actor === 'object' && actor !== null && 'getProperty' in actor;
}

function cornerstoneImage(id: string, picture: Picture): Types.IImage {
  const { values, columns, rows, colour, frame, low, high } = picture;
  const numberOfComponents = colour ? 3 : 1;
  return {
    imageId: id,
    sharedCacheKey: id,
    isPreScaled: true,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0, modality: frame.modality },
    },
    minPixelValue: low,
    maxPixelValue: high,
    slope: 1,
    intercept: 0,
    // Replaced by our own grey curve before anything is drawn.
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => values,
    getCanvas: () => document.createElement('canvas'),
    rows,
    columns,
    height: rows,
    width: columns,
    color: colour,
    rgba: false,
    numberOfComponents,
    columnPixelSpacing: frame.displaySpacing.x,
    rowPixelSpacing: frame.displaySpacing.y,
    invert: false,
    sizeInBytes: values.byteLength,
    dataType: dataTypeOf(values),
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: values,
      width: columns,
      height: rows,
      numberOfComponents,
    }),
  };
}

function dataTypeOf(values: Picture['values']): Types.PixelDataTypedArrayString {
  if (values instanceof Uint8Array) {
    return 'Uint8Array';
  }
  if (values instanceof Uint16Array) {
    return 'Uint16Array';
  }
  return values instanceof Int16Array ? 'Int16Array' : 'Float32Array';
}
