// needs: minio, postgres
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../faults/cluster/cluster.ts';
import { ClusterLoad, type Refusal } from '../faults/cluster/cluster-load.ts';
import { faultsOfOutage, type Service } from '../faults/cluster/outage.ts';
import { beginUpload, lookAtUpload, sendPiece } from '../faults/cluster/pieces.ts';
import { smallInstance } from '../faults/instances.ts';
import { wholeIndex } from '../faults/listing.ts';
import { faultsOfBucket, faultsOfKept, faultsOfRebuild } from '../faults/store/checks.ts';
import type { Product } from '../support/product.ts';

const LONG = process.env.FILMLESS_LONG === '1';
const SEED = process.env.FILMLESS_SEED ?? 'cluster';
const PROCESSES = 3;
/** Wrong passwords that one may say before it has to wait. */
const FREE_ATTEMPTS = 5;
/** How long each of PostgreSQL and MinIO is away, stopped and frozen. */
const AWAY_MS = LONG ? 30_000 : 5_000;
const WORK_MS = LONG ? 10_000 : 3_000;
/** The slowest answer while one of them is away: twice what the archive waits for it. */
const BOUND_MS = 60_000;
/** How long after a fault until all goes on. */
const RECOVERY_MS = 30_000;
/** Until a process that was killed has ended for the others, and what it left is cleared away. */
const TAKEN_OVER_MS = 90_000;

