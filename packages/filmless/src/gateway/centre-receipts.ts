import type { CentreReceipt, CentreStanding } from '@filmless/archive';
import { GATEWAY_LIMITS } from '../limits.ts';
import { type Ask, AwayError, jsonOf } from './ask.ts';

export interface CentreReceiptsOptions {
  readonly centre: Ask;
  /** Why the centre does not answer; null while it does. */
  readonly problem: () => string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const NEVER: CentreStanding = { receipt: null, asOf: null, problem: null };
const STATES = ['complete', 'incomplete', 'waiting', 'problem'] as const;

/**
 * What the centre says of studies that came from here. What it said last is remembered for when the line is down: of studies that are on
 * their way it is asked soon after each step, so that what is remembered is not older than it need be.
 */
export class CentreReceipts implements Disposable {
  readonly #options: CentreReceiptsOptions;
  /** The least recently asked first. */
  readonly #known = new Map<string, CentreStanding>();
  /** Studies that changed and are asked about soon. */
  readonly #changed = new Set<string>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CentreReceiptsOptions) {
    this.#options = options;
  }

  /** Never fails: what is known is given with what keeps the rest from being known. */
  async of(study: string): Promise<CentreStanding> {
    try {
      const receipt = await this.#ask(study);
      const standing = { receipt, asOf: new Date(this.#options.now()).toISOString(), problem: null };
      this.#remember(study, standing);
      return standing;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { ...(this.#known.get(study) ?? NEVER), problem };
    }
  }

  /** Something became of the study here. Never waits. */
  note(study: string): void {
    if (this.#changed.size < GATEWAY_LIMITS.receiptsWaiting) {
      this.#changed.add(study);
    }
    this.#timer ??= setTimeout(() => void this.#askChanged(), GATEWAY_LIMITS.receiptDelay).unref();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #askChanged(): Promise<void> {
    const studies = [...this.#changed];
    this.#changed.clear();
    for (const study of studies) {
      if (this.#options.problem() === null && !this.#stop.signal.aborted) {
        await this.of(study);
      }
    }
    this.#timer = undefined;
    // What changed meanwhile.
    const [next] = this.#changed;
    if (next !== undefined) {
      this.note(next);
    }
  }

  async #ask(study: string): Promise<CentreReceipt | null> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(GATEWAY_LIMITS.receiptTimeout)]);
    const response = await this.#options.centre(`/api/studies/${study}/receipt`, { signal });
    if (response.status === 404) {
      await response.body?.cancel();
      return null;
    }
    return parseReceipt(await jsonOf(response, 200, "the centre's receipt"));
  }

  #remember(study: string, standing: CentreStanding): void {
    this.#known.delete(study);
    this.#known.set(study, standing);
    const [oldest = ''] = this.#known.size > GATEWAY_LIMITS.receiptsKnown ? this.#known.keys() : [];
    this.#known.delete(oldest);
  }
}

function parseReceipt(value: unknown): CentreReceipt {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const state = STATES.find((known) => known === fields.state);
  const [missing, safe, indexed] = ['missing', 'safe', 'indexed'].map((name) => fields[name]);
  if (state === undefined || typeof missing !== 'number' || typeof safe !== 'number' || typeof indexed !== 'number') {
    throw new AwayError("the centre's receipt cannot be read");
  }
  return { state, missing, safe, indexed };
}
