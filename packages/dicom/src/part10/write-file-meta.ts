import { DicomError } from '../errors.ts';
import {
  DICM,
  type FileMeta,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  META_FIELDS,
  type MetaField,
  PREAMBLE_BYTES,
} from './file-meta.ts';

const HEADER_BYTES = 8;
/** File Meta Information Version 00\01, with its header. */
const VERSION = Uint8Array.of(2, 0, 1, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1);

/**
 * Writes preamble, prefix and group 0002 with its group length, in Explicit VR Little Endian; the data set follows it.
 * Without an implementation class it names this product. PS3.10 7.1.
 * @throws DicomError `invalid-value`
 */
export function writeFileMeta(meta: FileMeta): Uint8Array {
  const named = {
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    ...meta,
  };
  const fields: (readonly [MetaField, string])[] = [];
  let length = VERSION.length;
  for (const field of META_FIELDS) {
    const value = named[field.name];
    if (value !== undefined) {
      check(field, value);
      fields.push([field, value]);
      length += HEADER_BYTES + even(value.length);
    }
  }
  const written = new Uint8Array(PREAMBLE_BYTES + 16 + length);
  const view = new DataView(written.buffer);
  view.setUint32(PREAMBLE_BYTES, DICM);
  written.set([2, 0, 0, 0, 0x55, 0x4c, 4, 0], PREAMBLE_BYTES + 4);
  view.setUint32(PREAMBLE_BYTES + 12, length, true);
  written.set(VERSION, PREAMBLE_BYTES + 16);
  let offset = PREAMBLE_BYTES + 16 + VERSION.length;
  for (const [field, value] of fields) {
    offset = writeShort(written, view, offset, field, value);
  }
  return written;
}

function check({ maxLength, name }: MetaField, value: string): void {
  if (value.length === 0 || value.length > maxLength || !/^[\x20-\x7e]+$/.test(value) || value.includes('\\')) {
    throw new DicomError('invalid-value', `${name} cannot be written to a file: ${JSON.stringify(value.slice(0, 80))}`);
  }
}

/** Gives where the next element begins. */
function writeShort(written: Uint8Array, view: DataView, offset: number, { element, vr }: MetaField, value: string): number {
  const length = even(value.length);
  view.setUint16(offset, 0x0002, true);
  view.setUint16(offset + 2, element, true);
  writeAscii(written, offset + 4, vr);
  view.setUint16(offset + 6, length, true);
  writeAscii(written, offset + HEADER_BYTES, value);
  if (length > value.length && vr !== 'UI') {
    written[offset + HEADER_BYTES + value.length] = 0x20;
  }
  return offset + HEADER_BYTES + length;
}

function even(length: number): number {
  return length + (length % 2);
}

/** A text of characters that have one byte each; a `TextEncoder` takes longer for so few. */
function writeAscii(written: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    written[offset + index] = text.charCodeAt(index);
  }
}
