import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessFigures } from './metrics.ts';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/** Looks at the process itself. */
export class ProcessWatch implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
    this.#delay.enable();
  }

  figures(openConnections: number, problems: number): ProcessFigures {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const loopDelay = this.#delay.max / NANOSECONDS;
    this.#delay.reset();
    return {
      version: this.#version,
      startedAt: (performance.timeOrigin / 1000) | 0,
      cpuSeconds: (user + system) / MICROSECONDS,
      residentBytes: rss,
      heapBytes: heapUsed,
      loopDelay,
      openConnections,
      problems,
    };
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
