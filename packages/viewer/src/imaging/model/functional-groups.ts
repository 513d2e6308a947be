import { type DataSet, items, type MutableDataSet, TAG } from '@filmless/dicom';

/**
 * The functional groups whose attributes stand for the frame as if they were its own. The rest (references, derivations)
 * would hide attributes of the same name at the top. PS3.3 C.7.6.16.
 */
const GROUPS: readonly string[] = [
  TAG.FrameContentSequence,
  TAG.PlanePositionSequence,
  TAG.PlaneOrientationSequence,
  TAG.PixelMeasuresSequence,
  TAG.FrameVOILUTSequence,
  TAG.PixelValueTransformationSequence,
  TAG.FrameAnatomySequence,
  '00540022', // Detector Information Sequence: the orientation of a nuclear medicine image. PS3.3 C.8.4.11.
];

/** The attributes as they hold for one frame (from 1): top level, then shared, then per-frame groups. PS3.3 C.7.6.16. */
export function frameDataSet(instance: DataSet, frame: number): DataSet {
  const shared = items(instance, TAG.SharedFunctionalGroupsSequence)[0];
  const perFrame = items(instance, TAG.PerFrameFunctionalGroupsSequence)[frame - 1];
  const merged: MutableDataSet = { ...instance };
  delete merged[TAG.SharedFunctionalGroupsSequence];
  delete merged[TAG.PerFrameFunctionalGroupsSequence];
  for (const group of [instance, shared, perFrame]) {
    for (const tag of group === undefined ? [] : GROUPS) {
      Object.assign(merged, items(group ?? {}, tag)[0]);
    }
  }
  return merged;
}
