import { type Random, randomFrom } from '../random.ts';

/** What everything hostile follows from: the same seed makes the same bytes. `FILMLESS_SEED=` repeats a run that failed. */
export const SEED: string = process.env.FILMLESS_SEED ?? 'hostile';

/** How many times the usual counts are tried: `FILMLESS_HOSTILE=10` for a long run. */
export const SCALE: number = Number(process.env.FILMLESS_HOSTILE ?? 1);

/** Choices that look random and follow from a seed. */
export class Dice {
  readonly #random: Random;

  constructor(...words: readonly (string | number)[]) {
    this.#random = randomFrom(words.join('/'));
  }

  /** An integer from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** True this often: 0 never, 1 always. */
  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(all: readonly [T, ...T[]]): T {
    return all[this.below(all.length)] ?? all[0];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Uint8Array.from({ length }, () => this.below(256)));
  }

  /** A number near a boundary that lengths and counts go wrong at. */
  edge(bits: 8 | 16 | 32): number {
    const most = 2 ** bits - 1;
    return this.pick([0, 1, 2, 3, 5, 7, 8, 12, most, most - 1, (most + 1) / 2, (most - 1) / 2, this.below(most)]);
  }
}
