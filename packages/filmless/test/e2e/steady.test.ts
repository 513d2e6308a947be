import { expect, it } from 'vitest';
import { workSteadily } from '../faults/steady.ts';
import { startProduct } from '../support/product.ts';

/** `FILMLESS_STEADY_MINUTES=60` for the long form. */
const MINUTES = Number(process.env.FILMLESS_STEADY_MINUTES ?? 0);
const SECONDS = MINUTES === 0 ? 15 : MINUTES * 60;
const SEED = process.env.FILMLESS_SEED ?? 'steady';
const PER_SECOND = 20;
const GROWTH = 1.1;
/** In a shorter time memory has not settled yet, and is printed only. */
const SETTLED_MINUTES = 10;
const MEBIBYTE = 1024 * 1024;

it(
  'works all day: nothing fails, nothing is lost, and memory stays where it is',
  async () => {
    await using product = await startProduct();
    const { faults, ...figures } = await workSteadily(product, { seed: SEED, seconds: SECONDS, perSecond: PER_SECOND });
    const { warmBytes, lastBytes, peakBytes, ...rest } = figures;
    const mebibytes = (bytes: number) => Math.round(bytes / MEBIBYTE);
    const memory = { warmMiB: mebibytes(warmBytes), lastMiB: mebibytes(lastBytes), peakMiB: mebibytes(peakBytes) };
    console.info(JSON.stringify({ seed: SEED, seconds: SECONDS, ...rest, ...memory }));
    expect(faults).toEqual([]);
    expect(figures.acknowledged).toBeGreaterThan(SECONDS);
    expect(figures.requests).toBeGreaterThan(SECONDS);
    if (MINUTES >= SETTLED_MINUTES) {
      expect(lastBytes / warmBytes).toBeLessThan(GROWTH);
    }
  },
  // Looking at all that was kept takes its time, too, while others use the machine.
  2 * SECONDS * 1000 + 600_000,
);
