import {
  type Attribute,
  BINARY_VRS,
  encodeText,
  isPrivateTag,
  isUid,
  type JsonValue,
  lookupTag,
  parsePersonName,
  type TagKey,
  type Vr,
} from '@filmless/dicom';
import { RouterError } from '../errors.ts';

/** What an object is known by, and what its texts and pixels are read with: another value would make another object of it. */
const UNCHANGEABLE: ReadonlySet<TagKey> = new Set(['00080005', '00080016', '00080018', '0020000D', '0020000E']);
const SINGLE_TEXT_VRS: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT', 'UR']);
const INTEGER_VRS: ReadonlySet<Vr> = new Set<Vr>(['US', 'SS', 'UL', 'SL', 'SV', 'UV', 'IS']);
const NUMBER_VRS: ReadonlySet<Vr> = new Set<Vr>([...INTEGER_VRS, 'FL', 'FD', 'DS']);
/** VRs of ASCII alone. PS3.5 6.2. */
const CODE_VRS: ReadonlySet<Vr> = new Set<Vr>(['AE', 'AS', 'CS', 'DA', 'DT', 'TM', 'UI']);

function refuse(tag: TagKey, reason: string): RouterError {
  return new RouterError('invalid-request', `(${tag.slice(0, 4)},${tag.slice(4)}) ${reason}`);
}

/** @throws RouterError `invalid-request` for an attribute that no rule may set or remove */
export function checkChangeable(tag: TagKey): void {
  if (!/^[0-9A-F]{8}$/.test(tag) || tag < '00080000' || tag.endsWith('0000') || tag >= '7FE00000') {
    throw refuse(tag, 'is no attribute that can be changed');
  }
  if (UNCHANGEABLE.has(tag)) {
    throw refuse(tag, 'is what an object is known or read by, and stays as it is');
  }
  if (tag >= '00280002' && tag < '00280200') {
    throw refuse(tag, 'says how the pixels are to be read, and stays as it is');
  }
}

function parsedValue(tag: TagKey, vr: Vr, text: string): JsonValue {
  if (text === '') {
    return null;
  }
  if (vr === 'PN') {
    return parsePersonName(text);
  }
  if (vr === 'UI' && !isUid(text)) {
    throw refuse(tag, 'is a UID: digits and dots, at most 64');
  }
  if (NUMBER_VRS.has(vr)) {
    const number = Number(text);
    if (!Number.isFinite(number) || (INTEGER_VRS.has(vr) && !Number.isInteger(number))) {
      throw refuse(tag, `is ${vr}, and ${JSON.stringify(text)} is no such number`);
    }
    return number;
  }
  if (CODE_VRS.has(vr) && encodeText(text, [], vr) === undefined) {
    throw refuse(tag, `is ${vr}, which has no letters beyond ASCII`);
  }
  return text;
}

/**
 * The attribute that a rule sets, of the VR that the dictionary gives it. Empty text makes an empty attribute.
 * @param tag eight hexadecimal digits, in capitals
 * @param text values separated by a backslash, a name in its PN form
 * @throws RouterError `invalid-request` that says why not
 */
export function setAttribute(tag: TagKey, text: string): Attribute {
  checkChangeable(tag);
  const vr = lookupTag(tag)?.vr;
  if (vr === undefined || isPrivateTag(tag)) {
    throw refuse(tag, 'is in no dictionary: its VR is not known');
  }
  if (vr === 'SQ' || vr === 'AT' || BINARY_VRS.has(vr)) {
    throw refuse(tag, `is ${vr}: only text and numbers can be set`);
  }
  const Value = (SINGLE_TEXT_VRS.has(vr) ? [text] : text.split('\\')).map((value) => parsedValue(tag, vr, value));
  return Value.every((value) => value === null) ? { vr } : { vr, Value };
}
