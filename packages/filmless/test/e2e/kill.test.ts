import { describe, expect, it } from 'vitest';
import { killAgainAndAgain } from '../faults/kill.ts';

/** `FILMLESS_KILLS=50 FILMLESS_KILL_SEED=x` for the long form: so many kills, ten for each seed. */
const KILLS = Number(process.env.FILMLESS_KILLS ?? 6);
const SEED = process.env.FILMLESS_KILL_SEED ?? 'kill';
const KILLS_OF_A_SEED = process.env.FILMLESS_KILLS === undefined ? 2 : 10;

const RUNS = Array.from({ length: Math.ceil(KILLS / KILLS_OF_A_SEED) }, (_, index) => ({
  seed: `${SEED}-${index + 1}`,
  kills: Math.min(KILLS_OF_A_SEED, KILLS - index * KILLS_OF_A_SEED),
}));

describe('a server that is killed under load', () => {
  it.each(RUNS)(
    'keeps what it acknowledged and shows nothing half-stored ($kills kills, seed $seed)',
    async ({ seed, kills }) => {
      const { faults, ...figures } = await killAgainAndAgain(seed, kills);
      console.info(JSON.stringify({ seed, ...figures }));
      expect(faults).toEqual([]);
      expect(figures.kills).toBe(kills);
      expect(figures.acknowledged).toBeGreaterThan(0);
    },
  );
});
