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
  // File Meta Information Version 00\01.
  const elements: Uint8Array[] = [Uint8Array.of(2, 0, 1, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1)];
  for (const field of META_FIELDS) {
    const value = named[field.name];
    if (value !== undefined) {
      elements.push(shortElement(field, value));
    }
  }
  const length = elements.reduce((sum, element) => sum + element.length, 0);
  const written = new Uint8Array(PREAMBLE_BYTES + 16 + length);
  const view = new DataView(written.buffer);
  view.setUint32(PREAMBLE_BYTES, DICM);
  written.set([2, 0, 0, 0, 0x55, 0x4c, 4, 0], PREAMBLE_BYTES + 4);
  view.setUint32(PREAMBLE_BYTES + 12, length, true);
  let offset = PREAMBLE_BYTES + 16;
  for (const element of elements) {
    written.set(element, offset);
    offset += element.length;
  }
  return written;
}

function shortElement({ element, vr, maxLength, name }: MetaField, value: string): Uint8Array {
  if (value.length === 0 || value.length > maxLength || !/^[\x20-\x7e]+$/.test(value) || value.includes('\\')) {
    throw new DicomError('invalid-value', `${name} cannot be written to a file: ${JSON.stringify(value.slice(0, 80))}`);
  }
  const written = new Uint8Array(8 + value.length + (value.length % 2)).fill(vr === 'UI' ? 0 : 0x20);
  const view = new DataView(written.buffer);
  view.setUint16(0, 0x0002, true);
  view.setUint16(2, element, true);
  writeAscii(written, 4, vr);
  view.setUint16(6, written.length - 8, true);
  writeAscii(written, 8, value);
  return written;
}

/** A text of characters that have one byte each; a `TextEncoder` takes longer for so few. */
function writeAscii(written: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    written[offset + index] = text.charCodeAt(index);
  }
}
