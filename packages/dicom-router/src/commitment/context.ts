import { RouterError } from '../errors.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import { STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

/**
 * The context of storage commitment on an association of ours. NOTE: whatever role was agreed on: peers that answer no role selection at
 * all take reports from who calls them. PS3.4 J.3.3.1.3.
 * @throws RouterError `context-refused`
 */
export function commitmentContext({ contexts, peer }: Association): AcceptedContext {
  const found = contexts.values().find(({ abstractSyntax }) => abstractSyntax === STORAGE_COMMITMENT_SOP_CLASS);
  if (found === undefined) {
    throw new RouterError(
      'context-refused',
      `${peer.calledAe} does not take storage commitment (${STORAGE_COMMITMENT_SOP_CLASS})`,
    );
  }
  return found;
}
