import { lookupTag, type TagKey, type Vr } from '@filmless/dicom';

/** The VR of an attribute that a data set does not have. */
export function lookupVr(tag: TagKey): Vr {
  return lookupTag(tag)?.vr ?? 'UN';
}
