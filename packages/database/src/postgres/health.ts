import { failureOf } from './failure.ts';
import { POSTGRES_LIMITS } from './limits.ts';

/** Whether the server can be reached: told by those who use it, and looked after when nobody does. */
export class Health implements Disposable {
  readonly #look: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #reason: string | undefined;
  #lastHeard = performance.now();
  #looking = false;

  /** `look` rejects while the server is away, with words. */
  constructor(look: () => Promise<void>) {
    this.#look = look;
    this.#timer = setInterval(() => this.#tick(), POSTGRES_LIMITS.probeMs).unref();
  }

  /** Why it cannot be reached. */
  get reason(): string | undefined {
    return this.#reason;
  }

  heard(): void {
    this.#reason = undefined;
    this.#lastHeard = performance.now();
  }

  lost(reason: string): void {
    this.#reason = reason;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** One that has no connection to spare is there. */
  #notHeard(error: unknown): void {
    const { code, message } = failureOf(error);
    if (code === 'busy') {
      this.heard();
    } else {
      this.lost(message);
    }
  }

  #tick(): void {
    const quiet = performance.now() - this.#lastHeard > POSTGRES_LIMITS.lookMs;
    if (this.#looking || (this.#reason === undefined && !quiet)) {
      return;
    }
    this.#looking = true;
    this.#look()
      .then(
        () => this.heard(),
        (error: unknown) => this.#notHeard(error),
      )
      .finally(() => {
        this.#looking = false;
      });
  }
}
