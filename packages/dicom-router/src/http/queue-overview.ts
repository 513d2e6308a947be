import { bytesPerSecondAt, foretold } from '../destinations/line/line-hours.ts';
import { classAt } from '../records/deliveries.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES, type DeliveryClass } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import type { RouterContext } from './router-context.ts';

/** An instance whose length is not known counts as a slice of a CT. */
const ASSUMED_BYTES = 525_000;
/** Different problems shown of what was set aside. */
const MOST_PROBLEMS = 10;

/** What waits of one class. */
interface ClassOverview {
  readonly class: DeliveryClass;
  readonly waiting: number;
  readonly bytes: number;
  /** When the last of it will have arrived, as far as that can be foretold. */
  readonly arrives: string | null;
}

export interface QueueOverview {
  readonly destination: string;
  readonly queued: number;
  readonly sending: number;
  readonly done: number;
  readonly aside: number;
  readonly paused: boolean;
  readonly problem: string | null;
  readonly nextTry: string | null;
  readonly bytesWaiting: number;
  readonly bytesPerSecond: number | null;
  readonly classes: readonly ClassOverview[];
  readonly problems: readonly { readonly problem: string; readonly deliveries: number }[];
}

interface Counted {
  readonly destination: string;
  readonly state: 'queued' | 'sending' | 'done' | 'aside';
  readonly class: number;
  readonly count: number;
  readonly bytes: number | null;
  readonly known: number;
}

/** How all queues stand, at one moment. */
export async function queueOverviews(context: RouterContext, now: number): Promise<readonly QueueOverview[]> {
  const [counts, asides] = await Promise.all([counted(context), problems(context)]);
  return context.destinations.list().map((destination) =>
    overview(
      context,
      destination,
      counts.filter((row) => row.destination === destination.id),
      asides.filter((row) => row.destination === destination.id),
      now,
    ),
  );
}

function counted({ database }: RouterContext): Promise<readonly Counted[]> {
  return database.read(
    db
      .selectFrom('delivery')
      .select((column) => [
        'destination',
        'state',
        'class',
        column.fn.countAll<number>().as('count'),
        column.fn.sum<number | null>('bytes').as('bytes'),
        column.fn.count<number>('bytes').as('known'),
      ])
      .groupBy(['destination', 'state', 'class']),
  );
}

interface Aside {
  readonly destination: string;
  readonly problem: string | null;
  readonly count: number;
}

function problems({ database }: RouterContext): Promise<readonly Aside[]> {
  return database.read(
    db
      .selectFrom('delivery')
      .select((column) => ['destination', 'problem', column.fn.countAll<number>().as('count')])
      .where('state', '=', 'aside')
      .groupBy(['destination', 'problem'])
      .orderBy('count', 'desc')
      .limit(1000),
  );
}

function overview(
  { deliveries }: RouterContext,
  destination: Destination,
  counts: readonly Counted[],
  asides: readonly Aside[],
  now: number,
): QueueOverview {
  const status = deliveries.status(destination.id);
  const states = { queued: 0, sending: 0, done: 0, aside: 0 };
  const waiting = new Map<DeliveryClass, { instances: number; bytes: number }>();
  for (const { state, class: rank, count, bytes, known } of counts) {
    states[state] += count;
    if (state === 'queued' || state === 'sending') {
      const sum = waiting.get(classAt(rank)) ?? { instances: 0, bytes: 0 };
      sum.instances += count;
      sum.bytes += (bytes ?? 0) + (count - known) * ASSUMED_BYTES;
      waiting.set(classAt(rank), sum);
    }
  }
  let ahead = 0;
  const classes = DELIVERY_CLASSES.map((priority): ClassOverview => {
    const { instances, bytes } = waiting.get(priority) ?? { instances: 0, bytes: 0 };
    ahead += bytes;
    // Nobody knows how long a destination will be away.
    const at =
      status === undefined || status.problem !== undefined || instances === 0
        ? undefined
        : foretold(destination.line, status.bytesPerSecond, ahead, now);
    return { class: priority, waiting: instances, bytes, arrives: at === undefined ? null : new Date(at).toISOString() };
  });
  return {
    destination: destination.id,
    ...states,
    paused: !destination.enabled,
    problem: status?.problem ?? null,
    nextTry: status?.nextTry === undefined ? null : new Date(Math.max(now, status.nextTry)).toISOString(),
    bytesWaiting: ahead,
    bytesPerSecond: rounded(bytesPerSecondAt(destination.line, now) ?? status?.bytesPerSecond),
    classes,
    problems: asides.slice(0, MOST_PROBLEMS).map(({ problem, count }) => ({ problem: problem ?? '', deliveries: count })),
  };
}

function rounded(rate: number | undefined): number | null {
  return rate === undefined ? null : Math.round(rate);
}
