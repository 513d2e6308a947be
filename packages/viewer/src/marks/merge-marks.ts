import type { Mark } from '../api/marks.ts';

/** The rule of the server: what was deleted stays so, then the higher revision, the later change, the greater id of who changed it. */
export function mergeMarks(one: Mark, other: Mark): Mark {
  const order =
    Number(one.deleted) - Number(other.deleted) ||
    one.revision - other.revision ||
    compare(one.modified, other.modified) ||
    compare(one.modifiedBy.id, other.modifiedBy.id) ||
    compare(JSON.stringify(one), JSON.stringify(other));
  return order >= 0 ? one : other;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
