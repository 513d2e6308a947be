import type { Log } from '@filmless/access';
import { SERVER_LIMITS } from '../../limits.ts';
import { ClientClocks } from './client-clocks.ts';
import { inWords } from './in-words.ts';

export interface ClockOptions {
  /** Milliseconds since 1970, as this machine has them. */
  readonly wall: () => number;
  /** Milliseconds that only go forward, whoever sets the clock. */
  readonly monotonic: () => number;
  /** By how much the newest studies are ahead of this machine's clock, in milliseconds, those that are. */
  readonly studiesAhead: (now: Date) => Promise<readonly number[]>;
  readonly log: Log;
}

interface Jump {
  readonly milliseconds: number;
  readonly at: number;
  readonly wall: number;
}

/**
 * Finds out whether this server's clock can be right: it looks for jumps of the clock itself, compares it with the browsers that
 * sign in, and with the times of the newest studies. Times in the audit trail, ends of sessions and the order of studies rest on it.
 */
export class ClockWatch implements Disposable {
  readonly clients: ClientClocks;
  readonly #options: ClockOptions;
  readonly #timer: NodeJS.Timeout;
  #last: { readonly wall: number; readonly monotonic: number };
  #jump: Jump | undefined;
  #ahead: { readonly at: number; readonly result: Promise<readonly number[]> } | undefined;

  constructor(options: ClockOptions) {
    this.#options = options;
    this.clients = new ClientClocks(options);
    this.#last = { wall: options.wall(), monotonic: options.monotonic() };
    this.#timer = setInterval(() => this.tick(), SERVER_LIMITS.clockTick).unref();
  }

  /** Compares what both clocks say has passed since the last time. */
  tick(): void {
    const now = { wall: this.#options.wall(), monotonic: this.#options.monotonic() };
    const milliseconds = now.wall - this.#last.wall - (now.monotonic - this.#last.monotonic);
    this.#last = now;
    if (Math.abs(milliseconds) < SERVER_LIMITS.clockJump) {
      return;
    }
    this.#jump = { milliseconds, at: now.monotonic, wall: now.wall };
    this.#options.log.warn({ seconds: Math.round(milliseconds / 1000) }, 'clock.jumped');
  }

  async warnings(): Promise<readonly string[]> {
    return [...this.#jumpWarning(), ...this.clients.warnings(), ...(await this.#studyWarning())];
  }

  #jumpWarning(): readonly string[] {
    if (this.#jump === undefined || this.#options.monotonic() - this.#jump.at > SERVER_LIMITS.clockMemory) {
      return [];
    }
    const { milliseconds, wall } = this.#jump;
    const way = milliseconds > 0 ? 'forward' : 'back';
    return [
      `The clock of this server jumped ${way} by ${inWords(milliseconds)} at ${new Date(wall).toISOString()}, or the machine slept: see that its time comes from a time server (timedatectl).`,
    ];
  }

  async #studyWarning(): Promise<readonly string[]> {
    const ahead = await this.#studies();
    const most = Math.max(...ahead);
    return ahead.length === 0
      ? []
      : [
          `${ahead.length} of the newest studies are dated in the future, by up to ${inWords(most)}: check the clock and the time zone of this server (timedatectl), then those of the modality.`,
        ];
  }

  /** Asked for seldom: the answer changes with a new study only. */
  #studies(): Promise<readonly number[]> {
    const now = this.#options.monotonic();
    if (this.#ahead === undefined || now - this.#ahead.at > SERVER_LIMITS.studyCheck) {
      this.#ahead = { at: now, result: this.#options.studiesAhead(new Date(this.#options.wall())) };
    }
    return this.#ahead.result;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
