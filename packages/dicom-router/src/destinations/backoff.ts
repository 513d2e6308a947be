/** Delay before the next try: doubled after each, with a limit, so that a peer that is away for a weekend is still found. */
export function retryDelayMs(attempts: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempts - 1, 30));
}

/** Up to a fifth less or more: those who failed together must not come back together. `random` is from 0 to 1. */
export function withJitter(delayMs: number, random: () => number): number {
  return Math.round(delayMs * (0.8 + 0.4 * random()));
}