describe('three archive processes over one PostgreSQL and one MinIO', () => {
  let cluster: Cluster;
  let load: ClusterLoad;

  beforeAll(async () => {
    // A study at rest is listed otherwise: the comparison with a rebuild must not depend on when it is made.
    process.env.FILMLESS_STUDY_QUIET = '9999';
    cluster = await Cluster.start(PROCESSES);
    load = new ClusterLoad(cluster, SEED);
    load.begin();
  });

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  const goesOn = async () => {
    const before = load.acknowledged;
    const until = Date.now() + RECOVERY_MS;
    while (Date.now() < until && load.acknowledged < before + 20) {
      await wait(100);
    }
    expect(load.acknowledged, cluster.log().slice(-2_000)).toBeGreaterThanOrEqual(before + 20);
    for (const server of cluster.living) {
      await expect.poll(async () => (await server.fetch('/readyz')).status, { timeout: RECOVERY_MS }).toBe(200);
    }
  };
  /** Refused, each with a word on when to come again; or of a request of which a part was kept before, told which. */
  const clear = (refusals: readonly Refusal[]) =>
    refusals.filter(({ status, retryAfter }) => status !== 202 && !(status === 503 && /^\d+$/.test(retryAfter ?? '')));
  /** Who holds still for a short time is only slow. */
  const during = async (begin: () => unknown, end: () => unknown, refused: readonly Service[]) => {
    load.takeFigures();
    const { kept } = load;
    await begin();
    const outage = { kept, fresh: load.fresh(), forMs: AWAY_MS };
    const [faults] = await Promise.all([faultsOfOutage(cluster.living, refused, outage), wait(AWAY_MS)]);
    const { refusals, slowestMs } = load.takeFigures();
    await end();
    expect(faults).toEqual([]);
    await goesOn();
    const after = load.takeFigures();
    expect(clear([...refusals, ...after.refusals])).toEqual([]);
    expect(Math.max(slowestMs, after.slowestMs)).toBeLessThan(BOUND_MS);
    expect(load.faults).toEqual([]);
  };

  it('take one load, and each gives back what another acknowledged', async () => {
    await wait(WORK_MS);
    await goesOn();
    const { refusals, read } = load.takeFigures();
    expect(refusals).toEqual([]);
    expect(read).toBeGreaterThan(0);
    expect(load.faults).toEqual([]);
  });

  it('tell each other what changed', async () => {
    const [one, other] = cluster.living;
    const stop = new AbortController();
    const response = await one?.fetch('/api/events', { signal: stop.signal });
    const reader = response?.body?.pipeThrough(new TextDecoderStream()).getReader();
    await other?.fetch('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ORDER),
    });
    let heard = '';
    while (!heard.includes(ORDER.accessionNumber)) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
      expect(done).toBe(false);
      heard += value ?? '';
    }
    stop.abort();
  });

  it('count wrong passwords together', async () => {
    const wrong = { username: 'nobody', password: 'not the password' };
    const signIn = (server: Product) =>
      fetch(new URL('/api/session', server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wrong),
      });
    const statuses: number[] = [];
    for (let number = 0; number < 9; number += 1) {
      const [server] = [cluster.living[number % PROCESSES]];
      statuses.push(server === undefined ? 0 : (await signIn(server)).status);
    }
    // Each of the three alone has heard three at most. How many are refused depends on how long each took.
    expect(statuses.slice(0, FREE_ATTEMPTS)).toEqual(Array(FREE_ATTEMPTS).fill(401));
    expect(statuses).toContain(429);
  });

  it('go on when one of them is killed, also with an upload of which it had a piece, and take it back', async () => {
    const [first, second, third] = cluster.living;
    const instance = smallInstance(`${SEED}/pieces`, 1);
    if (first === undefined || second === undefined || third === undefined) {
      throw new Error('there are three');
    }
    const half = Math.ceil(instance.file.byteLength / 2);
    const begun = await beginUpload(first, instance);
    expect(await sendPiece(second, begun, instance, half)).toMatchObject({ offset: half });
    await cluster.kill(1);
    load.takeFigures();
    const known = await beginUpload(third, instance);
    expect(known).toMatchObject({ id: begun.id, offset: half });
    const [one, other] = await Promise.allSettled([
      sendPiece(third, known, instance, half),
      sendPiece(first, known, instance, half),
    ]);
    expect([one, other].some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await lookAtUpload(first, begun.id)).toMatchObject({ outcome: { status: 'stored' } });
    load.add(instance, -1);
    await goesOn();
    await cluster.open(1);
    await goesOn();
    expect(clear(load.takeFigures().refusals)).toEqual([]);
    expect(load.faults).toEqual([]);
  });

  it('refuse clearly while MinIO is stopped, and go on by themselves', async () => {
    await during(
      () => cluster.store.kill(),
      () => cluster.store.restart(),
      ['STOW', 'WADO'],
    );
  });

  it('refuse clearly while MinIO holds still, and go on by themselves', async () => {
    await during(
      () => cluster.store.freeze(),
      () => cluster.store.thaw(),
      LONG ? ['STOW', 'WADO'] : [],
    );
  });

  it('refuse clearly while PostgreSQL is stopped, and go on by themselves', async () => {
    await during(
      () => cluster.database.stop(),
      () => cluster.database.start(),
      ['STOW', 'WADO', 'QIDO'],
    );
  });

  it('refuse clearly while PostgreSQL holds still, and go on by themselves', async () => {
    await during(
      () => cluster.database.freeze(),
      () => cluster.database.thaw(),
      LONG ? ['STOW', 'WADO', 'QIDO'] : [],
    );
  });

  it('lose nothing that one of them acknowledged, and keep it once', async () => {
    await load.finish();
    expect(load.acknowledged).toBe(load.entries.size);
    const entries = [...load.entries.values()];
    for (const server of cluster.living) {
      expect(await faultsOfKept(server, entries)).toEqual([]);
    }
    const conflicts = (await (await cluster.living[0]?.fetch('/api/conflicts'))?.json()) as { readonly conflicts: unknown[] };
    expect(conflicts.conflicts).toEqual([]);
    // What was under way when one ended, or when the database did not say whether it had committed, is cleared away by who comes after.
    for (const number of [0, 1, 2]) {
      expect(await cluster.stop(number)).toBe(0);
    }
    const last = await cluster.open(0);
    await expect.poll(() => faultsOfBucket(cluster.storeUrl, entries), { timeout: TAKEN_OVER_MS, interval: 1_000 }).toEqual([]);
    expect(await faultsOfKept(last, entries)).toEqual([]);
    const index = await wholeIndex(last);
    expect(await cluster.stop(0)).toBe(0);
    expect(await faultsOfRebuild(join(last.data, 'rebuilt'), cluster.storeUrl, index)).toEqual([]);
    console.info(JSON.stringify({ cluster: SEED, acknowledged: load.acknowledged }));
  });
});

const ORDER = {
  accessionNumber: 'CLUSTER1',
  facility: 'main',
  patient: { id: 'C001', name: 'Trần^Thị Bình' },
  description: 'CT',
  steps: [{ id: 'SPS1', modality: 'CT', start: '2026-03-01T08:00:00' }],
};
