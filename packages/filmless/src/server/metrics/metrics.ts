import type { Meter, Subject } from '@filmless/access';
import { Gauge, Registry } from 'prom-client';
import type { Health } from '../health.ts';
import { addDataMetrics, type DataSources } from './data-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { ProcessMetrics } from './process-metrics.ts';
import { stageMeter } from './stage-meter.ts';

export interface MetricsOptions {
  readonly version: string;
  /** Open HTTP connections. */
  readonly connections: () => number;
}

/** What `/metrics` tells: of the process to everybody who is signed in, of what is kept to those who reach all facilities. */
export class Metrics implements Disposable {
  readonly meter: Meter;
  readonly http: HttpMetrics;
  readonly #process = new Registry();
  readonly #installation = new Registry();
  readonly #watch: ProcessMetrics;
  readonly #problems: Gauge;
  readonly #warnings: Gauge;

  constructor({ version, connections }: MetricsOptions) {
    this.#watch = new ProcessMetrics(this.#process, version);
    this.http = new HttpMetrics(this.#process, this.#installation);
    this.meter = stageMeter(this.#installation);
    const registers = [this.#process];
    this.#problems = new Gauge({ name: 'filmless_problems', help: 'Problems that /readyz names.', registers });
    this.#warnings = new Gauge({ name: 'filmless_warnings', help: 'Warnings that /readyz names.', registers });
    new Gauge({
      name: 'filmless_http_connections',
      help: 'Open HTTP connections.',
      registers,
      collect() {
        this.set(connections());
      },
    });
  }

  /** Once all parts are open. */
  watchData(sources: DataSources): void {
    addDataMetrics(this.#installation, sources);
  }

  /** The text Prometheus reads. Exposition format 0.0.4. */
  async text({ facilities }: Pick<Subject, 'facilities'>, { problems, warnings }: Health): Promise<string> {
    this.#problems.set(problems.length);
    this.#warnings.set(warnings.length);
    const own = await this.#process.metrics();
    return facilities === 'all' ? own + (await this.#installation.metrics()) : own;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}
