import type { TagKey } from '../dataset/model.ts';

/** Group and element as a tag: (0x0010, 0x0010) is `00100010`. */
export function formatTagNumber(group: number, element: number): TagKey {
  return (group * 0x10000 + element).toString(16).toUpperCase().padStart(8, '0');
}
