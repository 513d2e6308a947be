import type { Mark } from './model.ts';

/**
 * Which of two states of one mark counts, wherever and in whatever order they meet: what was deleted stays deleted; then the higher
 * revision; then the later change; then the greater id of who changed it, and at last the text of it, so that there is always one.
 */
export function mergeMarks(one: Mark, other: Mark): Mark {
  return compare(one, other) >= 0 ? one : other;
}

function compare(one: Mark, other: Mark): number {
  return (
    Number(one.deleted) - Number(other.deleted) ||
    one.revision - other.revision ||
    order(one.modified, other.modified) ||
    order(one.modifiedBy.id, other.modifiedBy.id) ||
    order(JSON.stringify(one), JSON.stringify(other))
  );
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
