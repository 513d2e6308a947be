import type { Answer } from '../dimse/provider.ts';

/** Between two responses with counts: as often as anybody can read them. */
const APART_MS = 100;

/**
 * The pending responses of a C-MOVE: the first at once, further ones some time apart, and what was held back before the last response.
 * How often they come is left to the SCP. PS3.4 C.4.2.3.1.
 */
export class CountsNowAndThen {
  readonly #send: () => Promise<void>;
  readonly #now: () => number;
  #next = Number.NEGATIVE_INFINITY;
  #held = false;

  /** `pending` sends what `answer` gives by then. */
  constructor(pending: (answer: Answer) => Promise<void>, answer: () => Answer, now: () => number = () => performance.now()) {
    this.#send = () => pending(answer());
    this.#now = now;
  }

  /** The counts have changed. @throws RouterError when the association is over */
  async changed(): Promise<void> {
    this.#held = true;
    if (this.#now() >= this.#next) {
      await this.end();
    }
  }

  /** @throws RouterError when the association is over */
  async end(): Promise<void> {
    if (this.#held) {
      this.#held = false;
      this.#next = this.#now() + APART_MS;
      await this.#send();
    }
  }
}
