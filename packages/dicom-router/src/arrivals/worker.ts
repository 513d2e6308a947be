import type { Log } from '@filmless/access';
import type { Clock } from '../destinations/clock.ts';
import { messageOf } from '../errors.ts';

export interface WorkerOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Does what is due, and gives how long nothing will be; 0 for "there is more". */
  readonly round: (signal: AbortSignal) => Promise<number>;
  /** After a round that failed. */
  readonly afterFailureMs: number;
}

const LONGEST_SLEEP_MS = 60_000;

/** Does one kind of work for as long as it is there, a round after the other. */
export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #sleep = new AbortController();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Something new may be due. */
  wake(): void {
    this.#sleep.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { name, clock, log, round, afterFailureMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      // NOTE: renewed before the round, so that a wake in between is not lost.
      this.#sleep = new AbortController();
      let idleMs = afterFailureMs;
      try {
        idleMs = await round(this.#stop.signal);
      } catch (error) {
        if (!this.#stop.signal.aborted) {
          log.error({ work: name, problem: messageOf(error) }, 'routing.failed');
        }
      }
      if (idleMs > 0 && !this.#stop.signal.aborted) {
        await clock.sleep(Math.min(idleMs, LONGEST_SLEEP_MS), this.#sleep.signal);
      }
    }
  }
}
