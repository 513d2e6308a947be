import { RouterError } from '../errors.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { RESPONSE_BIT } from './command-field.ts';
import { isCancellable } from './exchange.ts';
import type { Message } from './message.ts';
import { OpenOperation } from './open-operation.ts';
import { isPending } from './status.ts';

const MOST_IDS = 0xffff;

/** The operations of ours that are open on one association, and those that wait until fewer are. PS3.7 D.3.3.3. */
export class OpenOperations {
  readonly #window: number;
  readonly #heldResponses: number;
  readonly #open = new Map<number, OpenOperation>();
  readonly #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor(window: number, heldResponses: number) {
    this.#window = Math.min(window, MOST_IDS);
    this.#heldResponses = heldResponses;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The peer owes a response: some request was sent whole. */
  get areOwed(): boolean {
    return this.#open.values().some(({ heardAt }) => heardAt !== undefined);
  }

  /** Opens one when another may be open; undefined when none may any more. */
  async open(commandField: number, context: AcceptedContext, isOver: () => boolean): Promise<OpenOperation | undefined> {
    while (!isOver() && this.#open.size >= this.#window) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (isOver()) {
      return undefined;
    }
    do {
      this.#lastId = (this.#lastId % MOST_IDS) + 1;
    } while (this.#open.has(this.#lastId));
    const operation = new OpenOperation(this.#lastId, commandField, context, this.#heldResponses);
    this.#open.set(this.#lastId, operation);
    return operation;
  }

  close({ messageId }: OpenOperation): void {
    this.#open.delete(messageId);
    this.#waiting.shift()?.();
  }

  /** The operation that a response belongs to. @throws RouterError `protocol` when it is none that was asked for */
  answeredBy({ command, context }: Message): OpenOperation {
    const { MessageIDBeingRespondedTo: id = 0, CommandField, Status } = command;
    const operation = this.#open.get(id);
    if (operation === undefined) {
      throw new RouterError('protocol', `the peer sent a response where nothing was asked (message ${id})`);
    }
    if (CommandField !== (operation.commandField | RESPONSE_BIT) || context.id !== operation.context.id) {
      const what = `command ${CommandField.toString(16)}H in context ${context.id}`;
      throw new RouterError('protocol', `the peer answered with ${what} to message ${id}`);
    }
    if (Status === undefined || (isPending(Status) && !isCancellable(operation.commandField))) {
      const status = Status === undefined ? 'no Status' : 'a pending Status';
      throw new RouterError('protocol', `the response to message ${id} carries ${status}`);
    }
    return operation;
  }

  /** Who is never silent may still owe a response. @throws RouterError `timeout` */
  checkOverdue(responseMs: number): void {
    if (this.#open.size === 0) {
      return;
    }
    const now = performance.now();
    for (const { heardAt, messageId } of this.#open.values()) {
      if (heardAt !== undefined && now - heardAt > responseMs) {
        throw new RouterError('timeout', `message ${messageId} was not answered within ${responseMs / 1000} s`);
      }
    }
  }

  /** None will be answered any more. */
  fail(error: RouterError): void {
    for (const operation of this.#open.values()) {
      operation.fail(error);
    }
    this.#open.clear();
    for (const wake of this.#waiting.splice(0)) {
      wake();
    }
  }
}
