import type { S3ServerName } from '@filmless/archive/test/s3-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholeIndex } from '../listing.ts';
import { faultsOfBucket, faultsOfKept, faultsOfRebuild, heldBy, restarted } from './checks.ts';
import { during, goesOn, type Met, startUnderFaults, type UnderFaults } from './under-faults.ts';

const LONG = process.env.FILMLESS_LONG === '1';
const SEED = process.env.FILMLESS_SEED ?? 'store';
/** How long the store is away, and how long it has each of the other faults. */
const AWAY_MS = LONG ? 30_000 : 8_000;
const FAULT_MS = LONG ? 30_000 : 3_000;
/** The slowest answer to a person or a sender while the store does not work: twice what the archive waits for it. */
const BOUND_MS = 40_000;
/** Connections of the product to its store; more would be a leak. */
const MOST_CONNECTIONS = 64;

const AWAY = /^answered A700H \(out of resources\): .*the image store/;
const FULL = /^answered A700H \(out of resources\): .*no space left/;

/** One load on one product, through all that can happen to its store; in the end everything is there, once. */
export function storeFaultSuite(name: S3ServerName): void {
  describe(`a store on ${name} that does not work for a while`, () => {
    let under: UnderFaults;

    beforeAll(async () => {
      under = await startUnderFaults(name, SEED);
      under.load.begin();
    });

    afterAll(async () => {
      await under[Symbol.asyncDispose]();
    });

    const refusesAll = (met: Met, comment: RegExp) => {
      const dimse = new Set(met.refusals.filter(({ how }) => how === 'C-STORE').map(({ problem }) => problem));
      expect(dimse.size).toBeGreaterThan(0);
      expect([...dimse].filter((problem) => !comment.test(problem))).toEqual([]);
      // A request of which something was kept before the fault is answered 202.
      const stow = met.refusals.filter(({ how, problem }) => how === 'STOW' && !problem.startsWith('202'));
      expect(stow.length).toBeGreaterThan(0);
      expect(new Set(stow.map(({ problem }) => problem.slice(0, 3)))).toEqual(new Set(['503']));
      expect(stow.filter(({ retryAfter }) => !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
      expect(met.slowestMs).toBeLessThan(BOUND_MS);
    };
    const listsGoOn = (met: Met) => {
      for (const { qido, list, metadata } of met.seen) {
        expect([qido.status, list.status, metadata.status]).toEqual([200, 200, 200]);
      }
    };
    const imagesAre503 = (met: Met) => {
      for (const { image, rendered } of met.seen) {
        for (const { status, text, retryAfter, ms } of [image, rendered]) {
          expect(status).toBe(503);
          expect(retryAfter).toMatch(/^\d+$/);
          expect(JSON.parse(text)).toMatchObject({ title: 'Storage not reachable', status: 503 });
          expect(ms).toBeLessThan(BOUND_MS);
        }
      }
    };
    const isSaid = (met: Met, words: RegExp) => {
      const last = met.seen.at(-1)?.ready;
      expect(last?.status).toBe(503);
      expect(last?.text).toMatch(words);
    };
    const recovers = async () => {
      const went = await goesOn(under);
      expect(went.ready).toBe(true);
      expect(went.acknowledged).toBeGreaterThan(0);
    };

    it('takes everything while it works', async () => {
      await expect.poll(() => under.load.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(30);
      expect(under.load.takeFigures().refusals).toEqual([]);
    });

    it('is away: senders and readers are told, the lists go on, and all goes on when it is back', async () => {
      const met = await during(under, { kind: 'away' }, AWAY_MS);
      refusesAll(met, AWAY);
      listsGoOn(met);
      imagesAre503(met);
      isSaid(met, /the object store does not answer/);
      await recovers();
    });

    it.each(['XMinioStorageFull', 'QuotaExceeded'] as const)('is full (%s): nothing is taken, all can be read', async (code) => {
      const met = await during(under, { kind: 'full', code }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      refusesAll(met, FULL);
      listsGoOn(met);
      expect(met.seen.map(({ image, rendered }) => [image.status, rendered.status])).toEqual(met.seen.map(() => [200, 200]));
      isSaid(met, /the object store has no space left/);
      await recovers();
    });

    it.each([500, 503] as const)('answers %i to every tenth request: nobody notices', async (status) => {
      const met = await during(under, { kind: 'failing', every: 10, status }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      expect(met.refusals).toEqual([]);
      expect(met.answers).toBeGreaterThan(0);
      listsGoOn(met);
      await recovers();
    });

    it('does what it is asked, and its answer is lost: nobody notices', async () => {
      const met = await during(under, { kind: 'answer-lost', every: 5 }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      expect(met.refusals).toEqual([]);
      await recovers();
    });

    it('is slow: everything takes its time', async () => {
      const met = await during(under, { kind: 'slow', bytesPerSecond: 100_000 }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      expect(met.refusals).toEqual([]);
      listsGoOn(met);
      await recovers();
    });

    it('hangs: what waits for it ends within a bounded time', async () => {
      const met = await during(under, { kind: 'hang' }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      listsGoOn(met);
      expect(met.slowestMs).toBeLessThan(BOUND_MS);
      expect(Math.max(...met.seen.map(({ image, rendered }) => Math.max(image.ms, rendered.ms)))).toBeLessThan(BOUND_MS);
      await recovers();
    });

    it('cuts connections in the middle of a body: nothing half is kept or shown', async () => {
      const met = await during(under, { kind: 'cut', afterBytes: 4_000 }, FAULT_MS);
      expect(met.done).toBeGreaterThan(0);
      listsGoOn(met);
      await recovers();
    });

    it('has another clock: it is said', async () => {
      const met = await during(under, { kind: 'skewed' }, FAULT_MS);
      refusesAll(met, AWAY);
      listsGoOn(met);
      imagesAre503(met);
      isSaid(met, /clock/);
      await recovers();
    });

    it('is killed and started again: all goes on', async () => {
      await under.server.restart();
      await recovers();
    });

    it('has everything that was acknowledged in the end, once, and nothing is held any more', async () => {
      await under.load.finish();
      const { product, store, load, proxy } = under;
      const entries = [...load.entries.values()];
      expect(entries.filter(({ acknowledged }) => !acknowledged)).toEqual([]);
      expect(await faultsOfKept(product, entries)).toEqual([]);
      const index = await wholeIndex(product);
      console.info(JSON.stringify({ server: name, instances: entries.length, ...(await heldBy(product)) }));
      expect(await proxy.connections()).toBeLessThanOrEqual(MOST_CONNECTIONS);
      expect((await heldBy(product)).incoming).toBe(0);
      expect(await product.stop()).toBe(0);
      await restarted(product.data, store);
      expect(await faultsOfBucket(store, entries)).toEqual([]);
      expect(await faultsOfRebuild(product.data, store, index)).toEqual([]);
    });
  });
}
