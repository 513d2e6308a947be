import { randomBytes } from 'node:crypto';

/** A short name for one connection and its association: what the log and the list of associations call it. */
export function newAssociationId(): string {
  return randomBytes(5).toString('hex');
}
