import { RouterError } from '../errors.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';

/** What the peer answered to an operation of ours. */
export interface OperationResult {
  readonly status: number;
  readonly comment?: string;
}

/**
 * A context in which we may be the user of a SOP class.
 * @throws RouterError `context-refused` when the peer did not accept the pair
 */
export function contextFor(association: Association, abstractSyntax: string, transferSyntax?: string): AcceptedContext {
  const found = association.contexts
    .values()
    .find(
      (context) =>
        context.abstractSyntax === abstractSyntax &&
        (transferSyntax ?? context.transferSyntax) === context.transferSyntax &&
        mayUse(association, context),
    );
  if (found === undefined) {
    const syntax = transferSyntax === undefined ? '' : ` in transfer syntax ${transferSyntax}`;
    throw new RouterError('context-refused', `${association.peer.calledAe} does not take SOP class ${abstractSyntax}${syntax}`);
  }
  return found;
}

/** Roles are those of who opened the association. PS3.7 D.3.3.4. */
function mayUse({ role }: Association, { roles }: AcceptedContext): boolean {
  return role === 'requestor' ? roles.scu : roles.scp;
}
