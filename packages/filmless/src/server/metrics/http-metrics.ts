import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Seconds: from a cached answer to the first byte of a large retrieval. */
const BUCKETS: readonly number[] = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** One answered request. */
export interface Answered {
  readonly method: string;
  /** The pattern of the route, never the address: the number of series is that of the routes, and no address names a patient. */
  readonly route: string;
  readonly status: number;
  /** To the head of the answer. */
  readonly seconds: number;
}

/** Figures of the HTTP server. */
export class HttpMetrics {
  readonly #answers: Counter<'method' | 'status'>;
  readonly #seconds: Histogram<'route' | 'method' | 'status'>;
  readonly #running: Gauge;

  /** How often which route was asked tells what all facilities do: those figures are for those who reach all. */
  constructor(process: Registry, installation: Registry) {
    const registers = [process];
    this.#answers = new Counter({
      name: 'filmless_http_requests_total',
      help: 'Answers by method and status.',
      labelNames: ['method', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'filmless_http_request_seconds',
      help: 'Time to the head of the answer, by route, method and class of status.',
      labelNames: ['route', 'method', 'status'],
      buckets: [...BUCKETS],
      registers: [installation],
    });
    this.#running = new Gauge({ name: 'filmless_http_requests_running', help: 'Requests without an answer yet.', registers });
  }

  begin(): void {
    this.#running.inc();
  }

  end({ method, route, status, seconds }: Answered): void {
    this.#running.dec();
    const known = METHODS.has(method) ? method : 'OTHER';
    this.#answers.inc({ method: known, status: String(status) });
    this.#seconds.observe({ route, method: known, status: `${Math.trunc(status / 100)}xx` }, Math.max(0, seconds));
  }
}
