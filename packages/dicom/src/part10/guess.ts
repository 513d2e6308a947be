import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntax.ts';
import { isVr } from '../vr.ts';

/** Groups a composite object's data set can begin with; a text, an archive or an image of another kind begins with none. */
const FIRST_GROUP = 0x0004;
const LAST_GROUP = 0x0028;
/** A first element longer than this is taken for a sign that these bytes are something else. */
const MAX_FIRST_LENGTH = 0x10000;

/**
 * Guesses the encoding of a data set from its first element: its VR, if one is there, and the order of its group's bytes.
 * @returns the transfer syntax UID, or `undefined` where no data set begins
 */
export function guessTransferSyntax(bytes: Uint8Array, offset: number): string | undefined {
  if (bytes.byteLength < offset + 8) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8);
  const little = isFirstGroup(view.getUint16(0, true));
  const big = isFirstGroup(view.getUint16(0, false));
  if (isVr(String.fromCharCode(view.getUint8(4), view.getUint8(5)))) {
    return little ? EXPLICIT_VR_LITTLE_ENDIAN : big ? EXPLICIT_VR_BIG_ENDIAN : undefined;
  }
  const length = view.getUint32(4, true);
  return little && (length <= MAX_FIRST_LENGTH || length === 0xffffffff) ? IMPLICIT_VR_LITTLE_ENDIAN : undefined;
}

function isFirstGroup(group: number): boolean {
  return group >= FIRST_GROUP && group <= LAST_GROUP;
}
