import { Turns } from '@filmless/disk';
import { messageOf } from '../errors.ts';
import { type Delivery, rankOf } from '../records/deliveries.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES, type DeliveryClass } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import { Batch, type BatchOptions, type BatchResult } from './batch.ts';
import { Circuit } from './circuit.ts';
import { LineGovernor } from './line/line-governor.ts';
import type { OpenTransport, Transport } from './transport.ts';

export interface DestinationQueueOptions extends BatchOptions {
  readonly openTransport: OpenTransport;
  /** Destinations of which it stays known which copies they got with changes; none unless given. */
  readonly keepChanged?: readonly string[];
}

const LONGEST_SLEEP_MS = 60_000;
const FORGET_MS = 3_600_000;

/** How a queue fares. */
export interface QueueStatus {
  /** What is wrong with the destination; undefined while nothing is. */
  readonly problem: string | undefined;
  /** When it is tried again, milliseconds since 1970; undefined while nothing is wrong. */
  readonly nextTry: number | undefined;
  /** Bytes a second that went out lately. */
  readonly bytesPerSecond: number | undefined;
}

/**
 * Empties the queue of one destination, for as long as it is there. What is most urgent goes first: while something of a class is under
 * way, what is more urgent gets a connection of its own, and what is less so begins nothing.
 */
export class DestinationQueue implements AsyncDisposable {
  readonly #options: DestinationQueueOptions;
  readonly #destination: Destination;
  readonly #transport: Transport;
  readonly #circuit: Circuit;
  readonly #governor: LineGovernor;
  readonly #stop = new AbortController();
  /** What is being sent, by class. */
  readonly #lanes = new Map<DeliveryClass, Promise<void>>();
  /** Deliveries that somebody here is sending. */
  readonly #held = new Set<number>();
  /** What is claimed is held before anybody asks who holds what. */
  readonly #claims = new Turns(1);
  #sleep = new AbortController();
  #running: Promise<void> | undefined;
  #forgotAt = Number.NEGATIVE_INFINITY;
  /** When an emergency was sent last, or tried to be. */
  #emergencyAt = Number.NEGATIVE_INFINITY;
  /** A round broke off: what it claimed is marked as being sent, and nobody sends it. */
  #unsettled = false;

