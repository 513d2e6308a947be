import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed: 0 <= x < 1. */
export type Random = () => number;

/** Mulberry32. */
export function randomFrom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A UID under 2.25 that is the same for the same words. PS3.5 B.2. */
export function uidFrom(...words: readonly (string | number)[]): string {
  return `2.25.${BigInt(`0x${createHash('sha256').update(words.join('/')).digest('hex').slice(0, 32)}`)}`;
}
