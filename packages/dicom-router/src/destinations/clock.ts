import { setTimeout as delay } from 'node:timers/promises';

/** Time as the delivery loops see it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after a while, or at once when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    // The only reason it can reject is the signal, and then the sleep is over.
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
