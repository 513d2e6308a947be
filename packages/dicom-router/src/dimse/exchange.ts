import type { AcceptedContext, Peer } from '../ul/association.ts';
import { COMMAND } from './command-field.ts';
import type { CommandSet } from './command-set.ts';
import type { Dialogue } from './dialogue.ts';
import type { DataSetStream, Message } from './message.ts';
import type { Answer, ServiceRequest } from './provider.ts';

/** Operations that a C-CANCEL can end. PS3.7 9.3.2.3, 9.3.3.3, 9.3.4.3. */
const CANCELLABLE: ReadonlySet<number> = new Set([COMMAND.cFindRq, COMMAND.cGetRq, COMMAND.cMoveRq]);

export function isCancellable(commandField: number): boolean {
  return CANCELLABLE.has(commandField);
}

/** One operation of the peer, from its request to its last response. */
export class Exchange implements ServiceRequest {
  readonly dialogue: Dialogue;
  readonly peer: Peer;
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  readonly dataSet: DataSetStream | undefined;
  /** The last response was sent, or none will be. */
  done = false;
  readonly #respond: (answers: readonly Answer[]) => Promise<void>;
  #isCancelled = false;
  #controller: AbortController | undefined;

  constructor(
    dialogue: Dialogue,
    { context, command, dataSet }: Message,
    respond: (answers: readonly Answer[]) => Promise<void>,
  ) {
    this.dialogue = dialogue;
    this.peer = dialogue.association.peer;
    this.context = context;
    this.command = command;
    this.dataSet = dataSet;
    this.#respond = respond;
  }

  /** The peer may be heard while the service works: the data set is read, and there may be a cancel to hear. */
  get mayBeInterrupted(): boolean {
    return this.dataSetRead && isCancellable(this.command.CommandField);
  }

  get dataSetRead(): boolean {
    return this.dataSet === undefined || this.dataSet.isRead;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** NOTE: made when somebody asks for it: a C-STORE does not. */
  get cancelled(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isCancelled) {
      this.#controller.abort();
    }
    return this.#controller.signal;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#controller?.abort();
  }

  pending(...answers: readonly Answer[]): Promise<void> {
    return this.#respond(answers);
  }
}
