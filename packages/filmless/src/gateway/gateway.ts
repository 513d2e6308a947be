import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@filmless/access';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { Ask } from './ask.ts';
import { type Followed, followEvents } from './follow.ts';
import { type GatewayState, readGatewayState, writeGatewayState } from './gateway-state.ts';
import { OrderMirror, type OrderName } from './order-mirror.ts';
import { StepRelay } from './step-relay.ts';

export interface GatewayOptions {
  readonly dataDir: string;
  readonly centre: Ask;
  /** The archive here: it may view all and edit orders. */
  readonly local: Ask;
  readonly facilities: () => readonly string[];
  readonly log: Log;
  /** Milliseconds since 1970; the machine's clock unless given. */
  readonly now?: () => number;
}

/** How a gateway stands to the centre. Times are ISO 8601, UTC. */
export interface GatewayStanding {
  /** When the centre answered last; null when it has not since the start. */
  readonly reachedAt: string | null;
  /** Why it does not now; null while it does. */
  readonly problem: string | null;
  /** Of when the worklist is; null when no order came yet. */
  readonly ordersAsOf: string | null;
}

/** Keeps the site of a gateway and the centre in step: orders come here, what machines say of performed steps goes there. */
export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #now: () => number;
  readonly #mirror: OrderMirror;
  readonly #relay: StepRelay;
  readonly #stop = new AbortController();
  /** What is to be looked at in the next round. */
  readonly #wanted = { listing: true, steps: true, orders: new Map<string, OrderName>() };
  #listedAt = Number.NEGATIVE_INFINITY;
  #isFollowing = false;
  #isWorking = false;
  #state: GatewayState;
  #written: GatewayState;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #reachedAt: string | null = null;
  #problem: string | null = null;
  #sleep = new AbortController();
  #running: readonly Promise<void>[] = [];

  private constructor(options: GatewayOptions, state: GatewayState) {
    const { centre, local, facilities, log } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#state = state;
    this.#written = state;
    this.#mirror = new OrderMirror({ centre, local, facilities, now: this.#now, log });
    this.#relay = new StepRelay({ centre, local, now: this.#now, log, through: state.stepsThrough ?? '' });
  }

  static async open(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options, await readGatewayState(options.dataDir));
    gateway.#running = [gateway.#run(), gateway.#followCentre(), gateway.#followHere()];
    return gateway;
  }

  get standing(): GatewayStanding {
    return { reachedAt: this.#reachedAt, problem: this.#problem, ordersAsOf: this.#state.ordersAsOf ?? null };
  }

  /** What somebody should look after, in words. */
  warnings(): readonly string[] {
    if (this.#problem === null) {
      return [];
    }
    const asOf = this.#state.ordersAsOf ?? 'never';
    return [
      `The centre does not answer (${this.#problem}). Machines go on: what they send is kept and delivered later; the worklist is of ${asOf}.`,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#sleep.abort();
    await Promise.all(this.#running);
    // Without it the next start takes the worklist for older than it is.
    await this.#write().catch(() => undefined);
  }

  /** Orders that change there are asked for one by one; what was not told is found by listing all. */
  async #followCentre(): Promise<void> {
    const listAll = () => {
      this.#isFollowing = false;
      this.#wanted.listing = true;
      this.#sleep.abort();
    };
    await this.#follow(this.#options.centre, listAll, {
      begun: () => {
        listAll();
        this.#isFollowing = true;
      },
      event: (name, data) => {
        const order = name === 'order' ? parseOrderName(data) : undefined;
        if (order !== undefined) {
          this.#wanted.orders.set(`${order.facility} ${order.accessionNumber}`, order);
          this.#wanted.listing ||= this.#wanted.orders.size > GATEWAY_LIMITS.changedOrders;
          this.#sleep.abort();
        }
      },
      alive: () => this.#heard(),
    });
  }

  /** What machines say of performed steps is told as a change of their orders. */
  async #followHere(): Promise<void> {
    const look = () => {
      this.#wanted.steps = true;
      this.#sleep.abort();
    };
    const event = (name: string) => (name === 'order' ? look() : undefined);
    await this.#follow(this.#options.local, look, { begun: look, event, alive: () => undefined });
  }

  async #follow(archive: Ask, ended: () => void, followed: Followed): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await followEvents(archive, followed, GATEWAY_LIMITS.silence, signal).catch(() => undefined);
      // Whether the centre still answers, the next round says.
      ended();
      await sleep(GATEWAY_LIMITS.retry, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The centre is there and tells of what changes: where nothing waits, the worklist is of now. */
  #heard(): void {
    const { listing, orders } = this.#wanted;
    if (this.#isFollowing && !this.#isWorking && !listing && orders.size === 0 && this.#problem === null) {
      this.#reachedAt = new Date(this.#now()).toISOString();
      this.#state = { ...this.#state, ordersAsOf: this.#reachedAt };
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // NOTE: renewed before anything is looked at, so that a change in between is not lost.
      this.#sleep = new AbortController();
      this.#isWorking = true;
      await this.#round();
      this.#isWorking = false;
      const quiet = this.#problem === null ? GATEWAY_LIMITS.round : GATEWAY_LIMITS.retry;
      const slept = sleep(quiet, true, { signal: this.#sleep.signal }).catch(() => false);
      if (await slept) {
        this.#wanted.steps = true;
        this.#wanted.listing ||= this.#now() - this.#listedAt >= GATEWAY_LIMITS.listing;
      } else {
        // Changes come in crowds.
        await sleep(GATEWAY_LIMITS.gather, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** What machines said goes first: it is what the centre cannot know otherwise. */
  async #round(): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(GATEWAY_LIMITS.roundTimeout)]);
    try {
      const brought = await this.#bringSteps(signal);
      const changed = await this.#fetchOrders(signal);
      const isOld = this.#now() - this.#writtenAt >= GATEWAY_LIMITS.stateEvery;
      if (brought + changed > 0 || isOld) {
        await this.#write();
      }
    } catch (error) {
      this.#wanted.listing = true;
      this.#wanted.steps = true;
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#problem !== problem && !this.#stop.signal.aborted) {
        this.#options.log.warn({ problem }, 'gateway.centre-away');
      }
      this.#problem = problem;
    }
  }

  async #bringSteps(signal: AbortSignal): Promise<number> {
    if (!this.#wanted.steps) {
      return 0;
    }
    this.#wanted.steps = false;
    const brought = await this.#relay.refresh(signal);
    this.#state = { ...this.#state, stepsThrough: this.#relay.through };
    return brought;
  }

  async #fetchOrders(signal: AbortSignal): Promise<number> {
    const { listing } = this.#wanted;
    const orders = [...this.#wanted.orders.values()];
    if (!listing && orders.length === 0) {
      return 0;
    }
    const began = new Date(this.#now()).toISOString();
    this.#wanted.listing = false;
    this.#wanted.orders.clear();
    let changed = 0;
    if (listing) {
      changed = await this.#mirror.refresh(signal);
      this.#listedAt = this.#now();
    } else {
      for (const order of orders) {
        changed += await this.#mirror.refreshOne(order, signal);
      }
    }
    this.#reachedAt = began;
    this.#problem = null;
    this.#state = { ...this.#state, ordersAsOf: began };
    return changed;
  }

  async #write(): Promise<void> {
    const state = this.#state;
    if (state.ordersAsOf !== this.#written.ordersAsOf || state.stepsThrough !== this.#written.stepsThrough) {
      await writeGatewayState(this.#options.dataDir, state);
      this.#written = state;
    }
    this.#writtenAt = this.#now();
  }
}

/** An order that an event tells of. */
function parseOrderName(data: string): OrderName | undefined {
  try {
    const { facility, accessionNumber } = JSON.parse(data) as Readonly<Record<string, unknown>>;
    return typeof facility === 'string' && typeof accessionNumber === 'string' ? { facility, accessionNumber } : undefined;
  } catch {
    return undefined;
  }
}
