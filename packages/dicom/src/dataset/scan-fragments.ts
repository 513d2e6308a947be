import { DicomError } from '../errors.ts';
import { byteOrder, describeTag, ITEM, readTag, SEQUENCE_DELIMITER } from './element-header.ts';
import type { TagKey } from './model.ts';

/** The value of an element of undefined length that is no sequence. */
export interface UndefinedValue {
  /** Bytes of the value, without its end marker. */
  readonly length: number;
  /** First byte after the end marker. */
  readonly next: number;
  /** The end marker is there. */
  readonly complete: boolean;
}

/**
 * Walks fragments from item header to item header. PS3.5 A.4.
 * @throws DicomError `invalid-element` where neither a fragment nor the end marker follows
 */
export function fragmentsFrom(bytes: Uint8Array, start: number, end: number, littleEndian: boolean, tag: TagKey): UndefinedValue {
  const order = byteOrder(littleEndian);
  let position = start;
  while (end - position >= 8) {
    const marker = readTag(bytes, position, order);
    const next = position + 8 + order.readUint32(bytes, position + 4);
    if (marker === SEQUENCE_DELIMITER) {
      return { length: position - start, next: position + 8, complete: true };
    }
    if (marker !== ITEM) {
      throw new DicomError(
        'invalid-element',
        `${describeTag(tag)} holds ${describeTag(marker)} at byte ${position} where a fragment must begin`,
      );
    }
    if (next > end) {
      break;
    }
    position = next;
  }
  return { length: end - start, next: end, complete: false };
}

/**
 * Bytes of undefined length that are no fragments, as a private syntax of GE writes them.
 * @throws DicomError `truncated` when no end marker follows
 */
export function bytesToDelimiter(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
  tag: TagKey,
): UndefinedValue {
  const wanted = littleEndian ? [0xfe, 0xff, 0xdd, 0xe0] : [0xff, 0xfe, 0xe0, 0xdd];
  for (let at = start; at + 8 <= end; at += 2) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) {
      return { length: at - start, next: at + 8, complete: true };
    }
  }
  throw new DicomError('truncated', `${describeTag(tag)} has an undefined length and no end marker`);
}
