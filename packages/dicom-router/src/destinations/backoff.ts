/** Delay before the next try: doubled after each, with a limit, so that a peer that is away for a weekend is still found. */
export function retryDelayMs(attempts: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempts - 1, 30));
}
