import type { AcceptedContext } from '../ul/association.ts';
import type { CommandSet } from './command-set.ts';
import type { Beginning, MessageWriter } from './message-writer.ts';
import type { OpenOperation } from './open-operation.ts';
import type { OpenOperations } from './open-operations.ts';

/** A request of ours before its turn; its message id is not known yet. */
interface Request {
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  beginning: Beginning | undefined;
}

/** A request whose turn it is, and what of it went out already. */
export interface Turn {
  readonly operation: OpenOperation;
  readonly beginning: Beginning | undefined;
}

/** Requests of ours that wait until fewer operations are open. */
export class Upcoming {
  readonly #operations: OpenOperations;
  readonly #writer: MessageWriter;
  readonly #requests: Request[] = [];

  constructor(operations: OpenOperations, writer: MessageWriter) {
    this.#operations = operations;
    this.#writer = writer;
  }

  /** Opens an operation when its turn has come; undefined when none will. */
  async turn(context: AcceptedContext, command: CommandSet, isOver: () => boolean): Promise<Turn | undefined> {
    const request: Request = { context, command, beginning: undefined };
    this.#requests.push(request);
    const operation = await this.#operations.open(command.CommandField, context, isOver);
    this.#requests.splice(this.#requests.indexOf(request), 1);
    if (operation === undefined) {
      request.beginning?.release();
      return undefined;
    }
    return { operation, beginning: request.beginning };
  }

  /**
   * The peer begins to answer, and may send the rest of that only together with an acknowledgement: the first bytes of the next
   * request take that along. See `Association.whenBegun`. PS3.7 D.3.3.3: no operation is asked for before its request is whole.
   */
  begin(): void {
    const [next] = this.#requests;
    if (next !== undefined && next.beginning === undefined && this.#operations.areFull && this.#operations.areAboutToEnd) {
      next.beginning = this.#writer.begin(next.context, next.command);
    }
  }
}
