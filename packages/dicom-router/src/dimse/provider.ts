import type { Finding } from '../finding.ts';
import type { AcceptedContext, Association, Peer } from '../ul/association.ts';
import { AssociationDialogue, type DialogueOptions } from './association-dialogue.ts';
import type { CommandSet } from './command-set.ts';
import type { Dialogue } from './dialogue.ts';
import type { DataSetStream } from './message.ts';
import type { StatusName } from './status.ts';

export { FAULT_COMMENT } from './status.ts';

/** What a service answers: a status and, when it is not success, why. */
export interface Answer {
  readonly status: StatusName;
  /** The peer is told: what it sent, or what it may do about it. */
  readonly comment?: string;
  /** What went wrong here, for the log alone. */
  readonly problem?: string;
  /** Why it was refused, where the status does not say it. */
  readonly finding?: Finding;
  /** Further elements of the response: numbers of sub-operations, a UID given here, Error ID, Event Type ID. */
  readonly elements?: Partial<CommandSet>;
  /** Encoded in the transfer syntax of the context. */
  readonly dataSet?: Uint8Array;
  /** Of the last response: those before it that are still to be sent; all go out together. */
  readonly before?: readonly Answer[];
}

/** One operation that the peer asks for. */
export interface ServiceRequest {
  /** For operations of ours on the same association. */
  readonly dialogue: Dialogue;
  readonly peer: Peer;
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  /** Read to its end before the answer; what a service leaves unread is let go. A piece is valid until the next is asked for. */
  readonly dataSet: DataSetStream | undefined;
  /** The peer has cancelled the operation, or the association has ended, or the product stops. */
  readonly cancelled: AbortSignal;
  /** Sends responses before the last, together; resolves when there is room for more. The data set must have been read before. */
  pending(...answers: readonly Answer[]): Promise<void>;
}

/** A service this product provides (SCP). */
export interface Service {
  readonly commandField: number;
  /** Whether the service is defined for the abstract syntax of a context. */
  supports(abstractSyntax: string): boolean;
  handle(request: ServiceRequest): Promise<Answer>;
  /**
   * Called once the last response went out; the peer may already ask for more then. Not called when the association has ended or too
   * many of these are under way: what it does must be done otherwise then.
   */
  after?(request: ServiceRequest, answer: Answer): Promise<void>;
}

/**
 * Serves one association, message by message, until the peer releases it.
 * @throws RouterError when it ended in any other way
 */
export function serveAssociation(association: Association, options: DialogueOptions): Promise<void> {
  return new AssociationDialogue(association, options).serve();
}
