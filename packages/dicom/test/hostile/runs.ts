import { createHash } from 'node:crypto';
import { expect } from 'vitest';

/** `FILMLESS_SEED=` repeats what failed, `FILMLESS_HOSTILE=10` tries ten times as much. */
const SEED = process.env.FILMLESS_SEED ?? 'hostile';
const SCALE = Number(process.env.FILMLESS_HOSTILE ?? 1);

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

/** What fast-check is told. It names its own seed too when a property fails. */
export function runs(count: number): Runs {
  return { seed: createHash('sha256').update(SEED).digest().readInt32LE(), numRuns: count * SCALE };
}

/** Texts that make a careless pattern look at the same characters again and again. */
const PATTERNS: readonly string[] = [
  ' ',
  '\0',
  '\t',
  ';',
  ';a',
  ' ;',
  '"',
  '\\"',
  ',',
  '=',
  '^',
  '^=',
  '0',
  '-',
  '+0000',
  '.',
  '\u001b$B',
  '\u001b',
  'é',
  '\u0301',
  '/',
  '*',
  '?',
  '%',
];
const SHORT = 20_000;
const TIMES = 8;
/** Eight times as long may take so much longer, and less than this in all is nothing. */
const MOST_TIMES = 40;
const NOTHING_MS = 400;

/** A pattern that backtracks takes 64 times as long for eight times the text, and for this length minutes. */
export function expectLinear(read: (text: string) => void): void {
  for (const pattern of PATTERNS) {
    const short = took(() => read(pattern.repeat(SHORT / pattern.length)));
    const long = took(() => read(pattern.repeat((TIMES * SHORT) / pattern.length)));
    expect(long < NOTHING_MS || long < MOST_TIMES * short, `${JSON.stringify(pattern)} repeated: ${short} and ${long} ms`).toBe(
      true,
    );
  }
}

function took(act: () => void): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}
