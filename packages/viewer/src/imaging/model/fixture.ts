import type { Attribute, DataSet, JsonValue, TagKey, Vr } from '@filmless/dicom';
import { TAG } from '@filmless/dicom';
import { framePath, type ImageFrame, imageFrames } from './image-frame.ts';
import type { Picture } from './pixels.ts';

/** A data set from tags and values; numbers become DS, texts LO, lists of objects sequences. For tests. */
export function dataSet(values: Readonly<Record<TagKey, JsonValue | readonly JsonValue[]>>): DataSet {
  return Object.fromEntries(
    Object.entries(values).map(([tag, value]) => [tag, attribute(Array.isArray(value) ? value : [value])]),
  );
}

function attribute(values: readonly JsonValue[]): Attribute {
  const [first] = values;
  const vr: Vr = typeof first === 'number' ? 'DS' : typeof first === 'object' && first !== null ? 'SQ' : 'LO';
  return { vr, Value: values };
}

/** A CT slice of 4 x 3 pixels; `changes` overrides its attributes. */
export function slice(changes: Readonly<Record<TagKey, JsonValue | readonly JsonValue[]>> = {}): DataSet {
  return dataSet({
    [TAG.SOPInstanceUID]: '1.2.3',
    [TAG.SOPClassUID]: '1.2.840.10008.5.1.4.1.1.2',
    [TAG.Modality]: 'CT',
    [TAG.Rows]: 3,
    [TAG.Columns]: 4,
    [TAG.BitsAllocated]: 16,
    [TAG.BitsStored]: 12,
    [TAG.HighBit]: 11,
    [TAG.PixelRepresentation]: 0,
    [TAG.SamplesPerPixel]: 1,
    [TAG.PhotometricInterpretation]: 'MONOCHROME2',
    [TAG.RescaleSlope]: 1,
    [TAG.RescaleIntercept]: -1024,
    [TAG.PixelSpacing]: [0.5, 0.5],
    [TAG.ImageOrientationPatient]: [1, 0, 0, 0, 1, 0],
    [TAG.ImagePositionPatient]: [0, 0, 0],
    [TAG.FrameOfReferenceUID]: '1.2.9',
    [TAG.InstanceNumber]: 1,
    ...changes,
  });
}

/** The frames of an instance that is known to have some. */
export function framesOf(instance: DataSet): readonly ImageFrame[] {
  const frames = imageFrames(instance, '1', '2');
  return typeof frames === 'string' ? [] : frames;
}

export function frameOf(changes: Readonly<Record<TagKey, JsonValue | readonly JsonValue[]>> = {}): ImageFrame {
  const [frame] = framesOf(slice(changes));
  if (frame === undefined) {
    throw new Error(`the fixture has no frame: ${framePath('1', '2', '3', 1)}`);
  }
  return frame;
}

/** A grey picture of the given values, row by row. */
export function pictureOf(frame: ImageFrame, values: readonly number[]): Picture {
  return {
    frame,
    columns: frame.format.columns,
    rows: frame.format.rows,
    values: Int16Array.from(values),
    colour: false,
    low: Math.min(...values),
    high: Math.max(...values),
  };
}
