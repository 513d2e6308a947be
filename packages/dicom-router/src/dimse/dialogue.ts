import type { AcceptedContext, Association } from '../ul/association.ts';
import type { CommandSet } from './command-set.ts';
import type { OutgoingDataSet } from './message.ts';

/** A request of ours; the dialogue adds the message id and whether a data set follows. */
export type OperationCommand = Omit<CommandSet, 'MessageID' | 'MessageIDBeingRespondedTo' | 'CommandDataSetType' | 'Status'>;

/** What the peer answered to an operation of ours. */
export interface DimseResponse {
  readonly status: number;
  /** Error Comment, as the peer wrote it: it may name a patient. */
  readonly comment?: string;
  readonly command: CommandSet;
  /** Whole, in the transfer syntax of the operation's context; bounded by `responseDataSetBytes`. */
  readonly dataSet?: Uint8Array;
}

/**
 * The messages of one association, in both directions: what the peer asks goes to services, what it answers to the operation of ours
 * that it names. Nothing is read unless somebody waits for it.
 */
export interface Dialogue {
  readonly association: Association;
  /** The association has ended, or is ending: nothing can be asked any more. */
  readonly over: boolean;
  /** Aborted once it has been heard that nothing comes any more. */
  readonly ended: AbortSignal;
  /**
   * One operation of ours. It is sent when the first response is asked for, once fewer operations are open than were agreed on. Gives
   * each response; the last has a final status. Leaving the loop early cancels a C-FIND, C-MOVE or C-GET and waits for its end.
   * NOTE: responses wait here only up to a bound: ask nothing else on the same association while such a loop stands still.
   * @throws RouterError what ends an association, and what the data set throws: the association is aborted then
   */
  perform(context: AcceptedContext, command: OperationCommand, dataSet?: OutgoingDataSet): AsyncIterable<DimseResponse>;
  /** An operation that has one response. @throws as `perform` */
  performOne(context: AcceptedContext, command: OperationCommand, dataSet?: OutgoingDataSet): Promise<DimseResponse>;
  /**
   * Serves what the peer asks for, until `until` is aborted or the peer releases: how a requestor hears the report of a storage
   * commitment on the association it asked on. An acceptor needs it not: it listens always.
   * @throws RouterError when the association ends in any other way
   */
  attend(until: AbortSignal): Promise<void>;
  /** Ends in order, once nothing is under way; for the side that opened the association. */
  release(): Promise<void>;
  abort(): void;
}
