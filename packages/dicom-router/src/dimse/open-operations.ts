import { RouterError } from '../errors.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { RESPONSE_BIT } from './command-field.ts';
import { isCancellable } from './exchange.ts';
import type { Message } from './message.ts';
import { OpenOperation } from './open-operation.ts';
import { isPending } from './status.ts';

const HIGHEST_ID = 0xffff;

/** The operations of ours that are open on one association, and those that wait until fewer are. PS3.7 D.3.3.3. */
export class OpenOperations {
  readonly #window: number;
  readonly #heldResponses: number;
  readonly #open = new Map<number, OpenOperation>();
  readonly #waiting: (() => void)[] = [];
  /** Those who have waited and are about to open one. */
  #granted = 0;
  #lastId = 0;

  constructor(window: number, heldResponses: number) {
    this.#window = Math.min(window, HIGHEST_ID);
    this.#heldResponses = heldResponses;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The peer owes a response: some request was sent whole. */
  get areOwed(): boolean {
    return this.#open.values().some(({ heardAt }) => heardAt !== undefined);
  }

  /** Another has to wait. */
  get areFull(): boolean {
    return this.#waiting.length > 0 || this.#open.size + this.#granted >= this.#window;
  }

  /** Every one ends with the next response: each was sent whole, and has but one. */
  get areAboutToEnd(): boolean {
    return this.#open.values().every(({ heardAt, commandField }) => heardAt !== undefined && !isCancellable(commandField));
  }

  /** Opens one when another may be open, in the order of asking; undefined when none may any more. */
  async open(commandField: number, context: AcceptedContext, isOver: () => boolean): Promise<OpenOperation | undefined> {
    if (!isOver() && this.areFull) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
      this.#granted -= 1;
    }
    if (isOver()) {
      return undefined;
    }
    do {
      this.#lastId = (this.#lastId % HIGHEST_ID) + 1;
    } while (this.#open.has(this.#lastId));
    const operation = new OpenOperation(this.#lastId, commandField, context, this.#heldResponses);
    this.#open.set(this.#lastId, operation);
    return operation;
  }

  close({ messageId }: OpenOperation): void {
    if (this.#open.delete(messageId)) {
      this.#grant();
    }
  }

  #grant(): void {
    const wake = this.#waiting.shift();
    if (wake !== undefined) {
      this.#granted += 1;
      wake();
    }
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
    while (this.#waiting.length > 0) {
      this.#grant();
    }
  }
}
