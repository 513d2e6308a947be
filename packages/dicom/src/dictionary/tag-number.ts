import type { TagKey } from '../dataset/model.ts';

/** Tags that are kept by their number: more than there are in use, fewer than a sender can make up. */
const MOST_KEPT = 8192;
const kept = new Map<number, TagKey>();

/** Group and element as a tag: (0x0010, 0x0010) is `00100010`. The same few hundred are asked for with each object. */
export function formatTagNumber(group: number, element: number): TagKey {
  const number = group * 0x10000 + element;
  const known = kept.get(number);
  if (known !== undefined) {
    return known;
  }
  const tag = number.toString(16).toUpperCase().padStart(8, '0');
  if (kept.size < MOST_KEPT) {
    kept.set(number, tag);
  }
  return tag;
}
