import { BINARY_VRS, LONG_VRS, type Vr } from '../vr.ts';
import type { TagKey } from './model.ts';

/** Pieces of a data set that are not joined yet, and their bytes in all. */
export interface Chunks {
  readonly parts: Uint8Array[];
  length: number;
}

export const MAX_SHORT_LENGTH = 0xfffe;

export function append(chunks: Chunks, ...parts: readonly Uint8Array[]): void {
  appendAll(chunks, parts);
}

/** NOTE: not as arguments: a sequence has more parts than a call can take. */
export function appendAll(chunks: Chunks, parts: readonly Uint8Array[]): void {
  for (const part of parts) {
    chunks.parts.push(part);
    chunks.length += part.byteLength;
  }
}

/** One odd byte is filled up: text by a space, UI and bytes by zero. PS3.5 6.2. */
export function padded(bytes: Uint8Array, vr: Vr): Uint8Array {
  if (bytes.byteLength % 2 === 0) {
    return bytes;
  }
  const even = new Uint8Array(bytes.byteLength + 1);
  even.set(bytes);
  even[bytes.byteLength] = vr === 'UI' || BINARY_VRS.has(vr) ? 0 : 0x20;
  return even;
}

function tagBytes(tag: TagKey, length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), true);
  return { bytes, view };
}

/** Tag, VR and length of an element, or of an item, in little endian. PS3.5 7.1.2, 7.1.3. */
export function elementHeader(tag: TagKey, vr: Vr, length: number, explicitVr: boolean): Uint8Array {
  if (!explicitVr || tag.startsWith('FFFE')) {
    const { bytes, view } = tagBytes(tag, 8);
    view.setUint32(4, length, true);
    return bytes;
  }
  // A value too long for a 16-bit length goes as UN. PS3.5 6.2.2 note 5.
  const written = LONG_VRS.has(vr) || length <= MAX_SHORT_LENGTH ? vr : 'UN';
  const { bytes, view } = tagBytes(tag, LONG_VRS.has(written) ? 12 : 8);
  bytes.set([written.charCodeAt(0), written.charCodeAt(1)], 4);
  if (LONG_VRS.has(written)) {
    view.setUint32(8, length, true);
  } else {
    view.setUint16(6, length, true);
  }
  return bytes;
}
