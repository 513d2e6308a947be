/** Tokens of one address. */
interface Bucket {
  tokens: number;
  at: number;
}

const BURST_SECONDS = 10;

/** New connections per address: a token bucket each, remembered for a bounded number of addresses. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #addresses: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, addresses: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#addresses = addresses;
    this.#now = now;
  }

  /** False when the address has used up its share. */
  admit(address: string): boolean {
    const now = this.#now();
    const burst = this.#perSecond * BURST_SECONDS;
    const known = this.#buckets.get(address) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * this.#perSecond);
    this.#buckets.delete(address);
    this.#forgetOldest();
    this.#buckets.set(address, { tokens: Math.max(0, tokens - 1), at: now });
    return tokens >= 1;
  }

  #forgetOldest(): void {
    if (this.#buckets.size >= this.#addresses) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) {
        this.#buckets.delete(oldest);
      }
    }
  }
}
