import { RouterError } from '../errors.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import { RESPONSE_BIT } from './command-field.ts';
import type { CommandSet } from './command-set.ts';
import { drain, type MessageLimits, readMessage, writeMessage } from './message.ts';

/** What the peer answered to an operation of ours. */
export interface OperationResult {
  readonly status: number;
  readonly comment?: string;
}

/** @throws RouterError `context-refused` when the peer did not accept the pair */
export function contextFor(association: Association, abstractSyntax: string, transferSyntax?: string): AcceptedContext {
  const found = association.contexts
    .values()
    .find(
      (context) =>
        context.abstractSyntax === abstractSyntax && (transferSyntax ?? context.transferSyntax) === context.transferSyntax,
    );
  if (found === undefined) {
    const syntax = transferSyntax === undefined ? '' : ` in transfer syntax ${transferSyntax}`;
    throw new RouterError('context-refused', `${association.peer.calledAe} does not take SOP class ${abstractSyntax}${syntax}`);
  }
  return found;
}

/** Sends a request and waits for its response. @throws RouterError when the association ends or the peer answers otherwise */
export async function perform(
  association: Association,
  limits: MessageLimits,
  context: AcceptedContext,
  command: CommandSet,
  dataSet?: AsyncIterable<Uint8Array>,
): Promise<OperationResult> {
  await writeMessage(association, context.id, command, dataSet);
  const first = await association.read(limits.responseMs);
  if (first === undefined) {
    throw new RouterError('protocol', 'the peer asked for release before it answered');
  }
  const message = await readMessage(association, limits, first);
  await drain(message.dataSet);
  const { CommandField, MessageIDBeingRespondedTo, Status, ErrorComment } = message.command;
  if (CommandField !== (command.CommandField | RESPONSE_BIT) || MessageIDBeingRespondedTo !== command.MessageID) {
    association.abort();
    throw new RouterError(
      'protocol',
      `the peer answered with command ${CommandField.toString(16)}H to message ${MessageIDBeingRespondedTo}`,
    );
  }
  if (Status === undefined) {
    association.abort();
    throw new RouterError('protocol', 'the response carries no Status');
  }
  return ErrorComment === undefined ? { status: Status } : { status: Status, comment: ErrorComment };
}
