import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@filmless/access';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { Ask } from './ask.ts';
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
  #state: GatewayState;
  #reachedAt: string | null = null;
  #problem: string | null = null;
  #running: Promise<void> | undefined;

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
    gateway.#running = gateway.#run();
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
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#round();
      await sleep(GATEWAY_LIMITS.round, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What machines said goes first: it is what the centre cannot know otherwise. */
  async #round(): Promise<void> {
    const { log, dataDir } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(GATEWAY_LIMITS.roundTimeout)]);
    try {
      await this.#relay.refresh(signal);
      const began = new Date(this.#now()).toISOString();
      await this.#mirror.refresh(signal);
      this.#reachedAt = new Date(this.#now()).toISOString();
      this.#problem = null;
      this.#state = { ordersAsOf: began, stepsThrough: this.#relay.through };
      await writeGatewayState(dataDir, this.#state);
    } catch (error) {
      if (this.#stop.signal.aborted) {
        return;
      }
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#problem !== problem) {
        log.warn({ problem }, 'gateway.centre-away');
      }
      this.#problem = problem;
    }
  }
}
