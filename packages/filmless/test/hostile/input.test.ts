import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackWithBodies } from '../faults/hostile/body-attack.ts';
import { attackWithFiles } from '../faults/hostile/bomb-attack.ts';
import { BOMBS } from '../faults/hostile/bombs.ts';
import { brokenFiles } from '../faults/hostile/broken-files.ts';
import { SCALE, SEED } from '../faults/hostile/dice.ts';
import { breakRequests, inject } from '../faults/hostile/injection.ts';
import { attackWithPdus } from '../faults/hostile/pdu-attack.ts';
import { Watch } from '../faults/hostile/watch.ts';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { median } from '../faults/memory.ts';
import { type Product, startProduct } from '../support/product.ts';

/** `FILMLESS_HOSTILE=10` for ten times as many. */
const PDUS = 100_000 * SCALE;
const BODIES = 10_000 * SCALE;
/** The first part of each is for warming up; memory is compared between the other two. */
const PARTS = [0.6, 0.2, 0.2] as const;
const GROWTH = 1.1;
/** Whoever attacks may do everything. */
const EVERY_RIGHT = '[echo, store, query, retrieve]';
const OPEN_TO_ALL = `
unknownAes: ${EVERY_RIGHT}
aes:
  - { title: HOSTILE, may: ${EVERY_RIGHT}, facility: main }
`;
/** What other clients are promised. */
const ANSWER_MS = 1000;

describe(`a server under attack (FILMLESS_SEED=${SEED})`, () => {
  let product: Product;
  let watch: Watch;
  beforeAll(async () => {
    product = await startProduct({ config: OPEN_TO_ALL });
    watch = new Watch(product, SEED);
  });
  afterAll(async () => {
    await watch[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
  });

  const say = (what: string, figures: object) => console.info(JSON.stringify({ seed: SEED, what, ...figures }));

  /** Does all parts, and expects that the median of resident memory over the last is that over the one before. */
  async function expectFlat(
    what: string,
    act: (part: number, share: number) => Promise<void>,
    parts: readonly number[] = PARTS,
  ): Promise<void> {
    const medians: number[] = [];
    for (const [part, share] of parts.entries()) {
      const from = watch.resident.length;
      await act(part, share);
      medians.push(Math.round(median(watch.resident.slice(from))));
    }
    console.info(JSON.stringify(medians));
    const [warmMb = Number.NaN, lastMb = Number.NaN] = medians.slice(-2);
    say(`memory over ${what}`, { medians, warmMb, lastMb });
    expect(lastMb / warmMb).toBeLessThan(GROWTH);
  }

  it('answers every mutated PDU clearly, and its memory stays where it is', async () => {
    await expectFlat('PDUs', async (part, share) => {
      const { faults, ...figures } = await attackWithPdus(product, PDUS * share, part);
      say('PDUs', figures);
      expect(faults).toEqual([]);
      expect(figures.pdus).toBeGreaterThanOrEqual(PDUS * share);
    });
  });

  it('answers every mutated body clearly, also when what it kept of one is asked for, and its memory stays where it is', async () => {
    await expectFlat('bodies', async (part, share) => {
      const { faults, ...figures } = await attackWithBodies(product, BODIES * share, part);
      say('bodies', figures);
      expect(faults).toEqual([]);
      expect(figures.bodies).toBeGreaterThanOrEqual(BODIES * share);
    });
  });

  it('takes or refuses every broken file in words', async () => {
    const { faults, ...figures } = await attackWithFiles(product, brokenFiles());
    say('broken files', figures);
    expect(faults).toEqual([]);
    expect(figures.files).toBeGreaterThan(10);
  });

  it('survives every bomb and says what is wrong with it, and its memory stays where it is', async () => {
    await expectFlat('bombs', async () => {
      const { faults, ...figures } = await attackWithFiles(product, BOMBS);
      say('bombs', figures);
      expect(faults).toEqual([]);
      expect(figures.files).toBeGreaterThan(100);
    }, [1, 1, 1]);
  });

  it('takes no parameter for anything but text', async () => {
    const { study, series, sop, file } = smallInstance(SEED, 0);
    expect((await stow(product, [file])).status).toBe(200);
    const { faults, ...figures } = await inject(product, { study, series, instance: sop, frames: '1', tag: '7FE00010' });
    say('parameters', figures);
    expect(faults).toEqual([]);
    expect(figures.requests).toBeGreaterThan(10_000);
    const found = await product.fetch(`/dicom-web/instances?SOPInstanceUID=${sop}`);
    expect(await found.json()).toHaveLength(1);
  });

  it('answers what is no HTTP with a refusal, or closes the connection', async () => {
    const answers = await breakRequests(product);
    say('broken requests', answers);
    const odd = Object.entries(answers).filter(([, answer]) => !/^4\d\d$|^closed$|^503$/.test(answer));
    expect(odd).toEqual([]);
  });

  it('has served an honest client all the time', () => {
    expect(watch.alive).toBe(true);
    expect(watch.failures).toEqual([]);
    for (const what of ['echo', 'query', 'store']) {
      const waited = watch.waited(what);
      say(`an honest ${what}, ms`, waited);
      // NOTE: the longest is printed only: a machine that tests run on stops for longer by itself.
      expect(waited.p95, what).toBeLessThan(ANSWER_MS);
      expect(waited.count, what).toBeGreaterThan(50);
    }
  });

  it('has failed at nothing: its log holds no error', () => {
    const errors = product
      .log()
      .split('\n')
      .filter((line) => line !== '' && (JSON.parse(line) as { readonly level: string }).level === 'error');
    expect(errors).toEqual([]);
  });
});