  constructor(options: DestinationQueueOptions, destination: Destination) {
    const { clock, limits, random } = options;
    this.#options = options;
    this.#destination = destination;
    this.#transport = options.openTransport(destination);
    this.#circuit = new Circuit({
      failures: limits.circuitFailures,
      delayMs: limits.deliveryDelayMs,
      maxDelayMs: limits.deliveryMaxDelayMs,
      random,
    });
    this.#governor = new LineGovernor({ line: destination.line, clock });
  }

  status(): QueueStatus {
    const { problem, until } = this.#circuit;
    return { problem, nextTry: problem === undefined ? undefined : until, bytesPerSecond: this.#governor.measured };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something new is due; a peer that could not be reached is not tried sooner for it. */
  wake(): void {
    this.#sleep.abort();
  }

  /** Tries at once. */
  hurry(): void {
    this.#circuit.hurry();
    this.#sleep.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, limits } = this.#options;
    while (!this.#stop.signal.aborted) {
      // NOTE: renewed before the queue is looked at, so that a wake in between is not lost.
      this.#sleep = new AbortController();
      let idleMs: number;
      try {
        idleMs = await this.#look();
      } catch (error) {
        this.#broke(error);
        idleMs = limits.deliveryDelayMs;
      }
      if (!this.#stop.signal.aborted) {
        await clock.sleep(Math.max(1, Math.min(LONGEST_SLEEP_MS, idleMs)), this.#sleep.signal);
      }
    }
    await Promise.all(this.#lanes.values());
  }

  /** Begins to send what is most urgent; gives how long nothing else is to be done, unless it is woken. */
  async #look(): Promise<number> {
    const { clock, limits } = this.#options;
    if (this.#unsettled) {
      this.#unsettled = false;
      await this.#claims.run(() =>
        this.#options.database.write('reviveDeliveries', { destination: this.#destination.id, except: [...this.#held] }),
      );
    }
    const due = await this.#due();
    const now = clock.now();
    const isDue = (priority: DeliveryClass) => (due.get(priority) ?? Number.POSITIVE_INFINITY) <= now;
    const mostUrgent = DELIVERY_CLASSES.find((priority) => this.#lanes.has(priority) || isDue(priority));
    if (mostUrgent === undefined) {
      await this.#forget();
    } else if (!this.#lanes.has(mostUrgent)) {
      const state = this.#circuit.state(now);
      // An emergency waits for nobody else's failures, and does not ask all the time either.
      const again = mostUrgent === 'emergency' ? this.#emergencyAt + limits.emergencyRetryMs : this.#circuit.until;
      if (state === 'open' && again > now) {
        return Math.min(again, this.#circuit.until) - now;
      }
      if (state === 'closed' || this.#lanes.size === 0) {
        this.#begin(mostUrgent, state === 'closed' ? this.#most() : 1);
      }
    }
    const later = [...due.values()].filter((at) => at > now);
    return Math.min(LONGEST_SLEEP_MS, ...later.map((at) => at - now));
  }

  /** When the next delivery of each class is due. */
  async #due(): Promise<ReadonlyMap<DeliveryClass, number>> {
    const rows = await this.#options.database.readAll(
      DELIVERY_CLASSES.map((priority) =>
        db
          .selectFrom('delivery')
          .select('next_attempt')
          .where('destination', '=', this.#destination.id)
          .where('state', '=', 'queued')
          .where('class', '=', rankOf(priority))
          .orderBy('next_attempt')
          .limit(1),
      ),
    );
    return new Map(
      DELIVERY_CLASSES.flatMap((priority, index) => (rows[index] ?? []).map((row) => [priority, row.next_attempt] as const)),
    );
  }

  /** Whoever waits for more than a minute is to be able to take it out of the queue again. */
  #most(): number {
    const { deliveryBatch, fastDeliveryBatch } = this.#options.limits;
    return this.#destination.kind !== 'dicom' && this.#governor.isFast ? fastDeliveryBatch : deliveryBatch;
  }

  #begin(priority: DeliveryClass, most: number): void {
    this.#emergencyAt = priority === 'emergency' ? this.#options.clock.now() : this.#emergencyAt;
    const lane = this.#sendSome(priority, most)
      .catch((error: unknown) => this.#broke(error))
      .finally(() => {
        this.#lanes.delete(priority);
        this.wake();
      });
    this.#lanes.set(priority, lane);
  }

  async #sendSome(priority: DeliveryClass, most: number): Promise<void> {
    const { clock } = this.#options;
    const claimed = await this.#claim(priority, most);
    if (claimed.length === 0) {
      return;
    }
    try {
      using line = this.#governor.open(priority);
      const batch = new Batch(this.#options, this.#destination, this.#transport, claimed);
      this.#conclude(await batch.send(line, this.#stop.signal), clock.now());
    } finally {
      for (const { id } of claimed) {
        this.#held.delete(id);
      }
    }
  }

  #conclude(result: BatchResult, now: number): void {
    if (result.kind === 'sent' || result.arrived) {
      this.#circuit.succeeded();
    }
    if (result.kind === 'failed' && !this.#stop.signal.aborted) {
      this.#circuit.failed(now, result.problem, result.waitMs);
    }
  }

  async #claim(priority: DeliveryClass, most: number): Promise<readonly Delivery[]> {
    return await this.#claims.run(async () => {
      const claimed = await this.#options.database.write('claimDeliveries', {
        destination: this.#destination.id,
        classes: [priority],
        now: this.#options.clock.now(),
        limit: most,
        bytes: this.#options.limits.deliveryBatchBytes,
      });
      for (const { id } of claimed) {
        this.#held.add(id);
      }
      return claimed;
    });
  }

  /** What became of something could not be written or read. */
  #broke(error: unknown): void {
    const problem = messageOf(error);
    this.#options.log.error({ destination: this.#destination.id, problem }, 'delivery.failed');
    this.#unsettled = true;
    this.#circuit.failed(this.#options.clock.now(), `the records of the router: ${problem}`);
  }

  /** What was delivered long ago needs no line any more; looked at once an hour. */
  async #forget(): Promise<void> {
    const { database, clock, limits, keepChanged = [] } = this.#options;
    if (clock.now() - this.#forgotAt >= FORGET_MS) {
      this.#forgotAt = clock.now();
      await database.write('forgetDeliveries', { before: clock.now() - limits.deliveredKeptMs, keepChanged });
    }
  }
}
