import { cache, Enums, imageLoader, metaData, type Types, utilities } from '@cornerstonejs/core';
import type { UltrasoundRegion } from '../model/calibration.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import type { Picture } from '../model/pixels.ts';
import { worldPlane } from '../model/world.ts';
import { createHeld, type Held } from './held.ts';

const SCHEME = 'filmless';

/** Frames of the stacks on the screen and pictures being shown: Cornerstone asks for both by image id. */
const frames: Held<ImageFrame> = createHeld();
const pictures: Held<Picture> = createHeld();

/** The image id is the frame's own, so that a mark is on the same image in every viewport. */
export function imageIdOf(frame: Pick<ImageFrame, 'id'>): string {
  return `${SCHEME}:${frame.id}`;
}

export function frameIdOf(imageId: string): string {
  return imageId.slice(SCHEME.length + 1);
}

/** Whether an image id is that of a frame, here or not. */
export function isFrameId(imageId: unknown): boolean {
  return typeof imageId === 'string' && imageId.startsWith(`${SCHEME}:`);
}

export function heldFrame(imageId: string): ImageFrame | undefined {
  return frames.get(imageId);
}

export function heldPicture(imageId: string): Picture | undefined {
  return pictures.get(imageId);
}

/** Makes the frames of a stack known, until the returned function is called. */
export function holdFrames(stack: readonly ImageFrame[]): () => void {
  const releases = stack.map((frame) => frames.hold(imageIdOf(frame), frame));
  return () => {
    for (const release of releases) {
      release();
    }
  };
}

export function holdPicture(picture: Picture): () => void {
  return pictures.hold(imageIdOf(picture.frame), picture);
}

/** Cornerstone keeps no pictures of its own: the frame store does, within its bounds. */
export function dropCached(imageId: string): void {
  if (cache.getImageLoadObject(imageId) !== undefined) {
    cache.removeImageLoadObject(imageId, { force: true });
  }
}

let registered = false;

export function registerImages(): void {
  if (registered) {
    return;
  }
  registered = true;
  imageLoader.registerImageLoader(SCHEME, (imageId) => ({ promise: load(imageId) }));
  metaData.addProvider(provide, 10_000);
}

async function load(imageId: string): Promise<Types.IImage> {
  const picture = pictures.get(imageId);
  if (picture === undefined) {
    throw new Error('an image is drawn before it is here');
  }
  return cornerstoneImage(imageId, picture);
}

/** Objects without a Frame of Reference share none with any other. */
const NO_FRAME_OF_REFERENCE = 'filmless-none';

export function frameOfReferenceOf(frame: ImageFrame): string {
  return frame.frameOfReferenceUid ?? NO_FRAME_OF_REFERENCE;
}

/** What Cornerstone asks of an image. PS3.3 C.7.6.2, C.7.6.3, C.8.5.5. */
function provide(type: string, imageId: unknown): unknown {
  const frame = typeof imageId === 'string' ? frames.get(imageId) : undefined;
  if (frame === undefined) {
    return undefined;
  }
  switch (type) {
    case 'imagePixelModule':
      return pixelModule(frame);
    case 'imagePlaneModule':
      return planeModule(frame);
    case 'generalSeriesModule':
      return { modality: frame.modality };
    case 'ultrasoundEnhancedRegionModule':
      return frame.regions.length === 0 ? undefined : { sequenceOfUltrasoundRegions: frame.regions.map(regionModule) };
    default:
      return undefined;
  }
}

function planeModule(frame: ImageFrame): unknown {
  const { row, column, position } = worldPlane(frame);
  const { x, y } = frame.displaySpacing;
  return {
    frameOfReferenceUID: frameOfReferenceOf(frame),
    rows: frame.format.rows,
    columns: frame.format.columns,
    rowCosines: [...row],
    columnCosines: [...column],
    imageOrientationPatient: [...row, ...column],
    imagePositionPatient: [...position],
    rowPixelSpacing: y,
    columnPixelSpacing: x,
    pixelSpacing: [y, x],
    usingDefaultValues: frame.spacing.kind === 'none',
  };
}

/** Physical units 3 are centimetres. PS3.3 C.8.5.5.1.15. */
function regionModule({ left, top, right, bottom, scale }: UltrasoundRegion): unknown {
  const units = scale === undefined ? 0 : 3;
  return {
    regionLocationMinX0: left,
    regionLocationMinY0: top,
    regionLocationMaxX1: right,
    regionLocationMaxY1: bottom,
    physicalUnitsXDirection: units,
    physicalUnitsYDirection: units,
    physicalDeltaX: (scale?.x ?? 0) / 10,
    physicalDeltaY: (scale?.y ?? 0) / 10,
  };
}

function pixelModule(frame: ImageFrame): unknown {
  const colour = frame.format.samplesPerPixel === 3 || frame.palette !== undefined;
  return {
    rows: frame.format.rows,
    columns: frame.format.columns,
    samplesPerPixel: colour ? 3 : 1,
    photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    bitsAllocated: colour ? 8 : 16,
    bitsStored: colour ? 8 : 16,
    highBit: colour ? 7 : 15,
    pixelRepresentation: 0,
  };
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
