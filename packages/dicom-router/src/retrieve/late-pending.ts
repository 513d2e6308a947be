import type { Answer, ServiceRequest } from '../dimse/provider.ts';

/**
 * The pending responses of a C-GET, each held back until the peer begins to answer the next sub-operation: it goes out together
 * with the acknowledgement that a peer which writes in two steps waits for, and saves it 40 ms an instance. See
 * `Association.whenBegun`.
 */
export class LatePending {
  readonly #request: ServiceRequest;
  #held: Answer | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(request: ServiceRequest) {
    this.#request = request;
    request.dialogue.association.whenBegun(() => {
      // Who sends the next one hears what became of it.
      this.#send().catch(() => undefined);
    });
  }

  /** Holds a response; the one before it is sent by then. @throws RouterError when the association is over */
  async next(answer: Answer): Promise<void> {
    await this.#send();
    this.#held = answer;
  }

  /** @throws RouterError when the association is over */
  async end(): Promise<void> {
    await this.#send();
  }

  /** Holds nothing any more. */
  stop(): void {
    this.#held = undefined;
    this.#request.dialogue.association.whenBegun(undefined);
  }

  #send(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) {
      this.#sending = this.#sending.then(() => this.#request.pending(held));
    }
    return this.#sending;
  }
}
