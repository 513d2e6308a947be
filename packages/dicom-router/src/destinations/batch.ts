import type { Log } from '@filmless/access';
import { isTransient, STATUS } from '../dimse/status.ts';
import { messageOf, RouterError, type RouterErrorCode } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { AttemptOutcome, Delivery, Settled } from '../records/deliveries.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { Destination } from '../routing/destination.ts';
import { retryDelayMs, withJitter } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { LineShare } from './line/line-governor.ts';
import type { SendOutcome } from './send-instances.ts';
import type { Sharing } from './sharing.ts';
import type { Transport } from './transport.ts';

export interface BatchOptions {
  readonly database: RouterDatabase;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly log: Log;
  readonly random: () => number;
  readonly sharing: Sharing;
  /** Told of studies of which something was delivered, or set aside. */
  readonly changed?: ((studyInstanceUid: string) => void) | undefined;
}

/** What came of a batch as a whole. */
export type BatchResult =
  | { readonly kind: 'sent' }
  /** `arrived`: some had arrived before. */
  | { readonly kind: 'failed'; readonly problem: string; readonly arrived: boolean; readonly waitMs: number };

/** Failures of the destination, not of what is sent: they do not count as tries of a delivery. */
const NOT_REACHED: ReadonlySet<RouterErrorCode> = new Set(['unreachable', 'untrusted', 'rejected', 'unauthorized', 'full']);

/** Sends claimed deliveries over one connection, and writes down what became of each. */
export class Batch {
  readonly #options: BatchOptions;
  readonly #destination: Destination;
  readonly #transport: Transport;
  readonly #open: Map<number, Delivery>;
  #arrived = false;
  /** What is written down together at the end of this turn. */
  #settling: { readonly settled: Settled[]; readonly written: Promise<void> } | undefined;

  constructor(options: BatchOptions, destination: Destination, transport: Transport, deliveries: readonly Delivery[]) {
    this.#options = options;
    this.#destination = destination;
    this.#transport = transport;
    this.#open = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  }

  /** @throws when what became of it cannot be written */
  async send(line: LineShare, signal: AbortSignal): Promise<BatchResult> {
    const { allowed, lacking, problem } = await this.#options.sharing.admit(this.#destination, [...this.#open.values()]);
    for (const delivery of lacking) {
      await this.#settle(delivery, { kind: 'aside', problem });
    }
    if (allowed.length === 0) {
      return { kind: 'sent' };
    }
    try {
      await this.#transport.send(allowed, (delivery, outcome) => this.#report(delivery, outcome), { line, signal });
      await this.#giveBack([...this.#open.values()], 'the receiver said nothing of it');
      return { kind: 'sent' };
    } catch (error) {
      await this.#postpone(error, signal.aborted);
      const waitMs = error instanceof RouterError ? (error.retryAfterMs ?? 0) : 0;
      return { kind: 'failed', problem: messageOf(error), arrived: this.#arrived, waitMs };
    }
  }

  /** @throws RouterError `full` when the receiver takes nothing at the moment: the rest need not be tried */
  async #report(delivery: Delivery, outcome: SendOutcome): Promise<void> {
    await this.#settle(delivery, outcome);
    this.#arrived ||= outcome.kind === 'done';
    if (outcome.kind !== 'done' && isFull(outcome)) {
      throw new RouterError('full', outcome.problem);
    }
  }

  /** The first open delivery is the one that failed and counts as tried; those behind it wait for the next connection. */
  async #postpone(error: unknown, stopping: boolean): Promise<void> {
    const problem = messageOf(error);
    const open = [...this.#open.values()];
    this.#options.log.warn({ destination: this.#destination.id, waiting: open.length, problem }, 'delivery.postponed');
    const [failed] = open;
    const blameless = stopping || (error instanceof RouterError && NOT_REACHED.has(error.code));
    if (failed !== undefined && !blameless) {
      await this.#settle(failed, { kind: 'again', problem });
    }
    await this.#giveBack([...this.#open.values()], problem);
  }

  async #giveBack(open: readonly Delivery[], problem: string): Promise<void> {
    if (open.length > 0) {
      await this.#options.database.write('giveBackDeliveries', { ids: open.map(({ id }) => id), problem });
      this.#open.clear();
    }
  }

  async #settle(delivery: Delivery, sent: SendOutcome): Promise<void> {
    const { clock, log } = this.#options;
    const attempts = delivery.attempts + 1;
    const now = clock.now();
    const outcome = this.#outcomeOf(delivery, sent, attempts, now);
    if (outcome.state === 'aside' && sent.kind !== 'done') {
      log.warn(
        { destination: this.#destination.id, delivery: delivery.id, attempts, problem: sent.problem },
        'delivery.set-aside',
      );
    }
    await this.#written({ id: delivery.id, attempts, outcome });
    this.#open.delete(delivery.id);
    this.#options.changed?.(delivery.studyInstanceUid);
  }

  /** Resolves once it is written, with all that is settled at the same moment. */
  #written(one: Settled): Promise<void> {
    if (this.#settling === undefined) {
      const settled: Settled[] = [];
      const written = Promise.resolve().then(async () => {
        this.#settling = undefined;
        const { database, clock } = this.#options;
        await database.write('settleDeliveries', { deliveries: settled, now: clock.now() });
      });
      this.#settling = { settled, written };
    }
    this.#settling.settled.push(one);
    return this.#settling.written;
  }

  #outcomeOf({ legal }: Delivery, sent: SendOutcome, attempts: number, now: number): AttemptOutcome {
    const { limits, random } = this.#options;
    if (sent.kind === 'done') {
      const confirm = this.#destination.kind === 'dicom' && this.#destination.commitment === true;
      return { state: 'done', confirm, legal, copyUid: sent.copyUid };
    }
    const problem = sent.comment === undefined ? sent.problem : `${sent.problem}: ${sent.comment}`;
    if (sent.kind === 'aside') {
      return { state: 'aside', problem };
    }
    if (attempts >= limits.deliveryAttempts && !isFull(sent)) {
      return { state: 'aside', problem: `given up after ${attempts} tries: ${problem}` };
    }
    const delay = retryDelayMs(attempts, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
    return { state: 'queued', problem, nextAttempt: now + withJitter(delay, random) };
  }
}

/** The receiver has no room for anything: it says nothing of this instance. PS3.4 B.2.3: A7xx. */
function isFull(outcome: SendOutcome): boolean {
  const { kind, status } = outcome;
  return kind === 'again' && status !== undefined && isTransient(status) && status !== STATUS.processingFailure;
}
