import { lookupTag } from '../dictionary/dictionary.ts';
import type { Vr } from '../vr.ts';
import type { TagKey } from './model.ts';

/** What an ambiguous VR depends on, elsewhere in the data set. PS3.5 6.2 note 4, A.1; PS3.3 C.11.1.1. */
export interface VrContext {
  /** Pixel Representation is 1: two's complement. */
  readonly signedPixels: boolean;
  /** The first value of LUT Descriptor: with 1 entry LUT Data is US. */
  readonly lutEntries: number | undefined;
}

/** The VR of an element whose encoding does not say it. */
export function resolveVr(tag: TagKey, context: VrContext): Vr {
  const entry = lookupTag(tag);
  if (entry === undefined) {
    return 'UN';
  }
  if (entry.vrs.length < 2) {
    return entry.vr;
  }
  if (entry.vrs.includes('SS')) {
    return entry.vrs.includes('OW') ? 'OW' : context.signedPixels ? 'SS' : 'US';
  }
  if (entry.vrs.includes('US')) {
    return context.lutEntries === 1 ? 'US' : 'OW';
  }
  return 'OW';
}
