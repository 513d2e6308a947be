import dicomParser from 'dicom-parser';
import { lookupTag } from '../dictionary/dictionary.ts';
import { formatTagNumber } from '../dictionary/tag-number.ts';
import { DicomError } from '../errors.ts';
import { LONG_VRS, VRS, type Vr } from '../vr.ts';
import type { TagKey } from './model.ts';

/** How elements are laid out. PS3.5 7.1. */
export interface ElementEncoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

export interface ElementHeader {
  readonly tag: TagKey;
  /** As written; undefined where the encoding does not say it. */
  readonly vr: Vr | undefined;
  /** First byte of the value. */
  readonly offset: number;
  /** Undefined length is `UNDEFINED_LENGTH`. */
  readonly length: number;
}

export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 'FFFEE000';
export const ITEM_DELIMITER = 'FFFEE00D';
export const SEQUENCE_DELIMITER = 'FFFEE0DD';

export type ByteOrder = typeof dicomParser.littleEndianByteArrayParser;

export function byteOrder(littleEndian: boolean): ByteOrder {
  return littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
}

export function readTag(bytes: Uint8Array, position: number, order: ByteOrder): TagKey {
  return formatTagNumber(order.readUint16(bytes, position), order.readUint16(bytes, position + 2));
}

/** "(0010,0010) PatientName", for messages. */
export function describeTag(tag: TagKey): string {
  const keyword = lookupTag(tag)?.keyword ?? '';
  return `(${tag.slice(0, 4)},${tag.slice(4)})${keyword === '' ? '' : ` ${keyword}`}`;
}

function truncatedHeader(tag: TagKey, position: number): DicomError {
  return new DicomError('truncated', `the data ends inside the header of ${describeTag(tag)} at byte ${position}`);
}

/** By their two letters, as a number. */
const BY_LETTERS: ReadonlyMap<number, Vr> = new Map(VRS.map((vr) => [vr.charCodeAt(0) * 256 + vr.charCodeAt(1), vr]));

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Whether an element, or the end, may be at `position`: how one tells which of two lengths was meant. */
function mayContinueAt(bytes: Uint8Array, position: number, end: number, tag: TagKey, order: ByteOrder): boolean {
  return position === end || (position + 8 <= end && readTag(bytes, position, order) > tag);
}

/**
 * An element without VR letters in an explicit data set: most often it is written as in an implicit one, sometimes the letters
 * are blanks and a 16-bit length follows.
 */
function headerWithoutVr(bytes: Uint8Array, position: number, end: number, tag: TagKey, order: ByteOrder): ElementHeader {
  const offset = position + 8;
  const long = order.readUint32(bytes, position + 4);
  const short = order.readUint16(bytes, position + 6);
  const isShort = offset + long > end && long !== UNDEFINED_LENGTH && mayContinueAt(bytes, offset + short, end, tag, order);
  return { tag, vr: undefined, offset, length: isShort ? short : long };
}

/** Reads tag, VR and length of the element at `position`; at least 8 bytes must be left before `end`. PS3.5 7.1.2, 7.1.3. */
export function readElementHeader(bytes: Uint8Array, position: number, end: number, encoding: ElementEncoding): ElementHeader {
  const order = byteOrder(encoding.littleEndian);
  const tag = readTag(bytes, position, order);
  if (!encoding.explicitVr || tag.startsWith('FFFE')) {
    return { tag, vr: undefined, offset: position + 8, length: order.readUint32(bytes, position + 4) };
  }
  const [first, second] = [bytes[position + 4] ?? 0, bytes[position + 5] ?? 0];
  if (!isUpper(first) || !isUpper(second)) {
    return headerWithoutVr(bytes, position, end, tag, order);
  }
  const known = BY_LETTERS.get(first * 256 + second);
  const reserved = order.readUint16(bytes, position + 6);
  if (known !== undefined && !LONG_VRS.has(known)) {
    return { tag, vr: known, offset: position + 8, length: reserved };
  }
  // A VR that is not known here is of the long form: all new ones are. Where its reserved bytes are not zero it is a typing error.
  if (known === undefined && reserved !== 0) {
    return { tag, vr: 'UN', offset: position + 8, length: reserved };
  }
  if (position + 12 > end) {
    throw truncatedHeader(tag, position);
  }
  return { tag, vr: known ?? 'UN', offset: position + 12, length: order.readUint32(bytes, position + 8) };
}
