import { isIPv6 } from 'node:net';

/** Failures that cost nothing, then a delay that doubles from one second to `longest`. */
interface Rule {
  readonly free: number;
  readonly longest: number;
}

export type AttemptKind = 'pair' | 'account' | 'address';

/**
 * Guessing is slowed by three counts. The account from one address: somebody tries passwords. The account from anywhere: many
 * addresses try one account; short, or an attacker could keep its owner out. The address: one tries many accounts; generous,
 * since a hospital may sit behind one address.
 */
const RULES: Readonly<Record<AttemptKind, Rule>> = {
  pair: { free: 5, longest: 5 * 60_000 },
  account: { free: 30, longest: 60_000 },
  address: { free: 60, longest: 60_000 },
};

/** A count is forgotten this long after its last failure. */
export const FORGET_MS: number = 30 * 60_000;

export interface AttemptCount {
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

/** Who tries: without an account, a token or link is being guessed. */
export interface Attempt {
  readonly account?: string;
  readonly address: string;
}

/** Where attempts are counted: in one process, or for all of them. */
export interface AttemptCounts {
  /**
   * Counts an attempt as failed before it is tried, so that a thousand at once don't slip through; `succeeded` takes it back.
   * Returns the seconds to wait, 0 when it may be tried.
   */
  begin(attempt: Attempt): number | Promise<number>;
  succeeded(attempt: Attempt): void | Promise<void>;
}

/** Milliseconds until the next attempt. */
export function waitOf(kind: AttemptKind, count: AttemptCount | undefined, now: number): number {
  const { free, longest } = RULES[kind];
  if (count === undefined || count.failures < free || now - count.last > FORGET_MS) {
    return 0;
  }
  const delay = Math.min(longest, 1000 * 2 ** Math.min(30, count.failures - free));
  return Math.max(0, count.last + delay - now);
}

/** With one failure more. */
export function failedAgain(count: AttemptCount | undefined, now: number): AttemptCount {
  const failures = count === undefined || now - count.last > FORGET_MS ? 0 : count.failures;
  return { failures: failures + 1, last: now };
}

export function keysOf({ account, address }: Attempt): readonly (readonly [AttemptKind, string])[] {
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
