import { isIPv6 } from 'node:net';

/** Failures that cost nothing, then a delay that doubles from one second to `longest`. */
interface Rule {
  readonly free: number;
  readonly longest: number;
}

/**
 * Guessing is slowed by three counts. The account from one address: somebody tries passwords. The account from anywhere: many
 * addresses try one account; short, or an attacker could keep its owner out. The address: one tries many accounts; generous,
 * since a hospital may sit behind one address.
 */
const RULES = {
  pair: { free: 5, longest: 5 * 60_000 },
  account: { free: 30, longest: 60_000 },
  address: { free: 60, longest: 60_000 },
} as const satisfies Record<string, Rule>;

type Kind = keyof typeof RULES;

/** A count is forgotten this long after its last failure. */
const FORGET = 30 * 60_000;
const ENTRIES_PER_KIND = 20_000;

interface Count {
  failures: number;
  last: number;
}

/** Who tries: without an account, a token or link is being guessed. */
export interface Attempt {
  readonly account?: string;
  readonly address: string;
}

/** Counts failed attempts in memory: a restart forgets them, argon2 and the length of secrets remain. */
export class Attempts {
  readonly #counts: Readonly<Record<Kind, Map<string, Count>>> = {
    pair: new Map(),
    account: new Map(),
    address: new Map(),
  };
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Counts an attempt as failed before it is tried, so that a thousand at once don't slip through; `succeeded` takes it back.
   * Returns the seconds to wait, 0 when it may be tried.
   */
  begin(attempt: Attempt): number {
    const now = this.#clock();
    const keys = keysOf(attempt);
    const wait = Math.max(...keys.map(([kind, key]) => this.#wait(kind, key, now)));
    if (wait > 0) {
      return Math.ceil(wait / 1000);
    }
    for (const [kind, key] of keys) {
      this.#add(kind, key, now);
    }
    return 0;
  }

  succeeded(attempt: Attempt): void {
    for (const [kind, key] of keysOf(attempt)) {
      const count = this.#counts[kind].get(key);
      if (kind === 'address' && count !== undefined) {
        // One valid account must not clear the way for guessing at others.
        count.failures = Math.max(0, count.failures - 1);
      } else {
        this.#counts[kind].delete(key);
      }
    }
  }

  /** Counts kept. */
  get size(): number {
    return Object.values(this.#counts).reduce((sum, counts) => sum + counts.size, 0);
  }

  #wait(kind: Kind, key: string, now: number): number {
    const count = this.#counts[kind].get(key);
    const { free, longest } = RULES[kind];
    if (count === undefined || count.failures < free || now - count.last > FORGET) {
      return 0;
    }
    const delay = Math.min(longest, 1000 * 2 ** Math.min(30, count.failures - free));
    return Math.max(0, count.last + delay - now);
  }

  #add(kind: Kind, key: string, now: number): void {
    const counts = this.#counts[kind];
    const known = counts.get(key);
    const failures = known === undefined || now - known.last > FORGET ? 0 : known.failures;
    // Deleted and set again: the map's order is then the order of use, and the oldest gives way.
    counts.delete(key);
    if (counts.size >= ENTRIES_PER_KIND) {
      const oldest = counts.keys().next();
      if (oldest.done !== true) {
        counts.delete(oldest.value);
      }
    }
    counts.set(key, { failures: failures + 1, last: now });
  }
}

function keysOf({ account, address }: Attempt): readonly (readonly [Kind, string])[] {
  const network = networkOf(address);
  return account === undefined
    ? [['address', network]]
    : [
        ['pair', `${account}\n${network}`],
        ['account', account],
        ['address', network],
      ];
}

/** An IPv6 host has a whole /64 to choose its address from. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) {
    return plain;
  }
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).join(':');
}
