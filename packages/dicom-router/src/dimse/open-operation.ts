import type { RouterError } from '../errors.ts';
import type { AcceptedContext } from '../ul/association.ts';
import type { DimseResponse } from './dialogue.ts';
import { isPending } from './status.ts';

/** An operation of ours that the peer has not answered for the last time. */
export class OpenOperation {
  readonly messageId: number;
  readonly commandField: number;
  readonly context: AcceptedContext;
  /** When the peer was heard of it last, by `performance.now`; undefined while the request is being written. */
  heardAt: number | undefined;
  readonly #held: number;
  readonly #responses: DimseResponse[] = [];
  #failure: RouterError | undefined;
  #abandoned = false;
  #final = false;
  #wake: (() => void) | undefined;
  #room: (() => void) | undefined;

  constructor(messageId: number, commandField: number, context: AcceptedContext, heldResponses: number) {
    this.messageId = messageId;
    this.commandField = commandField;
    this.context = context;
    this.#held = heldResponses;
  }

  /** Nobody wants its responses any more. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** The last response has come, or none will. */
  get settled(): boolean {
    return this.#final || this.#failure !== undefined;
  }

  /** Why it will not be answered. */
  get failure(): RouterError | undefined {
    return this.#failure;
  }

  /** Takes a response; resolves when there is room for another. */
  async push(response: DimseResponse): Promise<void> {
    this.#final = !isPending(response.status);
    if (this.#final || !this.#abandoned) {
      this.#responses.push(response);
      this.#woken();
    }
    while (!this.#final && !this.#abandoned && this.#responses.length >= this.#held) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
  }

  /** @throws RouterError what ended the association */
  async next(): Promise<DimseResponse> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) {
        this.#room?.();
        return response;
      }
      if (this.#failure !== undefined) {
        throw this.#failure;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** From here on only the last response counts. */
  abandon(): void {
    this.#abandoned = true;
    this.#responses.length = 0;
    this.#room?.();
  }

  fail(error: RouterError): void {
    this.#failure ??= error;
    this.#abandoned = true;
    this.#room?.();
    this.#woken();
  }

  #woken(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
