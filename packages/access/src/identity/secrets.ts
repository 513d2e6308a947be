import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, in 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens carry a prefix, so that a leaked one is recognised for what it is. */
const TOKEN_PREFIX = 'flm_';

export function newToken(): string {
  return `${TOKEN_PREFIX}${newSecret()}`;
}

/** What is stored of a random secret. A plain hash will do: 256 random bits can't be guessed from it. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Compares without telling by its time how much was right. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
