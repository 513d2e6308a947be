import { messageOf, RouterError } from '../errors.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import { COMMAND, RESPONSE_BIT } from './command-field.ts';
import { type CommandSet, NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import { type Exchange, isCancellable } from './exchange.ts';
import type { Answer, Service } from './provider.ts';
import { errorComment, FAULT_COMMENT, STATUS } from './status.ts';

/** Whether requests carry a data set; where nothing stands, they may. PS3.7 9.3, 10.3. */
const DATA_SET: Readonly<Record<number, 'must' | 'never'>> = {
  [COMMAND.cFindRq]: 'must',
  [COMMAND.cGetRq]: 'must',
  [COMMAND.cMoveRq]: 'must',
  [COMMAND.cEchoRq]: 'never',
  [COMMAND.nGetRq]: 'never',
  [COMMAND.nSetRq]: 'must',
  [COMMAND.nDeleteRq]: 'never',
};

/** Requests of DIMSE-N; they have statuses of their own. PS3.7 10. */
function isNormalized(commandField: number): boolean {
  return commandField >= COMMAND.nEventReportRq;
}

export function serviceFor({ command, context }: Exchange, services: readonly Service[]): Service | undefined {
  const ofField = services.filter((candidate) => candidate.commandField === command.CommandField);
  return ofField.find((candidate) => candidate.supports(context.abstractSyntax)) ?? ofField[0];
}

/**
 * What a service says to a request, or why none is asked.
 * @throws RouterError when the association is over, or must be
 */
export async function answerFor(exchange: Exchange, service: Service | undefined, stop: AbortSignal): Promise<Answer> {
  const refusal = refusalOf(exchange, service);
  if (service === undefined || refusal !== undefined) {
    return refusal ?? { status: 'unrecognizedOperation' };
  }
  try {
    return await service.handle(exchange);
  } catch (error) {
    return answerToFault(exchange, error, stop);
  }
}

function refusalOf({ command, context, dataSet, dialogue }: Exchange, service: Service | undefined): Answer | undefined {
  if (service === undefined) {
    return { status: 'unrecognizedOperation', comment: 'this operation is not supported' };
  }
  const sopClass = command.AffectedSOPClassUID ?? command.RequestedSOPClassUID ?? context.abstractSyntax;
  if (sopClass !== context.abstractSyntax || !service.supports(context.abstractSyntax)) {
    return { status: 'sopClassNotSupported', comment: 'the SOP class is not that of the presentation context' };
  }
  if (command.CommandField !== COMMAND.nEventReportRq && !peerMayAsk(dialogue.association, context)) {
    return { status: 'sopClassNotSupported', comment: 'the role of a user was not agreed on for this SOP class' };
  }
  const expected = DATA_SET[command.CommandField];
  if (expected === 'never' && dataSet !== undefined) {
    return { status: 'mistypedArgument', comment: 'this operation has no data set' };
  }
  if (expected === 'must' && dataSet === undefined) {
    return isNormalized(command.CommandField)
      ? { status: 'mistypedArgument', comment: 'the request has no data set' }
      : { status: 'unableToProcess', comment: 'the request has no identifier' };
  }
  return undefined;
}

/** Whether the peer is a user of what is defined for a context. PS3.7 D.3.3.4. */
function peerMayAsk({ role }: Association, { roles }: AcceptedContext): boolean {
  return role === 'acceptor' ? roles.scu : roles.scp;
}

/** NOTE: an error with which the association ended ends it; any other is a fault of ours or of what was sent, and the peer is told. */
function answerToFault({ command, dialogue, isCancelled }: Exchange, error: unknown, stop: AbortSignal): Answer {
  const known = error instanceof RouterError ? error.code : undefined;
  if (dialogue.association.isOver || known === 'limit-exceeded') {
    throw error;
  }
  const normalized = isNormalized(command.CommandField);
  if (isCancelled && stop.aborted) {
    const status = normalized ? 'resourceLimitation' : 'outOfResources';
    return { status, comment: 'this archive is being stopped' };
  }
  if (isCancelled && isCancellable(command.CommandField)) {
    return { status: 'cancelled' };
  }
  if (error instanceof RouterError && known === 'too-long') {
    return { status: normalized ? 'resourceLimitation' : 'outOfResources', comment: error.message };
  }
  return { status: 'processingFailure', comment: FAULT_COMMENT, problem: messageOf(error) };
}

/** The response to a request, with the UIDs it named. PS3.7 9.3, 10.3. */
export function response(request: CommandSet, context: AcceptedContext, answer: Answer): CommandSet {
  const sopInstanceUid = request.AffectedSOPInstanceUID ?? request.RequestedSOPInstanceUID;
  return {
    AffectedSOPClassUID: request.AffectedSOPClassUID ?? request.RequestedSOPClassUID ?? context.abstractSyntax,
    CommandField: request.CommandField | RESPONSE_BIT,
    MessageIDBeingRespondedTo: request.MessageID ?? 0,
    CommandDataSetType: answer.dataSet === undefined ? NO_DATA_SET : WITH_DATA_SET,
    Status: STATUS[answer.status],
    ...(answer.comment === undefined ? {} : { ErrorComment: errorComment(answer.comment) }),
    ...(sopInstanceUid === undefined ? {} : { AffectedSOPInstanceUID: sopInstanceUid }),
    ...answer.elements,
  };
}
