import { Turns } from '@filmless/disk';
import { retryDelayMs } from '../destinations/backoff.ts';
import { messageOf } from '../errors.ts';
import { type Arrival, arrivalOf, type KeptArrival, type Looked } from '../records/arrivals.ts';
import { db } from '../records/tables.ts';
import { decide, type Verdict } from '../routing/decide.ts';
import type { Facts } from '../routing/facts.ts';
import { archivedHeader } from './archived.ts';
import type { ArrivalsOptions } from './arrivals.ts';

/** Does what was decided of an arrival; durable once it resolves. */
export type Act = (arrival: Arrival, verdict: Verdict) => Promise<void>;

const BATCH = 100;
/** Headers asked for at a time: their decisions share commits. */
const AT_ONCE = 8;

/** Decides what was noted because a rule asks for more of the header than is known at once. */
export async function headerRound(options: ArrivalsOptions, act: Act, signal: AbortSignal): Promise<number> {
  const { clock, database } = options;
  const due = await database.read(
    db
      .selectFrom('arrival')
      .selectAll()
      .where('state', '=', 'arrived')
      .where('next_look', '<=', clock.now())
      .orderBy('next_look')
      .limit(BATCH),
  );
  const turns = new Turns(AT_ONCE);
  await Promise.all(due.map((row) => turns.run(() => lookAt(options, act, arrivalOf(row), signal))));
  if (due.length > 0) {
    return 0;
  }
  const [next] = await database.read(
    db
      .selectFrom('arrival')
      .select((column) => column.fn.min('next_look').as('at'))
      .where('state', '=', 'arrived'),
  );
  return untilNext(next?.at, clock.now());
}

/** How long until something is due; for ever where nothing is. */
export function untilNext(at: unknown, now: number): number {
  return at === undefined || at === null ? Number.POSITIVE_INFINITY : Math.max(1, Number(at) - now);
}

async function lookAt(options: ArrivalsOptions, act: Act, arrival: KeptArrival, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return;
  }
  const { archiveFetch, clock, database, destinations, limits, rules } = options;
  const { instance, at } = arrival;
  const settle = (looked: Looked) => database.write('settleArrival', { sopInstanceUid: instance.sopInstanceUid, at, looked });
  try {
    const header = await archivedHeader((request) => archiveFetch(request), instance, signal);
    if (header === undefined) {
      await settle({ outcome: 'done' });
      return;
    }
    const facts: Facts = { source: arrival.source, header, complete: false, at, now: clock.now() };
    const verdict = decide(rules.inForce.prepared, destinations.byId, facts);
    await act(arrival, verdict);
    await settle(verdict.waits ? { outcome: 'waits', nextLook: clock.now() + limits.completeLookMs } : { outcome: 'done' });
  } catch (error) {
    if (!signal.aborted) {
      await putOff(options, arrival, error, settle);
    }
  }
}

/** An arrival that could not be decided is decided later: nothing that was acknowledged is forgotten. */
async function putOff(
  { clock, limits, log }: ArrivalsOptions,
  { attempts }: KeptArrival,
  error: unknown,
  settle: (looked: Looked) => Promise<void>,
): Promise<void> {
  const problem = messageOf(error);
  log.warn({ attempts: attempts + 1, problem }, 'routing.postponed');
  const nextLook = clock.now() + retryDelayMs(attempts + 1, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
  await settle({ outcome: 'again', nextLook, problem });
}
