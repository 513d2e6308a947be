import { cache, Enums, ImageVolume, metaData, type Types, utilities } from '@cornerstonejs/core';
import type { Vector3 } from '../../model/geometry.ts';
import type { Volume } from '../../volume.ts';
import { frameOfReferenceOf } from '../images.ts';

/** A volume in Cornerstone's cache, by its id, until it is let go. */
export interface HeldVolume extends Disposable {
  readonly id: string;
}

let volumes = 0;

/** What Cornerstone asks of the slices of volumes: where they lie. By image id. */
const planes = new Map<string, unknown>();
let provided = false;

function provide(type: string, imageId: unknown): unknown {
  return type === 'imagePlaneModule' && typeof imageId === 'string' ? planes.get(imageId) : undefined;
}

/** Gives Cornerstone a volume made of the slices as they are: nothing is copied. */
export function holdVolume(volume: Volume): HeldVolume {
  if (!provided) {
    provided = true;
    metaData.addProvider(provide, 9_000);
  }
  volumes += 1;
  // NOTE: without a colon Cornerstone does not try to load it to find a window.
  const id = `filmless-volume-${volumes}`;
  const ids = volume.slices.map((_, at) => `${id}-slice-${at}`);
  for (const [at, imageId] of ids.entries()) {
    planes.set(imageId, planeOf(volume, at));
    cache.putImageSync(imageId, imageOf(volume, imageId, at));
  }
  const held = imageVolume(volume, id, ids);
  cache.putVolumeSync(id, held);
  // Every slice is to be sent to the graphics card.
  held.invalidate();
  return {
    id,
    [Symbol.dispose]: () => {
      // NOTE: with its volume Cornerstone lets its images go, or keeps them: both ends here.
      if (cache.getVolume(id) !== undefined) {
        cache.removeVolumeLoadObject(id);
      }
      for (const imageId of ids) {
        planes.delete(imageId);
        if (cache.getImageLoadObject(imageId) !== undefined) {
          cache.removeImageLoadObject(imageId, { force: true });
        }
      }
    },
  };
}

function imageVolume({ geometry, plan, slices }: Volume, id: string, imageIds: string[]): ImageVolume {
  const { row, column, stacking, frames } = geometry;
  const [frame] = frames;
  const [width, height] = plan.dimensions;
  return new ImageVolume({
    volumeId: id,
    dataType: dataTypeOf(slices),
    dimensions: [...plan.dimensions],
    spacing: [...plan.spacing],
    origin: [...plan.origin],
    direction: [...row, ...column, ...stacking],
    imageIds,
    numberOfComponents: 1,
    metadata: {
      BitsAllocated: 16,
      BitsStored: 16,
      SamplesPerPixel: 1,
      HighBit: 15,
      PhotometricInterpretation: 'MONOCHROME2',
      PixelRepresentation: 1,
      Modality: frame?.modality ?? '',
      ImageOrientationPatient: [...row, ...column],
      PixelSpacing: [plan.spacing[1], plan.spacing[0]],
      FrameOfReferenceUID: frame === undefined ? '' : frameOfReferenceOf(frame),
      Columns: width,
      Rows: height,
      voiLut: [],
      VOILUTFunction: 'LINEAR',
    },
  });
}

/** Slices of one series may come in several types; Cornerstone gives the graphics card one. */
function dataTypeOf(slices: Volume['slices']): Types.PixelDataTypedArrayString {
  const kinds = new Set(slices.map((values) => values.constructor));
  if (kinds.size !== 1) {
    return 'Float32Array';
  }
  const [first] = slices;
  if (first instanceof Uint8Array) {
    return 'Uint8Array';
  }
  if (first instanceof Uint16Array) {
    return 'Uint16Array';
  }
  return first instanceof Int16Array ? 'Int16Array' : 'Float32Array';
}

function positionOf({ geometry: { stacking }, plan }: Volume, at: number): Vector3 {
  const along = (axis: 0 | 1 | 2): number => plan.origin[axis] + stacking[axis] * plan.spacing[2] * at;
  return [along(0), along(1), along(2)];
}

function planeOf(volume: Volume, at: number): unknown {
  const { geometry, plan } = volume;
  const [frame] = geometry.frames;
  return {
    frameOfReferenceUID: frame === undefined ? '' : frameOfReferenceOf(frame),
    rows: plan.dimensions[1],
    columns: plan.dimensions[0],
    rowCosines: [...geometry.row],
    columnCosines: [...geometry.column],
    imageOrientationPatient: [...geometry.row, ...geometry.column],
    imagePositionPatient: [...positionOf(volume, at)],
    rowPixelSpacing: plan.spacing[1],
    columnPixelSpacing: plan.spacing[0],
    pixelSpacing: [plan.spacing[1], plan.spacing[0]],
  };
}

function imageOf({ geometry, plan, slices, low, high }: Volume, imageId: string, at: number): Types.IImage {
  const values = slices[at] ?? new Int16Array();
  const [columns, rows] = plan.dimensions;
  return {
    imageId,
    sharedCacheKey: imageId,
    isPreScaled: true,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0, modality: geometry.frames[0]?.modality ?? '' },
    },
    minPixelValue: low,
    maxPixelValue: high,
    slope: 1,
    intercept: 0,
    windowCenter: (low + high) / 2,
    windowWidth: Math.max(high - low, 1),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => values,
    getCanvas: () => document.createElement('canvas'),
    rows,
    columns,
    height: rows,
    width: columns,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    columnPixelSpacing: plan.spacing[0],
    rowPixelSpacing: plan.spacing[1],
    invert: false,
    sizeInBytes: values.byteLength,
    dataType: dataTypeOf([values]),
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: values,
      width: columns,
      height: rows,
      numberOfComponents: 1,
    }),
  };
}
