import type { Vr } from '../vr.ts';
import { SEQUENCE_DELIMITER, UNDEFINED_LENGTH } from './element-header.ts';
import type { TagKey } from './model.ts';
import { elementHeader } from './write-element.ts';

/**
 * What stands before the value of Pixel Data, for writing it in pieces. PS3.5 7.1, A.4.
 * @param length bytes of the value; undefined for fragments, which `pixelDataEnd` ends
 */
export function pixelDataHeader(tag: TagKey, vr: Vr, length: number | undefined, explicitVr: boolean): Uint8Array {
  return elementHeader(tag, vr, length ?? UNDEFINED_LENGTH, explicitVr);
}

/** The Sequence Delimitation Item behind fragments. PS3.5 A.4. */
export function pixelDataEnd(): Uint8Array {
  return elementHeader(SEQUENCE_DELIMITER, 'UN', 0, true);
}
