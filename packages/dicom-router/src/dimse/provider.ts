import { messageOf, RouterError } from '../errors.ts';
import type { AcceptedContext, Association, Peer } from '../ul/association.ts';
import { COMMAND, isResponse, RESPONSE_BIT } from './command-field.ts';
import { type CommandSet, NO_DATA_SET } from './command-set.ts';
import { type DataSetStream, drain, type Message, type MessageLimits, readMessage, writeMessage } from './message.ts';
import { errorComment, STATUS, type StatusName } from './status.ts';

/** What a service answers: a status and, when it is not success, why. */
export interface Answer {
  readonly status: StatusName;
  /** The peer is told: what it sent, or what it may do about it. */
  readonly comment?: string;
  /** What went wrong here, for the log alone. */
  readonly problem?: string;
}

/** What a peer is told of a fault of ours. */
export const FAULT_COMMENT = 'it failed here; the log of this archive says why';

interface ServiceRequest {
  readonly peer: Peer;
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  /** Read to its end before the answer; what a service leaves unread is let go. */
  readonly dataSet: DataSetStream | undefined;
}

/** A service this product provides (SCP). */
export interface Service {
  readonly commandField: number;
  /** Whether the service is defined for the abstract syntax of a context. */
  supports(abstractSyntax: string): boolean;
  handle(request: ServiceRequest): Promise<Answer>;
}

export interface ProviderOptions {
  readonly services: readonly Service[];
  readonly limits: MessageLimits;
  /** Ends the association between two messages. */
  readonly stop: AbortSignal;
  readonly answered: (commandField: number, answer: Answer) => void;
}

/**
 * Serves one association, message by message, until the peer releases it.
 * @throws RouterError when it ended in any other way
 */
export async function serveAssociation(association: Association, options: ProviderOptions): Promise<void> {
  const { limits, stop } = options;
  let between = false;
  const end = () => {
    if (between) {
      association.abort();
    }
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      between = true;
      if (stop.aborted) {
        end();
        throw new RouterError('closed', 'the product is stopping');
      }
      const message = await readMessage(association, limits, limits.idleMs);
      between = false;
      if (message === undefined) {
        await association.release();
        return;
      }
      await serveMessage(association, message, options);
      await turnOfOthers();
    }
  } finally {
    stop.removeEventListener('abort', end);
  }
}

/** A peer that sends many messages at once must not be served all of them before anybody else is heard. */
function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function serveMessage(association: Association, message: Message, options: ProviderOptions): Promise<void> {
  const { command, context, dataSet } = message;
  if (isResponse(command.CommandField)) {
    association.abort();
    throw new RouterError('protocol', 'the peer sent a response where nothing was asked');
  }
  // A cancel asks for no answer; there is nothing to cancel. PS3.7 9.3.2.3.
  if (command.CommandField === COMMAND.cCancelRq) {
    await drain(dataSet);
    return;
  }
  const answer = await answerFor(association.peer, message, options.services);
  await drain(dataSet);
  options.answered(command.CommandField, answer);
  await writeMessage(association, context.id, response(command, context, answer));
}

async function answerFor(peer: Peer, { command, context, dataSet }: Message, services: readonly Service[]): Promise<Answer> {
  const service = services.find((candidate) => candidate.commandField === command.CommandField);
  if (service === undefined) {
    return { status: 'unrecognizedOperation', comment: 'this operation is not supported' };
  }
  const sopClass = command.AffectedSOPClassUID ?? command.RequestedSOPClassUID ?? context.abstractSyntax;
  if (sopClass !== context.abstractSyntax || !service.supports(context.abstractSyntax)) {
    return { status: 'sopClassNotSupported', comment: 'the SOP class is not that of the presentation context' };
  }
  try {
    return await service.handle({ peer, context, command, dataSet });
  } catch (error) {
    // Our own error says that the association is over; any other is a fault of ours, and the peer is told.
    if (error instanceof RouterError) {
      throw error;
    }
    return { status: 'processingFailure', comment: FAULT_COMMENT, problem: messageOf(error) };
  }
}

/** The response to a request, with the UIDs it named. PS3.7 9.1, 10.1. */
function response(request: CommandSet, context: AcceptedContext, answer: Answer): CommandSet {
  const sopInstanceUid = request.AffectedSOPInstanceUID ?? request.RequestedSOPInstanceUID;
  return {
    AffectedSOPClassUID: request.AffectedSOPClassUID ?? request.RequestedSOPClassUID ?? context.abstractSyntax,
    CommandField: request.CommandField | RESPONSE_BIT,
    MessageIDBeingRespondedTo: request.MessageID ?? 0,
    CommandDataSetType: NO_DATA_SET,
    Status: STATUS[answer.status],
    ...(answer.comment === undefined ? {} : { ErrorComment: errorComment(answer.comment) }),
    ...(sopInstanceUid === undefined ? {} : { AffectedSOPInstanceUID: sopInstanceUid }),
  };
}
