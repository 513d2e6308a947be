import type { TagKey } from '@filmless/dicom';

/** Group times 65536 plus element, as a command set carries it. */
export function tagNumber(tag: TagKey): number {
  return Number.parseInt(tag, 16);
}

export function tagKey(number: number): TagKey {
  return number.toString(16).toUpperCase().padStart(8, '0');
}
