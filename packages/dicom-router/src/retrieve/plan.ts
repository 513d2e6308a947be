import type { StoredPair } from '../destinations/proposals.ts';
import type { RouterLimits } from '../limits.ts';
import { type AskArchive, searchArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { instanceOf } from './selection.ts';

/** What a retrieval comes to, before its first sub-operation. */
export interface RetrievalPlan {
  /** Instances that match. */
  readonly total: number;
  /** Every pair of SOP class and stored transfer syntax among them. */
  readonly pairs: readonly StoredPair[];
  /** Where they begin. */
  readonly first: DeliveredInstance | undefined;
  /** In the archive's order: studies, series and instances by number. May be asked for once. */
  instances(): AsyncIterable<DeliveredInstance>;
}

/** What bounds a plan. */
export type PlanLimits = Pick<RouterLimits, 'heldInstances' | 'searchPageBytes'>;

/**
 * Counts what the listings name, for the numbers of sub-operations and the contexts to propose are needed first.
 * @throws RouterError as `searchArchive`
 */
export async function planRetrieval(
  archive: AskArchive,
  urls: readonly string[],
  limits: PlanLimits,
  signal: AbortSignal,
): Promise<RetrievalPlan> {
  const pairs = new Map<string, StoredPair>();
  const held: DeliveredInstance[] = [];
  let total = 0;
  let first: DeliveredInstance | undefined;
  for await (const instance of list(archive, urls, limits, signal)) {
    const { sopClassUid, transferSyntaxUid } = instance;
    pairs.set(`${sopClassUid} ${transferSyntaxUid}`, { sopClassUid, transferSyntaxUid });
    total += 1;
    first ??= instance;
    if (total <= limits.heldInstances) {
      held.push(instance);
    }
  }
  if (total > limits.heldInstances) {
    held.length = 0;
  }
  return {
    total,
    pairs: [...pairs.values()],
    first,
    instances: () => (total > limits.heldInstances ? list(archive, urls, limits, signal) : each(held)),
  };
}

async function* list(
  archive: AskArchive,
  urls: readonly string[],
  limits: PlanLimits,
  signal: AbortSignal,
): AsyncGenerator<DeliveredInstance, void, void> {
  for (const url of urls) {
    for await (const result of searchArchive(archive, url, limits, signal)) {
      const instance = instanceOf(result);
      if (instance !== undefined) {
        yield instance;
      }
    }
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item, void, void> {
  yield* items;
}
