import { hash, verify } from '@node-rs/argon2';
import { AccessError } from '../errors.ts';
import { ACCESS_LIMITS } from '../limits.ts';
import { normalisePassword } from './password-rules.ts';
import { newSecret } from './secrets.ts';

/** argon2id with 19 MiB, 2 passes, 1 lane: OWASP's Password Storage recommendation. The library's algorithm default is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** Runs argon2, a few at a time: it works on the thread pool on which acknowledged images are synced. */
export class PasswordHasher {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  readonly #decoy: string;

  private constructor(decoy: string) {
    this.#decoy = decoy;
  }

  static async create(): Promise<PasswordHasher> {
    return new PasswordHasher(await hash(newSecret(), COST));
  }

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(normalisePassword(password), COST));
  }

  /** Without a stored hash (no such user) it works as long, and says no. */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    if (Buffer.byteLength(password) > ACCESS_LIMITS.passwordMaxBytes) {
      return false;
    }
    const right = await this.#inTurn(() => verify(stored ?? this.#decoy, normalisePassword(password)).catch(() => false));
    return right && stored !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= ACCESS_LIMITS.hashesAtOnce) {
      if (this.#waiting.length >= ACCESS_LIMITS.hashesWaiting) {
        throw new AccessError('busy', 'Too many people are signing in at this moment. Try again in a few seconds.', {
          retryAfter: 5,
        });
      }
      // The one that finishes hands its place on, so `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    }
  }
}
