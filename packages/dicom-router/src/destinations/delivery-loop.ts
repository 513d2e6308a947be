import type { Log } from '@filmless/access';
import { messageOf } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { AttemptOutcome, Delivery } from '../records/deliveries.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import { retryDelayMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { SendOutcome } from './send-instances.ts';

/** Sends some deliveries to a destination, reporting each; throws when the rest cannot be sent now. */
export type Send = (
  destination: Destination,
  deliveries: readonly Delivery[],
  report: (delivery: Delivery, outcome: SendOutcome) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

export interface DeliveryLoopOptions {
  readonly database: RouterDatabase;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly log: Log;
  readonly send: Send;
}

const LONGEST_SLEEP_MS = 60_000;
const FORGET_MS = 3_600_000;

/** Empties the queue of one destination, for as long as it is there. */
export class DeliveryLoop implements AsyncDisposable {
  readonly #options: DeliveryLoopOptions;
  readonly #destination: Destination;
  readonly #stop = new AbortController();
  #sleep = new AbortController();
  #running: Promise<void> | undefined;
  /** Associations that failed in a row. */
  #failures = 0;
  #forgotAt = Number.NEGATIVE_INFINITY;
  /** A round broke off: what it claimed is marked as being sent, and nobody sends it. */
  #unsettled = false;

  constructor(options: DeliveryLoopOptions, destination: Destination) {
    this.#options = options;
    this.#destination = destination;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something new is due; a peer that could not be reached is not tried sooner for it. */
  wake(): void {
    if (this.#failures === 0) {
      this.#sleep.abort();
    }
  }

  /** Tries at once. */
  hurry(): void {
    this.#sleep.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.hurry();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // NOTE: renewed before the queue is looked at, so that a wake in between is not lost.
      this.#sleep = new AbortController();
      let idleMs = 0;
      try {
        idleMs = await this.#round();
      } catch (error) {
        this.#options.log.error({ destination: this.#destination.id, problem: messageOf(error) }, 'delivery.failed');
        this.#unsettled = true;
        idleMs = this.#options.limits.deliveryDelayMs;
      }
      if (this.#failures > 0 && !this.#stop.signal.aborted) {
        // What became due while the peer failed waits with the rest.
        this.#sleep = new AbortController();
      }
      if (idleMs > 0 && !this.#stop.signal.aborted) {
        await this.#options.clock.sleep(idleMs, this.#sleep.signal);
      }
    }
  }

  /** Sends what is due; gives how long nothing will be. */
  async #round(): Promise<number> {
    const { database, clock, limits } = this.#options;
    if (this.#unsettled) {
      await database.write('reviveDeliveries', { destination: this.#destination.id });
      this.#unsettled = false;
    }
    const due = await database.write('claimDeliveries', {
      destination: this.#destination.id,
      classes: DELIVERY_CLASSES,
      now: clock.now(),
      limit: limits.deliveryBatch,
    });
    if (due.length > 0) {
      this.#failures = (await this.#attempt(due)) ? 0 : this.#failures + 1;
      return this.#failures === 0 ? 0 : retryDelayMs(this.#failures, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
    }
    await this.#forget();
    const [next] = await database.read(
      db
        .selectFrom('delivery')
        .select((column) => column.fn.min('next_attempt').as('at'))
        .where('destination', '=', this.#destination.id)
        .where('state', '=', 'queued'),
    );
    const wait = next?.at === undefined || next.at === null ? LONGEST_SLEEP_MS : Number(next.at) - clock.now();
    return Math.min(LONGEST_SLEEP_MS, Math.max(1, wait));
  }

  /** What was delivered long ago needs no line any more; looked at once an hour. */
  async #forget(): Promise<void> {
    const { database, clock, limits } = this.#options;
    if (clock.now() - this.#forgotAt >= FORGET_MS) {
      this.#forgotAt = clock.now();
      await database.write('forgetDeliveries', { before: clock.now() - limits.deliveredKeptMs });
    }
  }

  /** False when the association could not be had or broke. */
  async #attempt(due: readonly Delivery[]): Promise<boolean> {
    const open = new Map(due.map((delivery) => [delivery.id, delivery]));
    try {
      await this.#options.send(
        this.#destination,
        due,
        async (delivery, outcome) => {
          await this.#settle(delivery, outcome);
          open.delete(delivery.id);
        },
        this.#stop.signal,
      );
      return true;
    } catch (error) {
      await this.#postpone([...open.values()], messageOf(error));
      return false;
    }
  }

  /** The first open delivery is the one that failed and counts as tried; those behind it wait for the next association. */
  async #postpone(open: readonly Delivery[], problem: string): Promise<void> {
    const stopping = this.#stop.signal.aborted;
    this.#options.log.warn({ destination: this.#destination.id, waiting: open.length, problem }, 'delivery.postponed');
    const [failed, ...behind] = open;
    if (failed !== undefined) {
      await (stopping ? this.#giveBack(failed, problem) : this.#settle(failed, { kind: 'again', problem }));
    }
    await Promise.all(behind.map((delivery) => this.#giveBack(delivery, problem)));
  }

  async #giveBack(delivery: Delivery, problem: string): Promise<void> {
    const { database, clock } = this.#options;
    const now = clock.now();
    const outcome: AttemptOutcome = { state: 'queued', problem, nextAttempt: now };
    await database.write('settleDelivery', { id: delivery.id, attempts: delivery.attempts, outcome, now });
  }

  async #settle(delivery: Delivery, sent: SendOutcome): Promise<void> {
    const { database, clock, limits, log } = this.#options;
    const attempts = delivery.attempts + 1;
    const now = clock.now();
    const confirm = this.#destination.kind === 'dicom' && this.#destination.commitment === true;
    const outcome = settled(sent, attempts, now, limits, confirm);
    if (outcome.state === 'aside' && sent.kind !== 'done') {
      log.warn(
        { destination: this.#destination.id, delivery: delivery.id, attempts, problem: sent.problem },
        'delivery.set-aside',
      );
    }
    await database.write('settleDelivery', { id: delivery.id, attempts, outcome, now });
  }
}

function settled(sent: SendOutcome, attempts: number, now: number, limits: RouterLimits, confirm: boolean): AttemptOutcome {
  if (sent.kind === 'done') {
    return { state: 'done', confirm };
  }
  const problem = sent.comment === undefined ? sent.problem : `${sent.problem}: ${sent.comment}`;
  switch (sent.kind) {
    case 'aside':
      return { state: 'aside', problem };
    case 'again':
      return attempts >= limits.deliveryAttempts
        ? { state: 'aside', problem: `given up after ${attempts} tries: ${problem}` }
        : {
            state: 'queued',
            problem,
            nextAttempt: now + retryDelayMs(attempts, limits.deliveryDelayMs, limits.deliveryMaxDelayMs),
          };
  }
}
