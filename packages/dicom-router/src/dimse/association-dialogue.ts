import { messageOf, RouterError } from '../errors.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { COMMAND, isResponse } from './command-field.ts';
import { NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import type { Dialogue, DimseResponse, OperationCommand } from './dialogue.ts';
import { isCancellable } from './exchange.ts';
import { drain, type Message, type MessageLimits, type OutgoingDataSet, readMessage, readWhole } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import type { OpenOperation } from './open-operation.ts';
import { OpenOperations } from './open-operations.ts';
import { Serving, type ServingOptions } from './serving.ts';
import { isPending } from './status.ts';
import { turnOfOthers } from './turn-of-others.ts';
import { Upcoming } from './upcoming.ts';

export interface DialogueOptions extends ServingOptions {
  readonly limits: MessageLimits;
  /** Ends the association between two messages, and cancels what is under way. */
  readonly stop: AbortSignal;
  /** Told of each last response. */
  readonly answered: ServingOptions['answered'];
  /** Told of what a service could not do after its response. */
  readonly failed: ServingOptions['failed'];
  /** Told of each last response to an operation of ours. */
  readonly performed?: (commandField: number, status: number) => void;
  /** Told why the association ended in disorder. */
  readonly broke?: (error: RouterError) => void;
}

/** The reader and the writer of one association: the only ones, so that messages neither mix nor wait for each other. */
export class AssociationDialogue implements Dialogue {
  readonly association: Association;
  readonly #options: DialogueOptions;
  /** Those of ours. */
  readonly #operations: OpenOperations;
  readonly #writer: MessageWriter;
  readonly #upcoming: Upcoming;
  /** Those of theirs. */
  readonly #serving: Serving;
  readonly #attending = new Set<AbortSignal>();
  #isReading = false;
  #reading: Promise<void> | undefined;
  /** The reader waits for a message to begin. */
  #between = false;
  /** Asks again whether the reader may go on. */
  #resume: (() => void) | undefined;
  /** Why we ended the association, where the reader only sees that it is over. */
  #fault: RouterError | undefined;
  /** Nothing comes any more; `error` unless it was released. */
  #end: { readonly error: RouterError | undefined } | undefined;
  readonly #ending = new AbortController();

  constructor(association: Association, options: DialogueOptions) {
    this.association = association;
    this.#options = options;
    this.#operations = new OpenOperations(association.window.ours, options.limits.heldResponses);
    this.#writer = new MessageWriter(association);
    this.#upcoming = new Upcoming(this.#operations, this.#writer);
    if (options.services.length === 0) {
      association.whenBegun(() => this.#upcoming.begin());
    }
    this.#serving = new Serving(this, options, {
      write: (...messages) => this.#unbroken(this.#writer.writeAll(...messages)),
      broke: (error) => this.#break(error),
      done: () => this.#served(),
    });
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  get over(): boolean {
    return this.#end !== undefined || this.association.isOver;
  }

  /**
   * Serves the association until the peer releases it.
   * @throws RouterError when it ended in any other way
   */
  async serve(): Promise<void> {
    const { stop } = this.#options;
    const stopped = () => {
      this.#serving.cancelAll();
      this.#endBetween();
    };
    stop.addEventListener('abort', stopped, { once: true });
    try {
      await this.attend(new AbortController().signal);
    } finally {
      stop.removeEventListener('abort', stopped);
    }
  }

  async attend(until: AbortSignal): Promise<void> {
    const leave = () => {
      this.#attending.delete(until);
      this.#interruptIfUnwanted();
    };
    this.#attending.add(until);
    until.addEventListener('abort', leave, { once: true });
    while (!until.aborted && this.#end === undefined) {
      await this.#read();
    }
    until.removeEventListener('abort', leave);
    this.#attending.delete(until);
    if (this.#end?.error !== undefined) {
      throw this.#end.error;
    }
  }

  async release(): Promise<void> {
    this.#interruptIfUnwanted();
    await this.#reading;
    await this.association.release();
  }

  abort(): void {
    this.association.abort();
  }

  async *perform(
    context: AcceptedContext,
    command: OperationCommand,
    dataSet?: OutgoingDataSet,
  ): AsyncGenerator<DimseResponse, void, void> {
    const operation = await this.#begin(context, command, dataSet);
    try {
      for (;;) {
        const answered = await operation.next();
        yield answered;
        if (!isPending(answered.status)) {
          return;
        }
      }
    } finally {
      await this.#leave(operation);
    }
  }

  async performOne(context: AcceptedContext, command: OperationCommand, dataSet?: OutgoingDataSet): Promise<DimseResponse> {
    const operation = await this.#begin(context, command, dataSet);
    for (;;) {
      const answered = await operation.next();
      if (!isPending(answered.status)) {
        return answered;
      }
    }
  }

  async #begin(
    context: AcceptedContext,
    command: OperationCommand,
    dataSet: OutgoingDataSet | undefined,
  ): Promise<OpenOperation> {
    const CommandDataSetType = dataSet === undefined ? NO_DATA_SET : WITH_DATA_SET;
    const request = { ...command, MessageID: 0, CommandDataSetType };
    const turn = await this.#upcoming.turn(context, request, () => this.over);
    if (turn === undefined) {
      throw this.#end?.error ?? new RouterError('closed', 'the association has ended: nothing can be asked on it');
    }
    const { operation } = turn;
    this.#resume?.();
    void this.#read();
    this.#rearm();
    try {
      const command = { ...request, MessageID: operation.messageId };
      await this.#unbroken(this.#writer.write(context, command, dataSet, turn.beginning));
    } catch (error) {
      this.#operations.close(operation);
      throw operation.failure ?? error;
    }
    operation.heardAt = performance.now();
    this.#rearm();
    return operation;
  }

  /** Nobody wants more of its responses. */
  async #leave(operation: OpenOperation): Promise<void> {
    if (operation.settled || this.over) {
      return;
    }
    operation.abandon();
    try {
      if (isCancellable(operation.commandField)) {
        const { cCancelRq: CommandField } = COMMAND;
        const cancel = { CommandField, MessageIDBeingRespondedTo: operation.messageId, CommandDataSetType: NO_DATA_SET };
        await this.#unbroken(this.#writer.write(operation.context, cancel));
      }
      await operation.next();
    } catch {
      // What ended the association is told to who asks next.
    }
  }

  /** NOTE: a message that breaks off cannot be taken back: the association ends with it. */
  async #unbroken(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (!this.association.isOver) {
        this.#break(error);
      }
      throw error;
    }
  }

  #break(error: unknown): void {
    this.#fault ??= asRouterError(error);
    this.#options.broke?.(this.#fault);
    this.association.abort();
  }

  #isWanted(): boolean {
    const isWanted = this.#attending.size > 0 || this.#operations.size > 0 || this.#serving.isBusy;
    return isWanted && this.#end === undefined;
  }

  #interruptIfUnwanted(): void {
    if (this.#between && !this.#isWanted()) {
      this.association.interrupt();
    }
  }

  /** Resolves when the reader rests. */
  async #read(): Promise<void> {
    if (!this.#isReading) {
      this.#isReading = true;
      this.#reading = this.#readWhileWanted();
    }
    await this.#reading;
  }

  async #readWhileWanted(): Promise<void> {
    try {
      while (this.#isWanted()) {
        await this.#readOne();
        if (this.#isWanted()) {
          await turnOfOthers();
        }
      }
    } catch (error) {
      await this.#ended(this.#fault ?? asRouterError(error));
    } finally {
      this.#isReading = false;
    }
  }

  async #readOne(): Promise<void> {
    const first = await this.#firstFragment();
    if (first === 'interrupted') {
      return;
    }
    if (first === undefined) {
      await this.#ended(undefined);
      await this.association.release();
      return;
    }
    const message = await readMessage(this.association, this.#options.limits, first, () => this.#resume?.());
    await this.#take(message);
    this.#operations.checkOverdue(this.#options.limits.responseMs);
  }

  async #firstFragment(): Promise<Fragment | undefined | 'interrupted'> {
    if (this.#options.stop.aborted && !this.#serving.isBusy) {
      this.association.abort();
      throw new RouterError('closed', 'the product is stopping');
    }
    this.#between = true;
    try {
      return await this.association.read(this.#patience());
    } catch (error) {
      if (error instanceof RouterError && error.code === 'interrupted') {
        return 'interrupted';
      }
      throw error;
    } finally {
      this.#between = false;
    }
  }

  /** How long nothing may be heard: an answer has its time, work of ours takes what it takes. */
  #patience(): number {
    const { responseMs, idleMs } = this.#options.limits;
    if (this.#operations.areOwed) {
      return responseMs;
    }
    return this.#operations.size > 0 || this.#serving.isBusy ? Number.POSITIVE_INFINITY : idleMs;
  }

  #rearm(): void {
    if (this.#between) {
      this.association.patience(this.#patience());
    }
  }

  async #take(message: Message): Promise<void> {
    const { command, dataSet } = message;
    if (isResponse(command.CommandField)) {
      await this.#deliver(message);
    } else if (command.CommandField === COMMAND.cCancelRq) {
      await drain(dataSet);
      this.#serving.cancel(command.MessageIDBeingRespondedTo);
    } else {
      await this.#request(message);
    }
  }

  /** A response to an operation of ours. */
  async #deliver(message: Message): Promise<void> {
    const { command, dataSet } = message;
    const { Status = 0, ErrorComment } = command;
    const operation = this.#operations.answeredBy(message);
    const bytes = dataSet === undefined ? undefined : await readWhole(dataSet, this.#options.limits.responseDataSetBytes);
    if (!operation.abandoned) {
      operation.heardAt = performance.now();
    }
    if (!isPending(Status)) {
      this.#operations.close(operation);
      this.#options.performed?.(operation.commandField, Status);
    }
    await operation.push({
      status: Status,
      command,
      ...(ErrorComment === undefined ? {} : { comment: ErrorComment }),
      ...(bytes === undefined ? {} : { dataSet: bytes }),
    });
  }

  /** A request: served once the one before it is. */
  async #request(message: Message): Promise<void> {
    if (message.command.MessageID === undefined) {
      throw new RouterError('protocol', 'the peer sent a request without a Message ID');
    }
    await this.#until(() => !this.#serving.isBusy || this.#operations.size > 0);
    if (this.#serving.isBusy) {
      // Responses to what we ask may stand behind it: it cannot wait.
      await drain(message.dataSet);
      const comment = 'another operation is under way on this association';
      await this.#serving.respond(message, { status: 'resourceLimitation', comment });
      return;
    }
    const exchange = this.#serving.start(message);
    await this.#until(() => exchange.done || exchange.mayBeInterrupted || (exchange.dataSetRead && this.#operations.size > 0));
    // NOTE: the reader learns here that the association was ended while it stood still.
    if (this.#fault !== undefined) {
      throw this.#fault;
    }
  }

  /** Resolves when `condition` holds: asked at once, and whenever something has changed here. */
  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = () => {
        if (condition()) {
          this.#resume = undefined;
          resolve();
        }
      };
      this.#resume();
    });
  }

  /** An operation of theirs is over. */
  #served(): void {
    this.#resume?.();
    this.#rearm();
    this.#endBetween();
    this.#interruptIfUnwanted();
  }

  /** Where the product stops, an association on which nothing is under way ends at once. */
  #endBetween(): void {
    if (this.#between && this.#options.stop.aborted && !this.#serving.isBusy) {
      this.#break(new RouterError('closed', 'the product is stopping'));
    }
  }

  /** Nothing comes any more; `error` unless the peer has asked for release. Resolves when nothing works on it either. */
  async #ended(error: RouterError | undefined): Promise<void> {
    this.#end = { error };
    this.#ending.abort();
    if (error !== undefined) {
      this.#options.broke?.(error);
      this.association.abort();
    }
    this.#operations.fail(error ?? new RouterError('protocol', 'the peer asked for release before it answered'));
    this.#serving.cancelAll();
    this.#resume?.();
    await this.#serving.settled();
  }
}

function asRouterError(error: unknown): RouterError {
  return error instanceof RouterError ? error : new RouterError('closed', messageOf(error), { cause: error });
}
