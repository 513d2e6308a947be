import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@filmless/access';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { Ask } from './ask.ts';
import { followEvents } from './follow.ts';
import { type GatewayState, readGatewayState, writeGatewayState } from './gateway-state.ts';
import { OrderMirror } from './order-mirror.ts';
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
  readonly #wanted = { orders: true, steps: true };
  #state: GatewayState;
  #reachedAt: string | null = null;
  #problem: string | null = null;
  #sleep = new AbortController();
  #running: readonly Promise<void>[] = [];

  private constructor(options: GatewayOptions, state: GatewayState) {
    const { centre, local, facilities, log } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#state = state;
    this.#mirror = new OrderMirror({ centre, local, facilities, now: this.#now, log });
    this.#relay = new StepRelay({ centre, local, now: this.#now, log, through: state.stepsThrough ?? '' });
  }

  static async open(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options, await readGatewayState(options.dataDir));
    const { centre, local } = options;
    gateway.#running = [gateway.#run(), gateway.#follow(centre, 'orders'), gateway.#follow(local, 'steps')];
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
  }

  /** Orders change there, performed steps here; both are told as changes of orders. What was not told is looked for now and then. */
  async #follow(archive: Ask, what: 'orders' | 'steps'): Promise<void> {
    const { signal } = this.#stop;
    const changed = (event: string) => {
      if (event === '' || event === 'order') {
        this.#wanted[what] = true;
        this.#sleep.abort();
      }
    };
    while (!signal.aborted) {
      await followEvents(archive, changed, GATEWAY_LIMITS.silence, signal).catch(() => undefined);
      // Whether the centre still answers, the next round says.
      changed('');
      await sleep(GATEWAY_LIMITS.retry, undefined, { signal }).catch(() => undefined);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // NOTE: renewed before anything is looked at, so that a change in between is not lost.
      this.#sleep = new AbortController();
      await this.#round();
      const quiet = this.#problem === null ? GATEWAY_LIMITS.round : GATEWAY_LIMITS.retry;
      const slept = sleep(quiet, true, { signal: this.#sleep.signal }).catch(() => false);
      if (await slept) {
        this.#wanted.orders = true;
        this.#wanted.steps = true;
      } else {
        // Changes come in crowds.
        await sleep(GATEWAY_LIMITS.gather, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** What machines said goes first: it is what the centre cannot know otherwise. */
  async #round(): Promise<void> {
    const { log, dataDir } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(GATEWAY_LIMITS.roundTimeout)]);
    try {
      if (this.#wanted.steps) {
        this.#wanted.steps = false;
        await this.#relay.refresh(signal);
      }
      let { ordersAsOf } = this.#state;
      if (this.#wanted.orders) {
        this.#wanted.orders = false;
        ordersAsOf = new Date(this.#now()).toISOString();
        await this.#mirror.refresh(signal);
        this.#reachedAt = ordersAsOf;
        this.#problem = null;
      }
      this.#state = { ...(ordersAsOf === undefined ? {} : { ordersAsOf }), stepsThrough: this.#relay.through };
      await writeGatewayState(dataDir, this.#state);
    } catch (error) {
      this.#wanted.orders = true;
      this.#wanted.steps = true;
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#problem !== problem && !this.#stop.signal.aborted) {
        log.warn({ problem }, 'gateway.centre-away');
      }
      this.#problem = problem;
    }
  }
}
