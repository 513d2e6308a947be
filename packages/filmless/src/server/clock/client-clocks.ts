import type { AppEnv, Log } from '@filmless/access';
import type { MiddlewareHandler } from 'hono';
import { SERVER_LIMITS } from '../../limits.ts';
import { inWords } from './in-words.ts';

/** What a browser says its clock shows when somebody signs in: milliseconds since 1970. */
const CLIENT_TIME = 'filmless-client-time';

interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
  readonly log: Log;
}

interface Seen {
  /** The client's clock less this server's, in milliseconds. */
  readonly skew: number;
  readonly at: number;
}

/**
 * Clocks of the workstations people signed in at. One that is wrong is the workstation's; when most of them differ, it is this
 * server's. Only who proved a password is listened to.
 */
export class ClientClocks {
  readonly #options: Clocks;
  readonly #seen = new Map<string, Seen>();

  constructor(options: Clocks) {
    this.#options = options;
  }

  /** For `/api/session`: what a successful sign-in says of the browser's clock. */
  middleware(): MiddlewareHandler<AppEnv> {
    return async (c, next) => {
      await next();
      const time = c.req.header(CLIENT_TIME);
      if (c.req.method === 'POST' && c.res.status === 204 && time !== undefined && /^\d{10,16}$/.test(time)) {
        this.note(c.env.remoteAddress, Number(time));
      }
    };
  }

  note(address: string, clientTime: number): void {
    const { wall, monotonic, log } = this.#options;
    const skew = clientTime - wall();
    // A map keeps the order of insertion: the first is the one longest unheard of.
    this.#seen.delete(address);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size >= SERVER_LIMITS.clockClients && oldest !== undefined) {
      this.#seen.delete(oldest);
    }
    this.#seen.set(address, { skew, at: monotonic() });
    if (differs(skew)) {
      log.warn({ address, seconds: Math.round(skew / 1000) }, 'clock.client-differs');
    }
  }

  warnings(): readonly string[] {
    const since = this.#options.monotonic() - SERVER_LIMITS.clockMemory;
    const skews = [...this.#seen.values()].filter(({ at }) => at >= since).map(({ skew }) => skew);
    const wrong = skews.filter(differs).toSorted((a, b) => a - b);
    const middle = wrong[Math.floor(wrong.length / 2)];
    if (middle === undefined || wrong.length * 2 <= skews.length) {
      return [];
    }
    const way = middle > 0 ? 'behind' : 'ahead of';
    return [
      `This server's clock is ${inWords(middle)} ${way} those of ${wrong.length} of the ${skews.length} workstations where somebody signed in lately: set it (timedatectl), or theirs.`,
    ];
  }
}

function differs(skew: number): boolean {
  return Math.abs(skew) > SERVER_LIMITS.clockSkew;
}
