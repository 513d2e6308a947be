import type { Right } from '../api/session.ts';

/** Who makes, changes, cancels and matches orders. */
export function mayOrder(rights: { may(right: Right): boolean }): boolean {
  return rights.may('edit');
}
