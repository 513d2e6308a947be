import { rankOf } from '../../records/deliveries.ts';
import type { DeliveryClass } from '../../routing/decision.ts';
import type { LineSetting } from '../../routing/destination.ts';
import type { Clock } from '../clock.ts';
import { bytesPerSecondAt } from './line-hours.ts';

/** Most that is written at a time on a line that has a bound: what is more urgent waits for so much at most. */
export const PACED_WRITE_BYTES = 16_384;
/** What a full bucket lets through at once, in seconds of the line. */
const BURST_SECONDS = 0.05;
/** Whoever is held back writes once in so long all the same, or its receiver would take it for dead. */
const TRICKLE_MS = 5000;
/** 100 Mbit/s: a faster line is not waited for. */
const SLOW_BYTES_PER_SECOND = 12_500_000;
/** The rate is measured over so long. */
const MEASURED_MS = 5000;
/** So much tells the rate of a line in less time, too. */
const MEASURED_BYTES = 67_108_864;

export interface LineGovernorOptions {
  readonly line: LineSetting | undefined;
  readonly clock: Clock;
}

interface Waiter {
  readonly rank: number;
  readonly bytes: number;
  readonly since: number;
  readonly go: () => void;
}

/** What sends one class: it asks before each write. */
export interface LineShare extends Disposable {
  /** Most that may be asked for at a time; undefined where writes need not be small. */
  readonly writeBytes: number | undefined;
  /** Whether compressing what is written makes it quicker. */
  readonly isSlow: boolean;
  /** Undefined when it may be written at once; else resolves when it may, and at the latest when `signal` is aborted. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined;
}

/**
 * Shares the line to one destination among what is being sent there: no more than the hour allows, and what is more urgent first. While
 * a class is being sent, those below it stand still but for one write in five seconds.
 */
export class LineGovernor {
  readonly #options: LineGovernorOptions;
  /** How many of each class are being sent. */
  readonly #active: number[] = [0, 0, 0, 0];
  #waiters: Waiter[] = [];
  /** Bytes that may be written now. */
  #tokens = 0;
  #filledAt: number;
  #alarm: AbortController | undefined;
  #measuredSince: number | undefined;
  #measuredBytes = 0;
  #bytesPerSecond: number | undefined;

  constructor(options: LineGovernorOptions) {
    this.#options = options;
    this.#filledAt = options.clock.now();
  }

  /** Bytes a second that went out lately, while anything did. */
  get measured(): number | undefined {
    return this.#bytesPerSecond;
  }

  /** Whether it is known that nothing need be spared. */
  get isFast(): boolean {
    return this.#options.line === undefined && (this.#bytesPerSecond ?? 0) >= SLOW_BYTES_PER_SECOND;
  }

  /** Begins to send a class; it ends by disposing. */
  open(priority: DeliveryClass): LineShare {
    const rank = rankOf(priority);
    this.#active[rank] = (this.#active[rank] ?? 0) + 1;
    this.#measuredSince ??= this.#options.clock.now();
    let ended = false;
    return {
      writeBytes: this.#options.line === undefined ? undefined : PACED_WRITE_BYTES,
      isSlow: this.#options.line !== undefined || (this.#bytesPerSecond ?? Number.POSITIVE_INFINITY) < SLOW_BYTES_PER_SECOND,
      take: (bytes, signal) => this.#take(rank, bytes, signal),
      [Symbol.dispose]: () => {
        if (!ended) {
          ended = true;
          this.#active[rank] = (this.#active[rank] ?? 1) - 1;
          this.#rest();
          this.#pump();
        }
      },
    };
  }

  #take(rank: number, bytes: number, signal: AbortSignal): Promise<void> | undefined {
    this.#measure(bytes);
    if (signal.aborted || (this.#waiters.length === 0 && !this.#isHeld(rank) && this.#spend(bytes))) {
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      rank,
      bytes,
      since: this.#options.clock.now(),
      go: () => {
        signal.removeEventListener('abort', gone);
        resolve();
      },
    };
    const gone = () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      resolve();
    };
    signal.addEventListener('abort', gone, { once: true });
    this.#waiters.push(waiter);
    this.#pump();
    return promise;
  }

  /** Lets go on who may, and wakes itself when the next may. */
  #pump(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    for (;;) {
      const next = this.#next();
      if (next === undefined || !this.#spend(next.bytes)) {
        break;
      }
      this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
      next.go();
    }
    if (this.#waiters.length > 0) {
      void this.#wakeIn(this.#nextInMs());
    }
  }

  async #wakeIn(ms: number): Promise<void> {
    const alarm = new AbortController();
    this.#alarm = alarm;
    await this.#options.clock.sleep(Math.max(1, Math.ceil(ms)), alarm.signal);
    if (!alarm.signal.aborted) {
      this.#pump();
    }
  }

  /** Who goes next: who was held back long enough, else who came first of those that nothing more urgent holds back. */
  #next(): Waiter | undefined {
    const now = this.#options.clock.now();
    return (
      this.#waiters.find(({ rank, since }) => this.#isHeld(rank) && now - since >= TRICKLE_MS) ??
      this.#waiters.find(({ rank }) => !this.#isHeld(rank))
    );
  }

  #nextInMs(): number {
    const now = this.#options.clock.now();
    const next = this.#next();
    if (next !== undefined) {
      const rate = bytesPerSecondAt(this.#options.line, now) ?? Number.POSITIVE_INFINITY;
      return (-this.#tokens / rate) * 1000;
    }
    const oldest = Math.min(...this.#waiters.map(({ since }) => since));
    return oldest + TRICKLE_MS - now;
  }

  /** Whether something more urgent is being sent. */
  #isHeld(rank: number): boolean {
    return this.#active.some((count, other) => count > 0 && other < rank);
  }

  /** False while something is owed: what is written goes out of a bucket that holds anything, and the rest is owed. */
  #spend(bytes: number): boolean {
    const { line, clock } = this.#options;
    const now = clock.now();
    const rate = bytesPerSecondAt(line, now);
    if (rate === undefined) {
      this.#filledAt = now;
      return true;
    }
    // A clock that was set back gives nothing, and takes nothing.
    this.#tokens = Math.min(rate * BURST_SECONDS, this.#tokens + (Math.max(0, now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
    if (this.#tokens < 0) {
      return false;
    }
    this.#tokens -= bytes;
    return true;
  }

  #measure(bytes: number): void {
    const now = this.#options.clock.now();
    this.#measuredBytes += bytes;
    if (this.#measuredSince !== undefined && now - this.#measuredSince >= MEASURED_MS) {
      this.#conclude(now - this.#measuredSince);
      this.#measuredSince = now;
    }
  }

  /** Nothing is being sent any more: the time until something is does not count. */
  #rest(): void {
    if (this.#active.some((count) => count > 0) || this.#measuredSince === undefined) {
      return;
    }
    const ms = this.#options.clock.now() - this.#measuredSince;
    if (ms >= MEASURED_MS / 5 || (ms > 0 && this.#measuredBytes >= MEASURED_BYTES)) {
      this.#conclude(ms);
    }
    this.#measuredBytes = 0;
    this.#measuredSince = undefined;
  }

  #conclude(ms: number): void {
    const seen = (this.#measuredBytes / ms) * 1000;
    this.#bytesPerSecond = this.#bytesPerSecond === undefined ? seen : 0.5 * this.#bytesPerSecond + 0.5 * seen;
    this.#measuredBytes = 0;
  }
}
