import type { AppEnv } from '@filmless/access';
import type { MiddlewareHandler } from 'hono';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Seconds: from a cached answer to the first byte of a large retrieval. */
export const DURATION_BUCKETS: readonly number[] = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

export interface Counted {
  readonly method: string;
  readonly status: number;
  readonly count: number;
}

/** Counts answers; a bounded number of series, since the method and the status are the only labels. */
export class HttpCounts {
  readonly #answers = new Map<string, number>();
  readonly #buckets: number[] = DURATION_BUCKETS.map(() => 0);
  #seconds = 0;
  #total = 0;

  /** Answers by method and status. */
  get answers(): readonly Counted[] {
    return [...this.#answers].map(([key, count]) => {
      const [method = '', status = ''] = key.split(' ');
      return { method, status: Number(status), count };
    });
  }

  /** Time to the answer's head: sum and count in seconds, and how many took at most each of `DURATION_BUCKETS`. */
  get durations(): { readonly sum: number; readonly count: number; readonly buckets: readonly number[] } {
    return { sum: this.#seconds, count: this.#total, buckets: [...this.#buckets] };
  }

  middleware(): MiddlewareHandler<AppEnv> {
    return async (c, next) => {
      const start = performance.now();
      await next();
      this.add(c.req.method, c.res.status, (performance.now() - start) / 1000);
    };
  }

  add(method: string, status: number, seconds: number): void {
    const key = `${METHODS.has(method) ? method : 'OTHER'} ${status}`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    this.#seconds += seconds;
    this.#total += 1;
    for (const [index, limit] of DURATION_BUCKETS.entries()) {
      if (seconds <= limit) {
        this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
      }
    }
  }
}
