import type { Meter, Stage } from '@filmless/access';
import { Histogram, type Registry } from 'prom-client';

const STAGES: readonly Stage[] = ['receive', 'inspect', 'object', 'index', 'answer', 'render', 'delivery'];

/** Seconds: from a commit on a fast disk to a delivery over a slow line. */
const BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** A histogram of every stage. All are there from the start, so that a rule of Prometheus finds a stage that nothing passed yet. */
export function stageMeter(registry: Registry): Meter {
  const histogram = new Histogram({
    name: 'filmless_stage_seconds',
    help: 'Where the time of an instance or a request goes.',
    labelNames: ['stage'],
    buckets: [...BUCKETS],
    registers: [registry],
  });
  const stages = new Map(
    STAGES.map((stage) => {
      histogram.zero({ stage });
      return [stage, histogram.labels(stage)] as const;
    }),
  );
  return {
    observe: (stage, seconds) => {
      // A clock that went wrong must not make a number of what is none: the library would throw.
      if (seconds >= 0 && Number.isFinite(seconds)) {
        stages.get(stage)?.observe(seconds);
      }
    },
  };
}
