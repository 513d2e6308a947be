import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;
const GC_BUCKETS: readonly number[] = [0.001, 0.01, 0.1, 1];

const GC_KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** Looks at the process itself until it is disposed. */
export class ProcessMetrics implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #collections: PerformanceObserver;

  constructor(registry: Registry, version: string) {
    this.#delay.enable();
    addProcess(registry, version);
    this.#addLoop(registry);
    this.#collections = watchCollections(registry);
  }

  #addLoop(registry: Registry): void {
    const delay = this.#delay;
    let longest = 0;
    // NOTE: gauges are asked in the order they were registered; each reads for itself.
    gauge(registry, 'nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop that one in a hundred exceeds.', () => {
      const p99 = delay.percentile(99);
      longest = delay.max;
      delay.reset();
      return finite(p99 / NANOSECONDS);
    });
    gauge(registry, 'nodejs_eventloop_lag_max_seconds', 'Longest delay of the event loop since the last scrape.', () =>
      finite(longest / NANOSECONDS),
    );
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
    this.#collections.disconnect();
  }
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Before the first sample the histogram of the delay says NaN. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function addProcess(registry: Registry, version: string): void {
  const registers = [registry];
  new Gauge({ name: 'filmless_info', help: 'The version that runs.', labelNames: ['version'], registers }).set({ version }, 1);
  const startedAt = Math.trunc(performance.timeOrigin / 1000);
  gauge(registry, 'process_start_time_seconds', 'Start of the process, in seconds since 1970.', () => startedAt);
  gauge(registry, 'process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss());
  gauge(registry, 'nodejs_heap_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge(
    registry,
    'nodejs_external_memory_bytes',
    'Buffers and what else lies outside the heap.',
    () => process.memoryUsage().external,
  );
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / MICROSECONDS);
    },
  });
}

function watchCollections(registry: Registry): PerformanceObserver {
  const histogram = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collections of the main thread.',
    labelNames: ['kind'],
    buckets: [...GC_BUCKETS],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      histogram.observe({ kind: kindOf(entry) }, entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return observer;
}

function kindOf(entry: object): string {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined;
  const kind: unknown = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return (typeof kind === 'number' ? GC_KINDS.get(kind) : undefined) ?? 'other';
}
