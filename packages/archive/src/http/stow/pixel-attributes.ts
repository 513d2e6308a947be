import {
  type DataSet,
  DicomError,
  firstNumber,
  firstText,
  type JsonValue,
  type MutableDataSet,
  TAG,
  type TagKey,
  type Vr,
} from '@filmless/dicom';
import type { CodedPixels } from './coded-pixels.ts';

const LOSSY = '00282110';
const LOSSY_METHOD = '00282114';
const FRAME_TIME = '00181063';
const FRAME_POINTER = '00280009';

/**
 * The Image Pixel attributes of coded frames: the codestream's, as metadata may leave them out. What metadata says that cannot be
 * is refused; what it may know better, as how colours are meant or that a shorter depth is used, it keeps. PS3.18 10.5.2, PS3.3 C.7.6.3.
 * @throws DicomError `invalid-value` naming the attribute
 */
export function pixelAttributes(metadata: DataSet, facts: CodedPixels, frames: number): DataSet {
  same(metadata, TAG.Rows, 'Rows', facts.rows);
  same(metadata, TAG.Columns, 'Columns', facts.columns);
  same(metadata, TAG.SamplesPerPixel, 'Samples per Pixel', facts.samplesPerPixel);
  const allocated = facts.precision > 16 ? 32 : facts.precision > 8 ? 16 : 8;
  const put: MutableDataSet = {};
  const put1 = (tag: TagKey, vr: Vr, value: JsonValue): void => {
    put[tag] = { vr, Value: [value] };
  };
  const unless = (tag: TagKey, vr: Vr, value: JsonValue): void => {
    if (firstText(metadata, tag) === undefined) {
      put1(tag, vr, value);
    }
  };
  put1(TAG.Rows, 'US', facts.rows);
  put1(TAG.Columns, 'US', facts.columns);
  put1(TAG.SamplesPerPixel, 'US', facts.samplesPerPixel);
  unless(TAG.BitsAllocated, 'US', allocated);
  unless(TAG.BitsStored, 'US', facts.precision);
  unless(TAG.HighBit, 'US', (firstNumber(metadata, TAG.BitsStored) ?? facts.precision) - 1);
  unless(TAG.PixelRepresentation, 'US', facts.isSigned ? 1 : 0);
  unless(TAG.PhotometricInterpretation, 'CS', facts.photometric);
  if (facts.samplesPerPixel > 1) {
    put1('00280006', 'US', 0);
  }
  if (facts.film !== undefined) {
    unless(TAG.NumberOfFrames, 'IS', facts.film.frames);
    unless(FRAME_TIME, 'DS', facts.film.frameTime);
    put1(FRAME_POINTER, 'AT', FRAME_TIME);
  } else if (frames > 1) {
    unless(TAG.NumberOfFrames, 'IS', frames);
  }
  if (facts.lossyMethod !== undefined) {
    put1(LOSSY, 'CS', '01');
    unless(LOSSY_METHOD, 'CS', facts.lossyMethod);
  }
  return put;
}

function same(metadata: DataSet, tag: TagKey, name: string, value: number): void {
  const said = firstNumber(metadata, tag);
  if (said !== undefined && said !== value) {
    throw new DicomError('invalid-value', `${name} is ${said}, and the image has ${value}`);
  }
}
