import { describe, expect, it } from 'vitest';
import { forwardUnderFaults } from '../faults/forward/forwarding.ts';

/** `FILMLESS_FORWARD_FAULTS=30 FILMLESS_SEED=x` for the long form. */
const FAULTS = Number(process.env.FILMLESS_FORWARD_FAULTS ?? 4);
const SEED = process.env.FILMLESS_SEED ?? 'forward';

describe('images on their way to another Filmless', () => {
  it('all arrive, each once, through kills of both and a line that is cut', async () => {
    const instances = Math.min(1000, 15 * FAULTS);
    const { problems, ...figures } = await forwardUnderFaults({
      ...{ receiver: 'filmless', seed: SEED, faults: FAULTS, instances, large: 2 },
    });
    console.info(JSON.stringify(figures));
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ sent: instances, arrived: instances });
  });
});
