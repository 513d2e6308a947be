import type { ReadLine } from './reading.ts';
import type { ServerName } from './servers.ts';
import type { Stored, StoreLine } from './storing.ts';

/** One server's run through all lines. */
export interface Run {
  readonly stored: ReadonlyMap<StoreLine['key'], Stored>;
  /** Times in ms. */
  readonly read: ReadonlyMap<ReadLine['key'], readonly number[]>;
  readonly peakBytes: number;
  /** Some seconds after the last request. */
  readonly afterBytes: number;
}

export interface Pair {
  readonly runs: Readonly<Record<ServerName, Run>>;
  /** Files of a CT image's size, and of a small one's, written and synced, per second. */
  readonly floor: ReadonlyMap<StoreLine['key'], number>;
  /** The sender against a receiver that throws everything away, instances a second. */
  readonly ceiling: ReadonlyMap<StoreLine['key'], number>;
  /** Share of the processors' time (0 to 1) that went to processes that are not the benchmark's. */
  readonly othersShare: number;
}
