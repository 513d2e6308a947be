import { retryDelayMs, withJitter } from './backoff.ts';

export interface CircuitOptions {
  /** Failures in a row from which on one delivery alone tries whether the destination is back. */
  readonly failures: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly random: () => number;
}

/** Whether a destination is tried now, and with how much. */
export type CircuitState =
  /** All that is due is sent. */
  | 'closed'
  /** Nothing is sent until `until`. */
  | 'open'
  /** One delivery is sent: when it arrives, the others follow. */
  | 'half-open';

/** Keeps off a destination that fails: waits longer after each failure, and then tries with little. */
export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  /** What went wrong last, while it does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When it is tried again; milliseconds since 1970. */
  get until(): number {
    return this.#until;
  }

  state(now: number): CircuitState {
    if (now < this.#until) {
      return 'open';
    }
    return this.#failures >= this.#options.failures ? 'half-open' : 'closed';
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
    this.#problem = undefined;
  }

  /** `waitMs`: what the destination asked for, or how long it is no use to try; no longer than the longest delay. */
  failed(now: number, problem: string, waitMs = 0): void {
    const { delayMs, maxDelayMs, random } = this.#options;
    this.#failures += 1;
    this.#problem = problem;
    const delay = withJitter(retryDelayMs(this.#failures, delayMs, maxDelayMs), random);
    this.#until = now + Math.max(delay, Math.min(waitMs, maxDelayMs));
  }

  /** A person says: now. */
  hurry(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
