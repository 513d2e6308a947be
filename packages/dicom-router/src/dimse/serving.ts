import { answerFor, response, serviceFor } from './answering.ts';
import type { Dialogue } from './dialogue.ts';
import { Exchange } from './exchange.ts';
import { drain, type Message } from './message.ts';
import type { MessageWriter } from './message-writer.ts';
import type { Answer, Service } from './provider.ts';

export interface ServingOptions {
  readonly services: readonly Service[];
  readonly limits: { readonly afterwards: number };
  readonly stop: AbortSignal;
  readonly answered: (commandField: number, answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/** What serving tells the dialogue. */
export interface ServingEvents {
  readonly write: MessageWriter['writeAll'];
  /** It cannot go on: the association must end. */
  readonly broke: (error: unknown) => void;
  /** The last response went out, or none will. */
  readonly done: () => void;
}

/** The operations of the peer: one at a time, and what services do after their last response. */
export class Serving {
  readonly #dialogue: Dialogue;
  readonly #options: ServingOptions;
  readonly #events: ServingEvents;
  #current: Exchange | undefined;
  /** Never rejects. */
  #answering: Promise<void> | undefined;
  readonly #afterwards = new Map<Exchange, Promise<void>>();

  constructor(dialogue: Dialogue, options: ServingOptions, events: ServingEvents) {
    this.#dialogue = dialogue;
    this.#options = options;
    this.#events = events;
  }

  /** An operation is under way. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Has a request served; nothing else may be under way. */
  start(message: Message): Exchange {
    const exchange = new Exchange(this.#dialogue, message, (answers) => this.#send(message, answers));
    this.#current = exchange;
    this.#answering = this.#answer(exchange, message);
    return exchange;
  }

  /** A cancel has no response of its own; one for what is over already, or never was, is let pass. PS3.7 9.3.2.3. */
  cancel(messageId: number | undefined): void {
    if (this.#current?.command.MessageID === messageId) {
      this.#current?.cancel();
    }
  }

  cancelAll(): void {
    this.#current?.cancel();
    for (const exchange of this.#afterwards.keys()) {
      exchange.cancel();
    }
  }

  /** Sends the last response, and what is to go out before it. */
  respond(message: Message, answer: Answer): Promise<void> {
    return this.#send(message, [...(answer.before ?? []), answer]);
  }

  #send({ command, context }: Message, answers: readonly Answer[]): Promise<void> {
    const messages = answers.map((answer) => ({ command: response(command, context, answer), dataSet: answer.dataSet }));
    return this.#events.write(context, messages);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#answering;
    await Promise.all(this.#afterwards.values());
  }

  async #answer(exchange: Exchange, message: Message): Promise<void> {
    const { services, stop, answered } = this.#options;
    try {
      const service = serviceFor(exchange, services);
      const answer = await answerFor(exchange, service, stop);
      await drain(exchange.dataSet);
      answered(exchange.command.CommandField, answer);
      await this.respond(message, answer);
      if (service !== undefined) {
        this.#goOn(service, exchange, answer);
      }
    } catch (error) {
      this.#events.broke(error);
    }
    exchange.done = true;
    this.#current = undefined;
    this.#events.done();
  }

  /** What a service does after its response holds nobody up. */
  #goOn(service: Service, exchange: Exchange, answer: Answer): void {
    const isFull = this.#afterwards.size >= this.#options.limits.afterwards;
    if (service.after === undefined || this.#dialogue.over || isFull) {
      return;
    }
    const task = service
      .after(exchange, answer)
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => this.#afterwards.delete(exchange));
    this.#afterwards.set(exchange, task);
  }
}
