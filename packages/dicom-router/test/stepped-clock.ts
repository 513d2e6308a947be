import type { Clock } from '../src/destinations/clock.ts';

/** A clock that stands still until it is told to step. */
export class SteppedClock implements Clock {
  /** Every sleep that was asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  /** The sleep under way, 0 when there is none. */
  sleeping = 0;
  #now = 1_000_000;
  readonly #sleepers = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    this.sleeping = ms;
    return new Promise((resolve) => {
      const done = () => {
        this.#sleepers.delete(done);
        this.sleeping = 0;
        resolve();
      };
      this.#sleepers.add(done);
      if (signal.aborted) {
        done();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Time passes, and whoever sleeps wakes. */
  step(ms: number): void {
    this.#now += ms;
    for (const wake of [...this.#sleepers]) {
      wake();
    }
  }
}
