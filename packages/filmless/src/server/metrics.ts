import type { Subject } from '@filmless/access';
import { DURATION_BUCKETS, type HttpCounts } from './http-counts.ts';

/** A moment's figures of the process. */
export interface ProcessFigures {
  readonly version: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Longest delay of the event loop since the last look, in seconds. */
  readonly loopDelay: number;
  readonly openConnections: number;
  readonly problems: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly (readonly [suffixAndLabels: string, value: number])[];
}

const single = (name: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({
  name,
  type,
  help,
  samples: [['', value]],
});

/** How much was received tells of every facility: none for those who do not reach all. */
export function storesSeenBy(
  { facilities }: Pick<Subject, 'facilities'>,
  stores: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return facilities === 'all' ? stores : new Map();
}

/** The text Prometheus reads. Exposition format 0.0.4. */
export function metricsText(figures: ProcessFigures, counts: HttpCounts, stores: ReadonlyMap<string, number>): string {
  const { buckets, sum, count } = counts.durations;
  const metrics: readonly Metric[] = [
    {
      name: 'filmless_info',
      type: 'gauge',
      help: 'The version that runs.',
      samples: [[`{version="${figures.version}"}`, 1]],
    },
    single('process_start_time_seconds', 'gauge', 'Start of the process.', figures.startedAt),
    single('process_cpu_seconds_total', 'counter', 'Processor time used.', figures.cpuSeconds),
    single('process_resident_memory_bytes', 'gauge', 'Memory in use.', figures.residentBytes),
    single('nodejs_heap_used_bytes', 'gauge', 'Heap in use.', figures.heapBytes),
    single('nodejs_eventloop_lag_max_seconds', 'gauge', 'Longest delay since the last scrape.', figures.loopDelay),
    single('filmless_http_connections', 'gauge', 'Open HTTP connections.', figures.openConnections),
    single('filmless_problems', 'gauge', 'Problems that /readyz names.', figures.problems),
    {
      name: 'filmless_http_requests_total',
      type: 'counter',
      help: 'Answers by method and status.',
      samples: counts.answers.map(({ method, status, count: n }) => [`{method="${method}",status="${status}"}`, n]),
    },
    {
      name: 'filmless_http_request_duration_seconds',
      type: 'histogram',
      help: 'Time to the head of the answer.',
      samples: [
        ...DURATION_BUCKETS.map((limit, index) => [`_bucket{le="${limit}"}`, buckets[index] ?? 0] as const),
        ['_bucket{le="+Inf"}', count],
        ['_sum', sum],
        ['_count', count],
      ],
    },
    {
      name: 'filmless_stores_total',
      type: 'counter',
      help: 'Instances received by C-STORE, by outcome.',
      samples: [...stores].map(([outcome, n]) => [`{outcome="${outcome}"}`, n]),
    },
  ];
  return `${metrics.map(lines).join('\n')}\n`;
}

function lines({ name, type, help, samples }: Metric): string {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([suffix, value]) => `${name}${suffix} ${value}`),
  ].join('\n');
}
